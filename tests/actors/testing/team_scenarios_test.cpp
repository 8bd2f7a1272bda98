#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"
#include "transport/sim/simulation.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

// What a team lives through, in virtual time.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Everybody writes to everybody; all of it arrives.
void chat(world& w) {
  std::size_t sent = 0;
  for (const auto& one : w.peers()) {
    for (const auto& other : w.peers()) {
      if (one == other || !one->running() || !other->running()) continue;
      one->send_text(other->user(), "message " + std::to_string(++sent));
    }
  }
  w.run_for(5s);
}

std::size_t delivered(const world& w) {
  std::size_t result = 0;
  for (const auto& peer : w.peers()) {
    for (const auto& [id, outcome] : peer->book().outcomes) {
      if (outcome.state == message_state::delivered) ++result;
    }
  }
  return result;
}

/// The time from now until it holds, or nothing.
std::optional<world::duration> time_until(world& w, const std::function<bool()>& condition,
                                          world::duration limit) {
  const auto start = w.now();
  if (!w.run_until(condition, limit)) return std::nullopt;
  return w.now() - start;
}

class TeamScenario : public ::testing::TestWithParam<int> {};

TEST_P(TeamScenario, FormsAMeshAndEveryMessageArrivesOnce) {
  test_world w;
  w.add_relay();
  for (int i = 0; i < GetParam(); ++i) w.add_peer("user" + std::to_string(i));
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(check_links(w), none);
  chat(w);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
  EXPECT_EQ(check_queues(w), none);
  EXPECT_EQ(delivered(w), static_cast<std::size_t>(GetParam() * (GetParam() - 1)));
}

INSTANTIATE_TEST_SUITE_P(Sizes, TeamScenario, ::testing::Values(2, 3, 5));

TEST(TeamScenario, LinksSurviveACrashOfTheRelayAndAllComeBackToIt) {
  test_world w;
  auto& relay = w.add_relay();
  w.add_peers({"ann", "bob", "cy"});
  ASSERT_TRUE(w.settle());
  w.apply("crash relay");
  const auto noticed = time_until(
      w,
      [&] {
        return std::ranges::all_of(w.peers(), [](const auto& p) {
          return p->book().session.state != session_state::online;
        });
      },
      60s);
  ASSERT_TRUE(noticed);
  EXPECT_GE(*noticed, 10s);  // Three heartbeats of 5 s without a word, from the last word on.
  EXPECT_LE(*noticed, 16s);
  chat(w);
  EXPECT_EQ(delivered(w), 6u);  // By the links.
  w.apply("start relay");
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(relay.stats().sessions, 3u);
  chat(w);
  EXPECT_EQ(delivered(w), 12u);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

TEST(TeamScenario, NamesStayBoundToTheirKeysWhenTheRelayStartsAgain) {
  test_world w;
  w.add_relay();
  w.add_peer("ann");
  ASSERT_TRUE(w.settle());
  w.apply("stop ann");
  w.apply("kill relay");
  w.run_for(1s);
  w.apply("start relay");
  peer_options thief;
  thief.user = "ann";
  thief.host = "thief";
  thief.key = 1;
  auto& stolen = w.add_peer(thief);
  w.run_for(5s);
  EXPECT_EQ(stolen.book().session.state, session_state::refused);
  EXPECT_EQ(stolen.book().session.code, "name-taken");
}

TEST(TeamScenario, AKilledPeerIsMissedAtOnceAndACrashedOneAfterThreeHeartbeats) {
  for (const auto& [fault, earliest, latest] :
       {std::tuple{"kill bob", world::duration{0}, world::duration{1s}},
        std::tuple{"crash bob", world::duration{10s}, world::duration{17s}}}) {
    test_world w;
    w.add_relay();
    w.add_peers({"ann", "bob", "cy"});
    ASSERT_TRUE(w.settle());
    w.run_for(7s);
    w.apply(fault);
    const auto missed = time_until(
        w,
        [&] {
          return std::ranges::all_of(w.peers(), [](const auto& p) {
            return !p->running() || (p->roster().size() == 1 && p->links().size() == 1);
          });
        },
        60s);
    ASSERT_TRUE(missed) << fault;
    EXPECT_GE(*missed, earliest) << fault;
    EXPECT_LE(*missed, latest) << fault;
    w.apply("start bob");
    EXPECT_TRUE(w.settle()) << fault;
    EXPECT_EQ(check_safety(w), none) << fault;
    EXPECT_EQ(check_liveness(w), none) << fault;
  }
}

TEST(TeamScenario, AGoodbyeEndsLinksAndPresenceWithoutAnySilence) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob"});
  ASSERT_TRUE(w.settle());
  w.apply("stop bob");
  const auto gone = time_until(
      w, [&] { return peers[0]->roster().empty() && peers[0]->links().empty(); }, 30s);
  ASSERT_TRUE(gone);
  EXPECT_LE(*gone, 1s);
  EXPECT_EQ(peers[0]->book().presences.back().event.reason, close_reason::goodbye);
  EXPECT_TRUE(
      w.run_until([&] { return peers[1]->current_state() == program::state::stopped; }, 10s));
}

