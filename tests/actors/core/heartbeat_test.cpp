#include "actors/core/heartbeat.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using news = heartbeat::news;

struct Heartbeat : testing::Test {
  heartbeat::time_point start{1000s};
  heartbeat judge{5s, start};
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
  EXPECT_EQ(v.look_again_in, 2s);
  EXPECT_TRUE(judge.look(start + 17s, start + 12s).send_ping);
}

TEST_F(Heartbeat, PingsEveryIntervalWhenAnsweredAtOnce) {
  for (auto now = start + 5s; now < start + 60s; now += 5s) {
    auto v = judge.look(now, now - 5s);
    EXPECT_TRUE(v.send_ping);
    EXPECT_EQ(v.change, news::none);
    EXPECT_EQ(v.look_again_in, 5s);
  }
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

}  // namespace
}  // namespace hobnob::core
