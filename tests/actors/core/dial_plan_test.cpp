#include "actors/core/dial_plan.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

struct DialPlan : testing::Test {
  static endpoint at(std::uint8_t host) { return {ip_address::v4({10, 0, 0, host}), 7000}; }

  dial_plan plan;
  const dial_plan::time_point start{1h};
};

TEST_F(DialPlan, DialsNothingBeforeItsHeadStartIsOver) {
  plan.restart({at(1)}, start + 1s);
  EXPECT_FALSE(plan.next(start));
  EXPECT_EQ(plan.due(), start + 1s);
  EXPECT_EQ(plan.next(start + 1s), at(1));
  EXPECT_FALSE(plan.next(start + 1s));
}

TEST_F(DialPlan, GoesToTheNextAddressAfterAWhileOrAtOnceWhenOneFailed) {
  plan.restart({at(1), at(2), at(3)}, start);
  EXPECT_EQ(plan.next(start), at(1));
  EXPECT_FALSE(plan.next(start + 249ms));
  EXPECT_EQ(plan.next(start + 250ms), at(2));
  plan.finished(at(1), "refused", start + 300ms);
  EXPECT_EQ(plan.next(start + 300ms), at(3));
}

TEST_F(DialPlan, TriesAgainAfter1And5And15AndThenEvery60Seconds) {
  plan.restart({at(1)}, start);
  auto now = start;
  for (const auto wait : {1s, 5s, 15s, 60s, 60s}) {
    ASSERT_EQ(plan.next(now), at(1));
    now += 3s;
    plan.finished(at(1), "refused", now);
    ASSERT_EQ(plan.due(), now + wait);
    now += wait;
  }
}

TEST_F(DialPlan, OneOfTwoWaitsLongerBetweenRounds) {
  plan.wait_longer(500ms);
  plan.restart({at(1)}, start);
  auto now = start;
  for (const auto wait : {1500ms, 5500ms, 15500ms}) {
    ASSERT_EQ(plan.next(now), at(1));
    now += 3s;
    plan.finished(at(1), "refused", now);
    ASSERT_EQ(plan.due(), now + wait);
    now += wait;
  }
}

TEST_F(DialPlan, APauseOutlastsTheDialsUnderWay) {
  plan.restart({at(1)}, start);
  ASSERT_TRUE(plan.next(start));
  plan.pause();
  plan.finished(at(1), "superseded", start + 1s);
  EXPECT_FALSE(plan.due());
  plan.resume(start + 2s);
  EXPECT_EQ(plan.next(start + 2s), at(1));
}

TEST_F(DialPlan, RemembersTheNewestOutcomeOfEachAddress) {
  plan.restart({at(1), at(2)}, start);
  ASSERT_EQ(plan.attempts().size(), 2u) << "what is still to be tried is shown too";
  plan.next(start);
  plan.finished(at(1), "refused", start + 1s);
  EXPECT_EQ(plan.attempts()[0].error, "refused");
  EXPECT_EQ(plan.attempts()[0].ended, start + 1s);
  plan.next(start + 1s);
  plan.finished(at(2), "no answer", start + 2s);
  ASSERT_EQ(plan.next(start + 3s), at(1));
  EXPECT_EQ(plan.attempts()[0].error, "refused") << "known while it is tried again";
  EXPECT_EQ(plan.attempts()[0].ended, start + 1s);
  plan.restart({at(2)}, start + 4s);
  ASSERT_EQ(plan.attempts().size(), 1u) << "addresses the user no longer has are forgotten";
  EXPECT_EQ(plan.attempts()[0].remote, at(2));
}

}  // namespace
}  // namespace hobnob::core