TEST(TeamScenario, APartitionOfTwoIsBridgedByTheRelayAndALinkComesBackWhenItHeals) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob", "cy"});
  auto &ann = *peers[0], &bob = *peers[1];
  ASSERT_TRUE(w.settle());
  w.apply("partition ann from bob");
  const auto during = ann.send_text("bob", "are you there?");
  EXPECT_EQ(run_checked(w, 40s), none);
  EXPECT_FALSE(ann.is_linked("bob"));
  EXPECT_EQ(ann.roster(), (strings{"bob", "cy"}));  // The relay still sees both.
  EXPECT_EQ(ann.outcome(during).state, message_state::delivered);
  EXPECT_EQ(ann.outcome(during).path, path_kind::relay);
  EXPECT_EQ(bob.inbox(), strings{"are you there?"});
  w.apply("heal");
  ASSERT_TRUE(w.run_until([&] { return w.everyone_is_linked(); }, 3min));
  chat(w);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

TEST(TeamScenario, WhoIsCutOffFromAllComesBackWhenTheNetworkHeals) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob", "cy"});
  ASSERT_TRUE(w.settle());
  w.apply("unplug ann");
  EXPECT_EQ(run_checked(w, 60s), none);
  EXPECT_EQ(peers[1]->roster(), strings{"cy"});
  EXPECT_EQ(peers[1]->links(), strings{"cy"});
  EXPECT_TRUE(peers[0]->links().empty());
  w.apply("plug ann");
  ASSERT_TRUE(w.settle(5min));
  chat(w);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

TEST(TeamScenario, TheNewestLoginReplacesTheOldOneEverywhere) {
  test_world w;
  w.add_relay();
  auto& bob = w.add_peer("bob");
  auto& old = w.add_peer("ann");
  ASSERT_TRUE(w.settle());
  peer_options newer;
  newer.user = "ann";
  newer.host = "ann-laptop";
  auto& fresh = w.add_peer(newer);
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(old.book().session.state, session_state::replaced);
  EXPECT_TRUE(old.links().empty());
  EXPECT_EQ(bob.links(), strings{"ann"});
  const auto message = bob.send_text("ann", "which one?");
  w.run_for(2s);
  EXPECT_EQ(bob.outcome(message).state, message_state::delivered);
  EXPECT_EQ(fresh.inbox(), strings{"which one?"});
  EXPECT_TRUE(old.inbox().empty());
  EXPECT_EQ(check_safety(w), none);
}

TEST(TeamScenario, BehindTwoHomeRoutersPeersTalkByTheRelayOrPunchThrough) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer("ann", w.add_site("home"));
  auto& bob = w.add_peer("bob", w.add_site("office"));
  ASSERT_TRUE(w.settle());
  const auto message = ann.send_text("bob", "hello");
  w.run_for(5s);
  EXPECT_EQ(ann.outcome(message).state, message_state::delivered);
  EXPECT_EQ(bob.inbox(), strings{"hello"});
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w, false), none);
}

