#include "sim_world.hpp"

#include <functional>
#include <iostream>
#include <stdexcept>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

TEST(World, TwoPeersLogInLinkAndChat) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer("ann");
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(ann.links(), strings{"bob"});
  EXPECT_EQ(bob.roster(), strings{"ann"});
  const auto there = ann.send_text("bob", "hello");
  const auto back = bob.send_text("ann", "and back");
  w.run_for(1s);
  EXPECT_EQ(bob.inbox(), strings{"hello"});
  EXPECT_EQ(ann.inbox(), strings{"and back"});
  EXPECT_EQ(ann.outcome(there).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).path, path_kind::wan);
}

/// The test in ten lines of docs/simulation.md.
TEST(World, TalksThroughTheRelayWhileItIsPartitioned) {
  world w{seed_from_environment(42)};
  w.add_relay();
  auto& ann = w.add_peer("ann");
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  w.apply("partition ann from bob");
  const auto message = ann.send_text("bob", "hello");
  w.run_for(30s);
  EXPECT_EQ(ann.outcome(message).path, path_kind::relay);
  EXPECT_EQ(bob.inbox(), strings{"hello"});
  if (HasFailure()) w.write_report(std::cerr);
}

using action = program_fault::action;

std::uint64_t hash_after(const std::function<void(world&)>& break_it) {
  world w{7, {.plain_handshake = true}};
  w.add_relay();
  w.add_peer("ann");
  w.add_peer("bob");
  w.run_for(5s);
  break_it(w);
  w.run_for(1min);
  return w.trace_hash();
}

TEST(World, FaultsAsValuesDoWhatTheirLinesDo) {
  const auto by_lines = hash_after([](world& w) {
    w.apply("partition ann from bob");
    w.apply("jump bob -3600s");
    w.apply_after(3s, "change internet latency=20ms loss=0.1");
    w.apply_after(5s, "kill ann");
    w.apply_after(9s, "start ann");
  });
  const auto by_values = hash_after([](world& w) {
    w.apply(sim::partition{{"ann"}, {"bob"}});
    w.apply(program_fault{action::jump, "bob", -1h});
    w.apply_after(3s, sim::link_change{.where = "internet", .latency = 20ms, .loss = 0.1});
    w.apply_after(5s, program_fault{action::kill, "ann"});
    w.apply_after(9s, program_fault{action::start, "ann"});
  });
  EXPECT_EQ(by_values, by_lines);
  EXPECT_NE(by_values, hash_after([](world&) {}));
}

TEST(World, FaultsThatAreNoneOrOfNobodyAreErrors) {
  test_world w;
  w.add_peer("ann");
  EXPECT_THROW(w.apply("frobnicate ann"), std::invalid_argument);
  EXPECT_THROW(w.apply_after(1s, "frobnicate ann"), std::invalid_argument);
  EXPECT_THROW(w.apply("kill bob"), std::invalid_argument);
  EXPECT_THROW(w.apply(program_fault{action::kill, "bob"}), std::invalid_argument);
  EXPECT_THROW(w.apply(sim::cables{"bob", false}), std::invalid_argument);
}

}  // namespace
}  // namespace hobnob::testing
