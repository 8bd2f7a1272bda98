#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"
#include "transport/sim/simulation.hpp"

#include <set>

// The relay dies at each step of a login and of a message: whenever anything at all happens on the
// network in between, another run lets it die just before and just after.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Two who talk through the relay only.
class relayed_pair : public test_world {
 public:
  relayed_pair() : test_world{11, {.heartbeat = 1s}} {
    add_relay();
    apply("change internet latency=10ms jitter=0s");
    for (const auto* user : {"ann", "bob"}) {
      peer_options options;
      options.user = user;
      options.config.direct = direct_mode::off;
      add_peer(std::move(options));
    }
  }

  sim_peer& ann() { return peer("ann"); }
  sim_peer& bob() { return peer("bob"); }
  bool ready() const { return everyone_sees_everyone(); }
};

/// The moments, since the start of the world, at which packets went or came between two records.
std::set<world::duration> steps_between(world& w, world::time_point from, world::time_point to) {
  std::set<world::duration> result;
  for (const auto& record : w.simulation().log().records()) {
    const bool packet =
        record.kind == sim::record_kind::sent || record.kind == sim::record_kind::delivered;
    if (packet && record.at >= from && record.at <= to) {
      result.insert(record.at - sim::simulation::start);
    }
  }
  return result;
}

/// Just before and just after each.
std::set<world::duration> around(const std::set<world::duration>& steps) {
  std::set<world::duration> result;
  for (const auto& step : steps) {
    if (step > 1us) result.insert(step - 1us);
    result.insert(step + 1us);
  }
  return result;
}

TEST(RelayCrash, AtEachStepOfALogin) {
  std::set<world::duration> moments;
  {
    relayed_pair w;
    ASSERT_TRUE(w.run_until([&] { return w.ready(); }, 10s));
    moments = around(steps_between(w, sim::simulation::start, w.now()));
  }
  ASSERT_GE(moments.size(), 10u);
  for (const auto& moment : moments) {
    for (const auto* end : {"crash relay", "kill relay"}) {
      SCOPED_TRACE(std::string{end} + " after " + std::to_string(moment / 1us) + " us");
      relayed_pair w;
      w.apply_after(moment, end);
      w.apply_after(moment + 2s, "start relay");
      EXPECT_EQ(run_checked(w, moment + 3s), none);
      EXPECT_TRUE(w.run_until([&] { return w.ready(); }, 45s));
      const auto message = w.ann().send_text("bob", "at last");
      EXPECT_EQ(run_checked(w, 2s), none);
      EXPECT_EQ(w.ann().outcome(message).state, message_state::delivered);
    }
  }
}

TEST(RelayCrash, AtEachStepOfAMessage) {
  std::set<world::duration> moments;
  world::duration said{};
  {
    relayed_pair w;
    ASSERT_TRUE(w.run_until([&] { return w.ready(); }, 10s));
    w.run_for(2500ms);
    said = w.elapsed();
    const auto at = w.now();
    const auto id = w.ann().send_text("bob", "hello");
    ASSERT_TRUE(
        w.run_until([&] { return w.ann().outcome(id).state == message_state::delivered; }, 5s));
    moments = around(steps_between(w, at, w.now()));
  }
  ASSERT_GE(moments.size(), 4u);
  for (const auto& moment : moments) {
    for (const auto* end : {"crash relay", "kill relay"}) {
      SCOPED_TRACE(std::string{end} + " after " + std::to_string((moment - said) / 1us) + " us");
      relayed_pair w;
      w.apply_after(moment, end);
      w.apply_after(moment + 2s, "start relay");
      w.run_for(said);
      const auto id = w.ann().send_text("bob", "hello");
      EXPECT_EQ(run_checked(w, 40s), none);
      const auto outcome = w.ann().outcome(id);
      EXPECT_TRUE(outcome.state == message_state::delivered ||
                  outcome.state == message_state::failed);
      EXPECT_LE(w.bob().inbox().size(), 1u);
      EXPECT_TRUE(w.ready());
    }
  }
}

}  // namespace
}  // namespace hobnob::testing
