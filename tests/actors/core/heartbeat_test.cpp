#include "actors/core/heartbeat.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <deque>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using news = heartbeat::news;

struct Heartbeat : testing::Test {
  heartbeat::time_point start{1000s};
  heartbeat judge{5s, start};
  heartbeat::duration patience = heartbeat::duration{5s} / 16;
};

TEST_F(Heartbeat, PingsThenSuspectsThenLosesASilentConnection) {
  auto v = judge.look(start + 5s, start);
  EXPECT_TRUE(v.send_ping);
  EXPECT_EQ(v.change, news::none);
  EXPECT_EQ(v.look_again_in, 5s);
  v = judge.look(start + 10s, start);
  EXPECT_TRUE(v.send_ping);
  EXPECT_EQ(v.change, news::suspected);
  EXPECT_EQ(v.look_again_in, 5s);
  EXPECT_EQ(judge.look(start + 15s, start).change, news::lost);
}

TEST_F(Heartbeat, LooksOneIntervalAfterTheLastByteSoThatLossIsNoticedInTime) {
  auto v = judge.look(start + 5s, start + 4s);
  EXPECT_FALSE(v.send_ping);
  EXPECT_EQ(v.look_again_in, 4s);
  EXPECT_TRUE(judge.look(start + 9s, start + 4s).send_ping);
  EXPECT_EQ(judge.look(start + 14s, start + 4s).change, news::suspected);
  EXPECT_EQ(judge.look(start + 19s, start + 4s).change, news::lost);
}

TEST_F(Heartbeat, SaysWhenASuspectedSideIsHeardAgain) {
  judge.look(start + 5s, start);
  judge.look(start + 10s, start);
  auto v = judge.look(start + 15s, start + 12s);
  EXPECT_EQ(v.change, news::heard_again);
  EXPECT_FALSE(v.send_ping);
  EXPECT_EQ(v.look_again_in, 2s + patience);
  EXPECT_TRUE(judge.look(start + 17s + patience, start + 12s).send_ping);
}

TEST_F(Heartbeat, WaitsALittleLongerAfterAPingThatWasAnswered) {
  EXPECT_TRUE(judge.look(start + 5s, start).send_ping);
  const auto answered = start + 6s;
  auto v = judge.look(start + 10s, answered);
  EXPECT_EQ(v.look_again_in, 1s + patience);
  EXPECT_FALSE(judge.look(answered + 5s, answered).send_ping);
  EXPECT_TRUE(judge.look(answered + 5s + patience, answered).send_ping);
  EXPECT_EQ(judge.look(answered + 10s, answered).change, news::suspected);
  EXPECT_EQ(judge.look(answered + 15s, answered).change, news::lost);
}

TEST_F(Heartbeat, DoesNotPingABusyConnection) {
  auto now = start;
  for (int i = 0; i < 100; ++i) {
    now += 5s;
    EXPECT_FALSE(judge.look(now, now - 1ms).send_ping);
    now -= 1ms;
  }
}

TEST_F(Heartbeat, GrantsAFullRoundToTheOtherAfterWeWereStopped) {
  auto v = judge.look(start + 3600s, start);
  EXPECT_EQ(v.change, news::none);
  EXPECT_TRUE(v.send_ping);
  EXPECT_EQ(v.look_again_in, 5s);
  EXPECT_EQ(judge.look(start + 3605s, start).change, news::suspected);
  EXPECT_EQ(judge.look(start + 3610s, start).change, news::lost);
}

TEST_F(Heartbeat, HearsAgainAfterAStallInSuspicion) {
  judge.look(start + 5s, start);
  EXPECT_EQ(judge.look(start + 10s, start).change, news::suspected);
  EXPECT_EQ(judge.look(start + 100s, start).change, news::none);
  EXPECT_EQ(judge.look(start + 105s, start + 100s + 1ms).change, news::heard_again);
}

TEST_F(Heartbeat, AClockReadBeforeTheBytesArrivedIsNotSilence) {
  auto v = judge.look(start + 5s, start + 6s);
  EXPECT_EQ(v.change, news::none);
  EXPECT_FALSE(v.send_ping);
  EXPECT_EQ(v.look_again_in, 6s);
}

/// Two sides and the way between them; nothing is said but pings and their answers.
struct idle_connection {
  struct arrival {
    heartbeat::time_point at;
    bool is_ping;
  };
  struct side {
    heartbeat judge;
    heartbeat::time_point heard, next_look;
    std::deque<arrival> arrivals{};
    int pings = 0;
    int looks = 0;

    heartbeat::time_point next_event() const {
      return arrivals.empty() ? next_look : std::min(next_look, arrivals.front().at);
    }
  };

  void run_until(heartbeat::time_point end) {
    while (std::min(one.next_event(), other.next_event()) <= end) {
      if (one.next_event() <= other.next_event()) {
        act(one, other);
      } else {
        act(other, one);
      }
    }
  }

  void act(side& who, side& partner) const {
    const auto now = who.next_event();
    if (!who.arrivals.empty() && who.arrivals.front().at == now) {
      who.heard = now;
      if (who.arrivals.front().is_ping) partner.arrivals.push_back({now + delay, false});
      who.arrivals.pop_front();
      return;
    }
    const auto verdict = who.judge.look(now, who.heard);
    EXPECT_EQ(verdict.change, news::none);
    ++who.looks;
    who.next_look = now + verdict.look_again_in;
    if (!verdict.send_ping) return;
    ++who.pings;
    partner.arrivals.push_back({now + delay, true});
  }

  heartbeat::duration delay;
  heartbeat::time_point start{1000s};
  side one{heartbeat{5s, start, heartbeat::turn::first}, start, start + 5s};
  side other{heartbeat{5s, start, heartbeat::turn::second}, start, start + 5s};
};

TEST(HeartbeatOfTwo, AnIdleConnectionIsPingedOnceAnIntervalByEachSideInTurn) {
  for (const auto delay : {1ms, 100ms, 300ms}) {
    idle_connection idle{delay};
    idle.run_until(idle.start + 1000s);
    const auto intervals = static_cast<int>(1000s / (5s + delay));
    EXPECT_NEAR(idle.one.pings, intervals / 2, 2) << delay.count();
    EXPECT_NEAR(idle.other.pings, intervals / 2, 2) << delay.count();
    EXPECT_LE(idle.one.looks + idle.other.looks, 3 * intervals + 3) << delay.count();
  }
}

TEST(HeartbeatOfTwo, TwoThatComeIntoStepAreOutOfItAfterOnePing) {
  idle_connection idle{10ms};
  for (auto* side : {&idle.one, &idle.other}) {
    side->heard = idle.start + 1s;
    side->next_look = idle.start + 1s + side->judge.look(side->heard, side->heard).look_again_in;
  }
  idle.run_until(idle.start + 6s);
  EXPECT_EQ(idle.one.pings + idle.other.pings, 2) << "in step";
  idle.run_until(idle.start + 1000s);
  EXPECT_NEAR(idle.one.pings + idle.other.pings, 200, 4);
}

}  // namespace
}  // namespace hobnob::core
