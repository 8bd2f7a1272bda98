#include "transport/sim/event_queue.hpp"

#include "transport/sim/random_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

time_point at_tick(int ticks) { return time_point{std::chrono::milliseconds{ticks}}; }

TEST(event_queue, orders_by_time_and_then_by_push) {
  event_queue queue;
  std::vector<int> order;
  for (const int tick : {3, 1, 2, 1, 3, 1}) {
    queue.push(at_tick(tick), [&order, tick, n = order.size()] { order.push_back(tick); });
  }
  std::vector<time_point> times;
  while (!queue.empty()) {
    times.push_back(*queue.next_time());
    queue.pop().function();
  }
  EXPECT_EQ(order, (std::vector{1, 1, 1, 2, 3, 3}));
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_EQ(queue.next_time(), std::nullopt);
}

TEST(event_queue, agrees_with_a_stable_sort_whatever_is_pushed_and_cancelled) {
  random_source random{11};
  event_queue queue;
  struct expected {
    int time;
    int number;
  };
  std::vector<expected> all;
  std::vector<int> ran;
  std::vector<std::pair<event_id, int>> ids;
  for (int number = 0; number < 20'000; ++number) {
    const int time = static_cast<int>(random.below(500));
    ids.emplace_back(queue.push(at_tick(time), [&ran, number] { ran.push_back(number); }), number);
    all.push_back({time, number});
    if (random.chance(0.7)) {
      const auto [id, victim] = ids[random.below(ids.size())];
      const auto place = std::find_if(all.begin(), all.end(), [victim = victim](const expected& e) {
        return e.number == victim;
      });
      EXPECT_EQ(queue.cancel(id), place != all.end());
      if (place != all.end()) all.erase(place);
    }
  }
  EXPECT_EQ(queue.size(), all.size());
  std::stable_sort(all.begin(), all.end(),
                   [](const expected& a, const expected& b) { return a.time < b.time; });
  while (!queue.empty()) queue.pop().function();
  ASSERT_EQ(ran.size(), all.size());
  for (std::size_t i = 0; i < ran.size(); ++i) EXPECT_EQ(ran[i], all[i].number);
}

TEST(event_queue, a_cancelled_event_is_destroyed_at_once_and_only_once) {
  event_queue queue;
  auto witness = std::make_shared<int>(1);
  const event_id id = queue.push(at_tick(1), [witness] {});
  EXPECT_EQ(witness.use_count(), 2);
  EXPECT_TRUE(queue.cancel(id));
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_FALSE(queue.cancel(id));
  EXPECT_FALSE(queue.cancel({}));
  EXPECT_TRUE(queue.empty());
}

TEST(event_queue, a_late_cancel_does_not_hit_the_next_event_in_the_same_place) {
  event_queue queue;
  const event_id old = queue.push(at_tick(1), [] {});
  queue.pop().function();
  queue.push(at_tick(2), [] {});
  EXPECT_FALSE(queue.cancel(old));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(event_function, keeps_small_callables_inside_and_boxes_big_ones) {
  const auto witness = std::make_shared<int>(0);
  int calls = 0;
  std::array<char, 100> big{};
  event_function small{[&calls, witness] { ++calls; }};
  event_function boxed{[&calls, witness, big] { calls += 10 + big[0]; }};
  EXPECT_EQ(witness.use_count(), 3);
  event_function moved = std::move(small);
  small = std::move(boxed);
  moved();
  small();
  EXPECT_EQ(calls, 11);
  moved.reset();
  small = event_function{};
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_FALSE(static_cast<bool>(moved));
}

}  // namespace
}  // namespace hobnob::sim
