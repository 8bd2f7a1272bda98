#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

// More people than a team has: what is quadratic, racy or starves shows here.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

#if defined(__SANITIZE_ADDRESS__)
constexpr int storm_size = 40;
constexpr int mesh_size = 16;
#else
constexpr int storm_size = 200;
constexpr int mesh_size = 100;
#endif

void add_many(world& w, int count, direct_mode direct) {
  for (int i = 0; i < count; ++i) {
    peer_options options;
    options.user = "user" + std::to_string(i);
    options.config.direct = direct;
    w.add_peer(std::move(options));
  }
}

TEST(ManyPeers, AStormOfLoginsAtOneRelayIsOverInSeconds) {
  test_world w{1, {.plain_handshake = true, .trace_size = 100}};
  auto& relay = w.add_relay();
  // All at the same moment, and from one /24: some are asked to come again.
  add_many(w, storm_size, direct_mode::off);
  EXPECT_TRUE(w.run_until([&] { return w.everyone_sees_everyone(); }, 10s));
  EXPECT_EQ(relay.stats().sessions, static_cast<std::uint64_t>(storm_size));
  EXPECT_EQ(check_safety(w), none);
}

TEST(ManyPeers, AllComeBackAtOnceWhenTheRelayDoes) {
  test_world w{2, {.plain_handshake = true, .trace_size = 100}};
  auto& relay = w.add_relay();
  add_many(w, storm_size / 4, direct_mode::off);
  ASSERT_TRUE(w.run_until([&] { return w.everyone_sees_everyone(); }, 10s));
  w.apply("kill relay");
  w.run_for(5s);
  w.apply("start relay");
  EXPECT_TRUE(w.run_until(
      [&] {
        return relay.stats().sessions == static_cast<std::uint64_t>(storm_size / 4) &&
               w.everyone_sees_everyone();
      },
      60s));
  EXPECT_EQ(check_safety(w), none);
}

TEST(ManyPeers, AFullMeshComesTogetherAndEverybodyHearsOfALeaver) {
  test_world w{3, {.plain_handshake = true, .trace_size = 100}};
  w.add_relay();
  add_many(w, mesh_size, direct_mode::both);
  ASSERT_TRUE(
      w.run_until([&] { return w.everyone_sees_everyone() && w.everyone_is_linked(); }, 2min));
  EXPECT_EQ(check_links(w), none);  // One connection for each pair, too.
  w.apply("kill user7");
  EXPECT_TRUE(w.run_until(
      [&] {
        return std::ranges::none_of(w.peers(), [](const auto& peer) {
          return peer->running() &&
                 (peer->is_linked("user7") || peer->book().roster.contains("user7"));
        });
      },
      2s));
  EXPECT_EQ(check_safety(w), none);
}

}  // namespace
}  // namespace hobnob::testing
