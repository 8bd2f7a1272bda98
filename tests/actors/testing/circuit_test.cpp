#include "tests/actors/testing/sim_world.hpp"
#include "transport/sim/nat.hpp"

#include <algorithm>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Two people behind firewalls that let nobody in.
struct Circuits : ::testing::Test {
  explicit Circuits(circuit_mode mode = circuit_mode::always, relay_config relay_settings = {})
      : relay(w.add_relay({.config = std::move(relay_settings)})),
        ann(add("ann", mode)),
        bob(add("bob", mode)) {}

  sim_peer& add(const std::string& user, circuit_mode mode) {
    peer_options options;
    options.user = user;
    options.where = &w.add_site(user + "s", strict);
    options.config.circuits = mode;
    return w.add_peer(options);
  }

  bool has_circuit() {
    return ann.row("bob").path == path_kind::circuit && bob.row("ann").path == path_kind::circuit;
  }
  bool says(sim_peer& from, const std::string& to, const std::string& text) {
    const auto id = from.send_text(to, text);
    return w.run_until([&] { return from.outcome(id).state == message_state::delivered; }, 10s);
  }

  // Without a mapping that a dial could meet.
  sim::nat_options strict{.mapping = sim::nat_dependence::address_and_port_dependent,
                          .ports = sim::nat_ports::random};
  test_world w;
  sim_relay& relay;
  sim_peer& ann;
  sim_peer& bob;
};

TEST_F(Circuits, WhoCannotLinkDirectlyChatsAndPingsThroughTheRelayUnread) {
  ASSERT_TRUE(w.run_until([&] { return has_circuit(); }, 60s));
  EXPECT_FALSE(ann.row("bob").why_not_direct.empty());
  const auto id = ann.send_text("bob", "over the circuit");
  ASSERT_TRUE(w.run_until([&] { return ann.outcome(id).state == message_state::delivered; }, 10s));
  EXPECT_EQ(ann.outcome(id).path, path_kind::circuit);
  const auto pinged = ann.ask<ping_result>(ping_user{"bob"});
  ASSERT_TRUE(pinged);
  EXPECT_EQ(pinged->path, path_kind::circuit);
  EXPECT_EQ(relay.stats().circuits, 1u);
  EXPECT_EQ(relay.stats().circuits_refused, 0u);
}

TEST_F(Circuits, ACircuitDiesWithItsRelayAndComesBackWithIt) {
  ASSERT_TRUE(w.run_until([&] { return has_circuit(); }, 60s));
  w.apply("kill relay");
  ASSERT_TRUE(w.run_until([&] { return ann.row("bob").link == link_state::down; }, 30s));
  w.apply("start relay");
  EXPECT_TRUE(w.run_until([&] { return has_circuit(); }, 120s));
  EXPECT_TRUE(says(bob, "ann", "again"));
}

TEST_F(Circuits, AMessageThatRequiresADirectLinkDoesNotTakeTheCircuit) {
  ASSERT_TRUE(w.run_until([&] { return has_circuit(); }, 60s));
  send_text message{"bob", ann.facade()->make_message_id(), "direct or not at all"};
  message.require_direct = true;
  caf::anon_send(ann.facade()->handle(), message);
  EXPECT_TRUE(
      w.run_until([&] { return ann.outcome(message.id).state == message_state::failed; }, 60s));
  EXPECT_EQ(ann.outcome(message.id).code, "require-direct");
  EXPECT_TRUE(bob.inbox().empty());
}

struct CircuitsOnDemand : Circuits {
  CircuitsOnDemand() : Circuits(circuit_mode::on_demand) {}
};

TEST_F(CircuitsOnDemand, NoneIsMadeUntilALinkIsWanted) {
  w.run_for(60s);
  EXPECT_EQ(ann.row("bob").path, path_kind::relay);
  EXPECT_EQ(relay.stats().circuits_joined, 0u);
  ann.facade()->want_link("bob");
  EXPECT_TRUE(w.run_until([&] { return has_circuit(); }, 30s));
}

struct CircuitsLimited : Circuits {
  static relay_config settings() {
    relay_config config;
    config.circuits.total_max = 1;
    config.circuits.user_bytes_per_second = 100'000;
    return config;
  }
  CircuitsLimited() : Circuits(circuit_mode::always, settings()) {}
};

TEST_F(CircuitsLimited, BeyondTheLimitMessagesGoInEnvelopes) {
  auto& cat = add("cat", circuit_mode::always);
  w.run_for(2min);
  EXPECT_EQ(relay.stats().circuits, 1u);
  EXPECT_GT(relay.stats().circuits_refused, 0u);
  const auto why = ann.row("cat").why_not_direct + bob.row("cat").why_not_direct +
                   ann.row("bob").why_not_direct;
  EXPECT_NE(why.find("; no circuit: the relay refused it: limit"), why.npos) << why;
  for (auto* from : {&ann, &bob})
    EXPECT_TRUE(says(*from, "cat", "hello from " + from->user())) << from->user();
  EXPECT_EQ(cat.inbox().size(), 2u);
}

TEST_F(CircuitsLimited, ARateHoldsBackAndLosesNothing) {
  ASSERT_TRUE(w.run_until([&] { return has_circuit(); }, 60s));
  const std::string much(50'000, 'x');
  const auto before = w.elapsed();
  message_id last{};
  for (int i = 0; i < 20; ++i) last = ann.send("bob", "bulk", much);
  ASSERT_TRUE(
      w.run_until([&] { return ann.outcome(last).state == message_state::delivered; }, 60s));
  EXPECT_GT(w.elapsed() - before, 8s);
  EXPECT_LT(w.elapsed() - before, 14s);
  EXPECT_EQ(ann.row("bob").path, path_kind::circuit);
}

/// A pair that could be linked but for a partition.
TEST(CircuitUpgrade, ADirectPathReplacesTheCircuitAndNoMessageIsLost) {
  test_world w;
  auto& relay = w.add_relay();
  peer_options options;
  options.config.circuits = circuit_mode::always;
  options.user = "ann";
  auto& ann = w.add_peer(options);
  options.user = "bob";
  auto& bob = w.add_peer(options);
  w.apply("partition ann from bob");
  ASSERT_TRUE(w.run_until([&] { return ann.row("bob").path == path_kind::circuit; }, 60s));
  w.apply("heal");
  strings expected;
  for (int i = 0; i < 200; ++i) {
    expected.push_back("message " + std::to_string(i));
    ann.send_text("bob", expected.back());
    w.run_for(500ms);
  }
  ASSERT_TRUE(w.run_until([&] { return bob.inbox().size() == expected.size(); }, 60s));
  EXPECT_EQ(bob.inbox(), expected);
  EXPECT_NE(ann.row("bob").path, path_kind::circuit);
  EXPECT_NE(ann.row("bob").path, path_kind::relay);
  EXPECT_EQ(ann.row("bob").why_not_direct, "");
  EXPECT_TRUE(w.run_until([&] { return relay.stats().circuits == 0; }, 30s));
}

}  // namespace
}  // namespace hobnob::testing
