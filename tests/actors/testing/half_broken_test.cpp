#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

#include <algorithm>

// Networks that carry one direction only, and readers who do not keep up.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

class OneWay : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Directions, OneWay,
                         ::testing::Values("block ann to bob", "block bob to ann"));

TEST_P(OneWay, BetweenTwoEndsTheirLinkAndTheRelayCarriesOn) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob", "cy"});
  auto &ann = *peers[0], &bob = *peers[1];
  ASSERT_TRUE(w.settle());
  w.apply(GetParam());
  const auto there = ann.send_text("bob", "there");
  const auto back = bob.send_text("ann", "back");
  EXPECT_EQ(run_checked(w, 40s), none);
  EXPECT_FALSE(ann.is_linked("bob"));
  EXPECT_FALSE(bob.is_linked("ann"));
  EXPECT_EQ(ann.outcome(there).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).state, message_state::delivered);
  EXPECT_EQ(ann.inbox(), strings{"back"});
  EXPECT_EQ(bob.inbox(), strings{"there"});
  w.apply("heal");
  EXPECT_TRUE(w.run_until([&] { return w.everyone_is_linked(); }, 3min));
  w.run_for(40s);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

class OneWayToTheRelay : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Directions, OneWayToTheRelay,
                         ::testing::Values("block ann to relay", "block relay to ann"));

TEST_P(OneWayToTheRelay, EndsTheSessionAndLeavesTheLinks) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob"});
  auto &ann = *peers[0], &bob = *peers[1];
  ASSERT_TRUE(w.settle());
  w.apply(GetParam());
  EXPECT_EQ(run_checked(w, 40s), none);
  EXPECT_NE(ann.book().session.state, session_state::online);
  EXPECT_TRUE(ann.is_linked("bob"));
  EXPECT_TRUE(bob.is_linked("ann"));
  const auto message = ann.send_text("bob", "by the link");
  EXPECT_EQ(run_checked(w, 2s), none);
  EXPECT_EQ(ann.outcome(message).state, message_state::delivered);
  w.apply("heal");
  EXPECT_TRUE(w.settle());
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

/// A megabyte in fifty messages.
std::vector<message_id> pour(sim_peer& from, const std::string& to) {
  const std::string content(20'000, 'x');
  std::vector<message_id> result;
  for (int i = 0; i < 50; ++i) result.push_back(from.send(to, "bulk", content));
  return result;
}

bool all_delivered(const sim_peer& from, const std::vector<message_id>& messages) {
  return std::ranges::all_of(
      messages, [&](const auto& id) { return from.outcome(id).state == message_state::delivered; });
}

TEST(SlowReader, HoldsUpNobodyElseOnLinkOrRelay) {
  for (const auto& [slowness, direct] : std::vector<std::pair<const char*, direct_mode>>{
           {"change bob rate=200000", direct_mode::both},
           {"change bob rate=200000", direct_mode::off},
           {"slow_reader bob 200000", direct_mode::both},
           {"slow_reader bob 200000", direct_mode::off}}) {
    test_world w;
    w.add_relay();
    for (const auto* user : {"ann", "bob", "cy"}) {
      peer_options options;
      options.user = user;
      options.config.direct = direct;
      w.add_peer(std::move(options));
    }
    auto &ann = w.peer("ann"), &cy = w.peer("cy");
    ASSERT_TRUE(w.settle());
    w.apply(slowness);
    const auto slow = pour(ann, "bob");
    for (int i = 0; i < 5; ++i) {
      const auto there = ann.send_text("cy", "hello");
      const auto back = cy.send_text("ann", "hello");
      EXPECT_EQ(run_checked(w, 1s), none);
      EXPECT_EQ(ann.outcome(there).state, message_state::delivered);
      EXPECT_EQ(cy.outcome(back).state, message_state::delivered);
    }
    EXPECT_FALSE(all_delivered(ann, slow));
    EXPECT_EQ(run_checked(w, 15s), none);
    EXPECT_TRUE(all_delivered(ann, slow));
  }
}

TEST(SlowReader, WhoReadsNothingForAWhileGetsEverythingInOrder) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob"});
  auto &ann = *peers[0], &bob = *peers[1];
  ASSERT_TRUE(w.settle());
  w.apply("pause bob");
  const auto messages = pour(ann, "bob");
  EXPECT_EQ(run_checked(w, 6s), none);
  EXPECT_FALSE(all_delivered(ann, messages));
  w.apply("resume bob");
  EXPECT_EQ(run_checked(w, 5s), none);
  EXPECT_TRUE(all_delivered(ann, messages));
  EXPECT_EQ(bob.book().application_messages.size(), messages.size());
  EXPECT_TRUE(ann.is_linked("bob"));
}

