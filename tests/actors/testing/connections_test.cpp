#include "sim_world.hpp"

// What is counted as a connection between two programs: by the keys that they have proven.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

void expect_connections(const sim_peer& ann, const sim_peer& bob, std::size_t count) {
  EXPECT_EQ(ann.connections_with(bob.id()), count);
  EXPECT_EQ(bob.connections_with(ann.id()), count);
}

TEST(Connections, ThroughNatsAreCountedAtBothEndsUntilTheyEnd) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer("ann", w.add_site("home"));
  auto& bob = w.add_peer("bob", w.add_site("office"));
  ASSERT_TRUE(w.run_until([&] { return w.everyone_is_linked() && ann.is_linked("bob"); }, 1min));
  w.run_for(15s);
  expect_connections(ann, bob, 1);
  EXPECT_EQ(ann.connections_with(fingerprint{}), 0u);
  w.apply("kill bob");
  EXPECT_EQ(bob.connections_with(ann.id()), 0u);
  w.run_for(5s);
  expect_connections(ann, bob, 0);
  w.apply("start bob");
  ASSERT_TRUE(w.run_until([&] { return ann.is_linked("bob"); }, 1min));
  w.run_for(15s);
  expect_connections(ann, bob, 1);
  w.apply("crash bob");
  EXPECT_EQ(bob.connections_with(ann.id()), 0u);
  w.run_for(30s);
  expect_connections(ann, bob, 0);
}

TEST(Connections, ByCircuitAreCountedToo) {
  test_world w;
  w.add_relay();
  std::vector<sim_peer*> peers;
  for (const std::string user : {"ann", "bob"}) {
    peer_options options;
    options.user = user;
    options.config.direct = direct_mode::off;
    options.config.circuits = circuit_mode::always;
    peers.push_back(&w.add_peer(options));
  }
  ASSERT_TRUE(w.run_until([&] { return peers[0]->is_linked("bob"); }, 1min));
  w.run_for(15s);
  EXPECT_EQ(peers[0]->path_to("bob"), path_kind::circuit);
  expect_connections(*peers[0], *peers[1], 1);
}

}  // namespace
}  // namespace hobnob::testing
