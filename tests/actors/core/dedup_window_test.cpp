#include "actors/core/dedup_window.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using verdict = dedup_window::verdict;

TEST(DedupWindow, TellsTheNextFromDuplicatesAndThoseAhead) {
  dedup_window window{1};
  EXPECT_EQ(window.judge(1), verdict::next);
  EXPECT_EQ(window.judge(2), verdict::ahead);
  window.take_next();
  EXPECT_EQ(window.judge(1), verdict::shown);
  EXPECT_EQ(window.judge(2), verdict::next);
}

TEST(DedupWindow, StartsAtTheFloorOfASenderThatWasAtWorkBefore) {
  dedup_window window{57};
  EXPECT_EQ(window.judge(56), verdict::stale);
  EXPECT_EQ(window.judge(57), verdict::next);
}

TEST(DedupWindow, RemembersWhatWasGivenUp) {
  dedup_window window{1};
  window.take_next();
  window.give_up_to(4);
  window.take_next();
  EXPECT_EQ(window.judge(1), verdict::shown);
  EXPECT_EQ(window.judge(2), verdict::given_up);
  EXPECT_EQ(window.judge(3), verdict::given_up);
  EXPECT_EQ(window.judge(4), verdict::shown);
  EXPECT_EQ(window.judge(5), verdict::next);
}

TEST(DedupWindow, ForgetsWhatIsBelowTheFloor) {
  dedup_window window{1};
  window.give_up_to(10);
  window.raise_floor(5);
  EXPECT_EQ(window.judge(4), verdict::stale);
  EXPECT_EQ(window.judge(5), verdict::given_up);
  window.raise_floor(3);
  EXPECT_EQ(window.floor(), 5u);
  window.raise_floor(20);
  EXPECT_EQ(window.next(), 20u);
  EXPECT_EQ(window.judge(19), verdict::stale);
}

TEST(DedupWindow, StaysSmallWhenGapFollowsGap) {
  dedup_window window{1};
  std::uint64_t sequence = 1;
  for (int i = 0; i < 5000; ++i) {
    window.give_up_to(++sequence);
    window.take_next();
    ++sequence;
  }
  EXPECT_EQ(window.judge(1), verdict::stale);
  EXPECT_EQ(window.judge(sequence - 2), verdict::given_up);
  EXPECT_EQ(window.judge(sequence - 1), verdict::shown);
}

}  // namespace
}  // namespace hobnob::core