TEST(Replaced, OfManyLoginsAtOnceExactlyOneStays) {
  test_world w;
  w.add_relay();
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  for (int i = 0; i < 5; ++i) {
    peer_options options;
    options.user = "ann";
    options.host = "ann" + std::to_string(i);
    w.add_peer(std::move(options));
  }
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(run_checked(w, 60s), none);
  const auto in_state = [&](session_state state) {
    return std::ranges::count_if(w.peers(), [&](const auto& peer) {
      return peer->user() == "ann" && peer->book().session.state == state;
    });
  };
  EXPECT_EQ(in_state(session_state::online), 1);
  EXPECT_EQ(in_state(session_state::replaced), 4);
  EXPECT_EQ(bob.links(), strings{"ann"});
  EXPECT_EQ(check_liveness(w), none);
}

TEST(Replaced, OneAfterAnotherTheLastOneGetsTheMessages) {
  test_world w;
  w.add_relay();
  auto& bob = w.add_peer("bob");
  for (int i = 0; i < 4; ++i) {
    peer_options options;
    options.user = "ann";
    options.host = "ann" + std::to_string(i);
    auto& newest = w.add_peer(std::move(options));
    ASSERT_TRUE(w.settle());
    const auto message = bob.send_text("ann", std::to_string(i));
    EXPECT_EQ(run_checked(w, 2s), none);
    EXPECT_EQ(bob.outcome(message).state, message_state::delivered);
    EXPECT_EQ(newest.inbox(), strings{std::to_string(i)});
  }
  EXPECT_EQ(check_liveness(w), none);
}

// The old one slept through its end at the relay, which is gone when it wakes: nobody tells it.
TEST(Replaced, WhoCouldNotBeToldGivesWayToTheLaterStartAndComesBackSeldom) {
  test_world w{1, {.plain_handshake = true, .heartbeat = 1s}};
  w.add_relay();
  auto& bob = w.add_peer("bob");
  auto& old = w.add_peer("ann");
  ASSERT_TRUE(w.settle());
  w.apply("pause ann");
  EXPECT_EQ(run_checked(w, 10s), none);
  peer_options later;
  later.user = "ann";
  later.host = "laptop";
  auto& fresh = w.add_peer(std::move(later));
  ASSERT_TRUE(w.run_until([&] { return fresh.is_linked("bob"); }, 20s));
  w.apply("stop relay");
  EXPECT_EQ(run_checked(w, 2s), none);
  const auto seen = old.book().links.size();
  w.apply("resume ann");
  EXPECT_EQ(run_checked(w, 60s), none);
  const auto& links = old.book().links;
  const auto came_back =
      std::count_if(links.begin() + static_cast<std::ptrdiff_t>(seen), links.end(),
                    [](const auto& told) { return told.event.state == link_state::up; });
  EXPECT_GE(came_back, 2);
  EXPECT_LE(came_back, 6);
  EXPECT_TRUE(fresh.is_linked("bob"));
  const auto message = bob.send_text("ann", "which one?");
  EXPECT_EQ(run_checked(w, 2s), none);
  EXPECT_EQ(bob.outcome(message).state, message_state::delivered);
  EXPECT_EQ(fresh.inbox(), strings{"which one?"});
}

// Its new link may come while the old one is suspected, and before the old one's end.
TEST(Restarted, IsNeverLeftSuspected) {
  for (auto late = 1500ms; late <= 4500ms; late += 50ms) {
    SCOPED_TRACE(late.count());
    test_world w{1, {.plain_handshake = true, .heartbeat = 2s}};
    w.add_relay();
    w.apply("change internet latency=50ms jitter=0s");
    auto& ann = w.add_peer("ann");
    w.add_peer("bob");
    ASSERT_TRUE(w.settle());
    w.apply("crash bob");
    w.apply_after(late, "start bob");
    EXPECT_EQ(run_checked(w, 20s), none);
    EXPECT_EQ(check_liveness(w), none);
    ASSERT_TRUE(ann.is_linked("bob"));
  }
}

}  // namespace
}  // namespace hobnob::testing