TEST(TeamScenario, BehindFirewallsThatDoNotTranslatePeersTalkAsWell) {
  test_world w;
  w.add_relay();
  auto& firm = w.add_site("firm", {.translate = false});
  auto& ann = w.add_peer("ann", firm);
  auto& bob = w.add_peer("bob");
  auto& cara = w.add_peer("cara", w.add_site("lab", {.translate = false}, firm));
  ASSERT_TRUE(w.settle());
  for (auto* each : {&ann, &cara}) EXPECT_TRUE(each->is_linked("bob"));
  EXPECT_TRUE(cara.is_linked("ann"));
  const auto message = bob.send_text("cara", "hello");
  w.run_for(5s);
  EXPECT_EQ(bob.outcome(message).state, message_state::delivered);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

/// When the last bytes of `from` came to `to`.
world::time_point last_heard(world& w, std::string_view to, std::string_view from) {
  auto& log = w.simulation().log();
  world::time_point result{};
  for (const auto& record : log.records()) {
    if (record.kind == sim::record_kind::delivered && record.size > 0 &&
        log.name_of(record.host) == to && log.name_of(record.peer) == from) {
      result = record.at;
    }
  }
  return result;
}

TEST(TeamScenario, HeartbeatLimitsAreExact) {
  for (const auto heartbeat : {1000ms, 5000ms, 60'000ms}) {
    test_world w{1, {.heartbeat = heartbeat}};
    w.add_relay();
    auto& ann = *w.add_peers({"ann", "bob"}).front();
    ASSERT_TRUE(w.settle());
    w.run_for(7 * heartbeat / 3);
    w.apply("crash bob");
    ASSERT_TRUE(w.run_until([&] { return ann.links().empty(); }, 5 * heartbeat));
    const auto heard = last_heard(w, "ann", "bob");
    const auto& links = ann.book().links;
    ASSERT_GE(links.size(), 3u);
    EXPECT_EQ(links[links.size() - 2].event.state, link_state::suspect);
    EXPECT_EQ(links[links.size() - 2].at - heard, 2 * heartbeat);
    EXPECT_EQ(links.back().event.state, link_state::down);
    EXPECT_EQ(links.back().event.reason, close_reason::heartbeat);
    EXPECT_EQ(links.back().at - heard, 3 * heartbeat);
  }
}

TEST(TeamScenario, HeartbeatLimitsOfASessionAreExactForThePeer) {
  for (const auto heartbeat : {1000ms, 5000ms, 60'000ms}) {
    test_world w{1, {.heartbeat = heartbeat}};
    w.add_relay();
    auto& ann = *w.add_peers({"ann", "bob"}).front();
    ASSERT_TRUE(w.settle());
    w.run_for(7 * heartbeat / 3);
    w.apply("crash relay");
    ASSERT_TRUE(w.run_until([&] { return !ann.online(); }, 5 * heartbeat));
    const auto& last = ann.book().sessions.back();
    EXPECT_EQ(last.event.state, session_state::waiting);
    EXPECT_EQ(last.at - last_heard(w, "ann", "relay"), 3 * heartbeat);
  }
}

// News are gathered for 250 ms, and on their way for a little more.
TEST(TeamScenario, HeartbeatLimitsOfASessionAreExactForTheRelay) {
  constexpr auto telling = 300ms;
  for (const auto heartbeat : {1000ms, 5000ms, 60'000ms}) {
    test_world w{1, {.heartbeat = heartbeat}};
    w.add_relay();
    auto& ann = *w.add_peers({"ann", "bob"}).front();
    ASSERT_TRUE(w.settle());
    w.run_for(7 * heartbeat / 3);
    w.apply("crash bob");
    ASSERT_TRUE(w.run_until([&] { return ann.roster().empty(); }, 5 * heartbeat));
    const auto heard = last_heard(w, "relay", "bob");
    const auto& told = ann.book().presences;
    ASSERT_GE(told.size(), 3u);
    const auto& suspected = told[told.size() - 2];
    EXPECT_EQ(suspected.event.state, presence::suspect);
    EXPECT_GE(suspected.at - heard, 2 * heartbeat);
    EXPECT_LE(suspected.at - heard, 2 * heartbeat + telling);
    EXPECT_EQ(told.back().event.state, presence::offline);
    EXPECT_EQ(told.back().event.reason, close_reason::heartbeat);
    EXPECT_GE(told.back().at - heard, 3 * heartbeat);
    EXPECT_LE(told.back().at - heard, 3 * heartbeat + telling);
  }
}

// Its kernel goes on acknowledging: only what the program itself says is missing.
TEST(TeamScenario, APausedPeerIsSuspectedAndLostAndComesBackByItself) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob"});
  auto &ann = *peers[0], &bob = *peers[1];
  ASSERT_TRUE(w.settle());
  w.run_for(3s);
  const auto before = bob.book().entries;
  w.apply("pause bob");
  const auto suspected = time_until(
      w, [&] { return ann.book().links.back().event.state == link_state::suspect; }, 60s);
  ASSERT_TRUE(suspected);
  EXPECT_GE(*suspected, 5s);  // Ten after the last word.
  EXPECT_LE(*suspected, 10s);
  ASSERT_TRUE(w.run_until([&] { return ann.links().empty() && ann.roster().empty(); }, 60s));
  EXPECT_EQ(bob.book().entries, before);
  w.apply("resume bob");
  ASSERT_TRUE(w.settle());
  chat(w);
  EXPECT_EQ(delivered(w), 2u);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

TEST(TeamScenario, AShortPauseIsNoticedByNobody) {
  test_world w;
  w.add_relay();
  w.add_peers({"ann", "bob", "cy"});
  ASSERT_TRUE(w.settle());
  w.run_for(2s);
  const auto news = [&] {
    std::uint64_t result = 0;
    for (const auto& peer : w.peers()) result += peer->book().entries;
    return result;
  };
  const auto before = news();
  w.apply("pause bob");
  w.run_for(4s);
  w.apply("resume bob");
  w.run_for(60s);
  EXPECT_EQ(news(), before);
}

// All time-outs and silences are of the monotonic clock.
TEST(TeamScenario, AJumpOfTheWallClockDisturbsNothing) {
  test_world w;
  w.add_relay();
  auto peers = w.add_peers({"ann", "bob", "cy"});
  ASSERT_TRUE(w.settle());
  for (const auto* jump : {"jump ann 3600s", "jump bob -86400s", "jump relay -7200s"})
    w.apply(jump);
  chat(w);
  EXPECT_EQ(delivered(w), 6u);
  w.apply("kill ann");
  w.run_for(1s);
  w.apply("start ann");
  ASSERT_TRUE(w.settle());
  chat(w);
  EXPECT_EQ(delivered(w), 12u);
  EXPECT_EQ(check_safety(w), none);
  EXPECT_EQ(check_liveness(w), none);
}

// The relay tells all at the same moment; what differs is how far they are from it and each other.
TEST(TeamScenario, CrossingDialsAtEveryRelativeTimingLeaveOneLink) {
  for (int late = 0; late <= 60; late += 3) {
    test_world w{static_cast<std::uint64_t>(100 + late)};
    w.add_relay();
    w.apply("change internet latency=10ms jitter=0s");
    auto& ann = w.add_peer("ann");
    auto& bob = w.add_peer("bob");
    w.apply("change bob latency=" + std::to_string(late) + "ms");
    ASSERT_TRUE(w.settle()) << late;
    w.run_for(90s);
    EXPECT_EQ(ann.links(), strings{"bob"}) << late;
    EXPECT_EQ(check_safety(w), none) << late;
    EXPECT_EQ(check_liveness(w), none) << late;
    const auto ups = [](const sim_peer& peer) {
      return std::ranges::count(peer.book().links, link_state::up,
                                [](const auto& entry) { return entry.event.state; });
    };
    EXPECT_EQ(ups(ann), 1) << late;
    EXPECT_EQ(ups(bob), 1) << late;
    EXPECT_EQ(ann.ask<peer_status>(get_status{})->links, 1u) << late;
  }
}

TEST(TeamScenario, TwoInOneSiteUseTheirLan) {
  test_world w;
  w.add_relay();
  auto& office = w.add_site("office");
  auto& ann = w.add_peer("ann", office);
  w.add_peer("bob", office);
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(ann.path_to("bob"), path_kind::lan);
}

}  // namespace
}  // namespace hobnob::testing
