#include "actors/transfer/run_queue.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

core::transfer_id transfer_number(std::uint8_t n) { return {n}; }

TEST(RunQueue, LetsTheOthersRunInTheOrderInWhichTheyAsked) {
  run_queue queue{2};
  EXPECT_TRUE(queue.ask({transfer_number(1), 10, "ann"}));
  EXPECT_TRUE(queue.ask({transfer_number(2), 20, "ann"}));
  EXPECT_FALSE(queue.ask({transfer_number(3), 30, "ann"}));
  EXPECT_FALSE(queue.ask({transfer_number(4), 40, "ann"}));
  const auto next = queue.release(transfer_number(1));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(3));
  EXPECT_EQ(next[0].ticket, 30u);
  EXPECT_EQ(queue.running(), 2u);
  EXPECT_EQ(queue.waiting(), 1u);
}

TEST(RunQueue, WhoLeavesTheQueueIsNotCalled) {
  run_queue queue{1};
  queue.ask({transfer_number(1), 1, "ann"});
  queue.ask({transfer_number(2), 1, "ann"});
  queue.ask({transfer_number(3), 1, "ann"});
  EXPECT_TRUE(queue.release(transfer_number(2)).empty());
  const auto next = queue.release(transfer_number(1));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(3));
}

TEST(RunQueue, AskingAgainCountsOnce) {
  run_queue queue{1};
  EXPECT_TRUE(queue.ask({transfer_number(1), 1, "ann"}));
  EXPECT_TRUE(queue.ask({transfer_number(1), 2, "ann"}));
  EXPECT_EQ(queue.running(), 1u);
  EXPECT_TRUE(queue.release(transfer_number(7)).empty());
  EXPECT_EQ(queue.running(), 1u);
}

TEST(RunQueue, TheManyOfOneUserKeepOutNobodyElse) {
  run_queue queue{2};
  for (std::uint8_t number = 1; number <= 9; ++number)
    queue.ask({transfer_number(number), 1, "mallory"});
  queue.ask({transfer_number(10), 1, "ann"});
  queue.ask({transfer_number(11), 1, "ann"});
  auto next = queue.release(transfer_number(1));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(10));
  next = queue.release(transfer_number(2));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(3)) << "ann has one running, and mallory asked first";
}

}  // namespace
}  // namespace hobnob
