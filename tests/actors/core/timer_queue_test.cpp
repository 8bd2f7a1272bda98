#include "actors/core/timer_queue.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using queue = timer_queue<std::string>;
using events = std::vector<std::string>;

constexpr std::size_t all = 1000;
const queue::time_point start{};

TEST(TimerQueue, DeliversByTimeThenByAge) {
  queue timers;
  timers.add(start + 3s, {1, 0, 1}, "late");
  timers.add(start + 1s, {1, 0, 2}, "first");
  timers.add(start + 2s, {2, 0, 1}, "second");
  timers.add(start + 2s, {1, 0, 3}, "third");
  EXPECT_EQ(timers.next(), start + 1s);
  EXPECT_EQ(timers.take_due(start, all), events{});
  EXPECT_EQ(timers.take_due(start + 2s, all), (events{"first", "second", "third"}));
  EXPECT_EQ(timers.next(), start + 3s);
  EXPECT_EQ(timers.take_due(start + 9s, all), events{"late"});
  EXPECT_EQ(timers.next(), queue::time_point::max());
}

TEST(TimerQueue, SaysWhetherToWakeEarlier) {
  queue timers;
  EXPECT_TRUE(timers.add(start + 2s, {1, 0, 1}, "a").is_next);
  EXPECT_FALSE(timers.add(start + 2s, {1, 0, 2}, "b").is_next);
  EXPECT_FALSE(timers.add(start + 3s, {1, 0, 3}, "c").is_next);
  EXPECT_TRUE(timers.add(start + 1s, {1, 0, 4}, "d").is_next);
}

TEST(TimerQueue, TheSameKeyIsTheSameTimer) {
  queue timers;
  EXPECT_FALSE(timers.add(start + 1s, {1, 0, 1}, "old").replaced);
  EXPECT_EQ(timers.add(start + 2s, {1, 0, 1}, "new").replaced, "old");
  EXPECT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers.take_due(start + 9s, all), events{"new"});
}

TEST(TimerQueue, CancelsOne) {
  queue timers;
  timers.add(start + 1s, {1, 0, 1}, "a");
  timers.add(start + 1s, {1, 1, 1}, "b");
  EXPECT_EQ(timers.cancel({1, 0, 1}), "a");
  EXPECT_FALSE(timers.cancel({1, 0, 1}));
  EXPECT_EQ(timers.take_all(), events{"b"});
}

TEST(TimerQueue, CancelsAllOfAnOwner) {
  queue timers;
  timers.add(start + 1s, {7, 0, 1}, "mine");
  timers.add(start + 1s, {6, ~0ull, ~0ull}, "before");
  timers.add(start + 1s, {7, 2, 1}, "mine too");
  timers.add(start + 1s, {8, 0, 0}, "behind");
  EXPECT_EQ(timers.cancel_owner(7), (events{"mine", "mine too"}));
  EXPECT_EQ(timers.cancel_owner(7), events{});
  EXPECT_EQ(timers.take_all(), (events{"before", "behind"}));
}

TEST(TimerQueue, TakesNoMoreThanAsked) {
  queue timers;
  for (std::uint64_t n = 0; n < 5; ++n) timers.add(start, {1, 0, n}, std::to_string(n));
  EXPECT_EQ(timers.take_due(start, 2), (events{"0", "1"}));
  EXPECT_EQ(timers.next(), start);
  EXPECT_EQ(timers.take_due(start, all).size(), 3u);
}

/// Comes back to its queue when it is destroyed, as an actor does that a timer kept alive.
struct returning {
  timer_queue<std::shared_ptr<returning>>* timers = nullptr;
  ~returning() { timers->cancel_owner(2); }
};

TEST(TimerQueue, EventsMayUseTheQueueWhenTheyDie) {
  timer_queue<std::shared_ptr<returning>> timers;
  timers.add(start, {1, 0, 1}, std::make_shared<returning>(&timers));
  timers.add(start, {1, 0, 2}, std::make_shared<returning>(&timers));
  timers.add(start, {1, 0, 3}, std::make_shared<returning>(&timers));
  timers.add(start, {2, 0, 1}, std::make_shared<returning>(&timers));
  timers.cancel({1, 0, 1});
  timers.add(start, {1, 0, 2}, nullptr);
  timers.cancel_owner(1);
  EXPECT_EQ(timers.size(), 0u);
}

TEST(TimerQueue, AnyThreadMayAddAndCancel) {
  constexpr std::uint64_t each = 5'000;
  timer_queue<int> timers;
  std::vector<std::thread> threads;
  for (std::uint64_t owner = 0; owner < 3; ++owner) {
    threads.emplace_back([&, owner] {
      for (std::uint64_t n = 0; n < each; ++n) {
        timers.add(start + std::chrono::milliseconds(n % 100), {owner, 0, n}, 1);
        if (n % 2 == 0) timers.cancel({owner, 0, n});
      }
      if (owner == 0) timers.cancel_owner(owner);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(timers.size(), 2 * each / 2);
  EXPECT_EQ(timers.take_due(start + 1s, 10 * each).size(), each);
}

}  // namespace
}  // namespace hobnob::core
