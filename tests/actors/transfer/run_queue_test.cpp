#include "actors/transfer/run_queue.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

core::transfer_id transfer_number(std::uint8_t n) { return {n}; }

TEST(RunQueue, LetsTheOthersRunInTheOrderInWhichTheyAsked) {
  run_queue queue{2};
  EXPECT_TRUE(queue.ask({transfer_number(1), 10}));
  EXPECT_TRUE(queue.ask({transfer_number(2), 20}));
  EXPECT_FALSE(queue.ask({transfer_number(3), 30}));
  EXPECT_FALSE(queue.ask({transfer_number(4), 40}));
  const auto next = queue.release(transfer_number(1));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(3));
  EXPECT_EQ(next[0].ticket, 30u);
  EXPECT_EQ(queue.running(), 2u);
  EXPECT_EQ(queue.waiting(), 1u);
}

TEST(RunQueue, WhoLeavesTheQueueIsNotCalled) {
  run_queue queue{1};
  queue.ask({transfer_number(1), 1});
  queue.ask({transfer_number(2), 1});
  queue.ask({transfer_number(3), 1});
  EXPECT_TRUE(queue.release(transfer_number(2)).empty());
  const auto next = queue.release(transfer_number(1));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].id, transfer_number(3));
}

TEST(RunQueue, AskingAgainCountsOnce) {
  run_queue queue{1};
  EXPECT_TRUE(queue.ask({transfer_number(1), 1}));
  EXPECT_TRUE(queue.ask({transfer_number(1), 2}));
  EXPECT_EQ(queue.running(), 1u);
  EXPECT_TRUE(queue.release(transfer_number(7)).empty());
  EXPECT_EQ(queue.running(), 1u);
}

}  // namespace
}  // namespace hobnob
