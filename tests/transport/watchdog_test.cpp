#include "transport/watchdog.hpp"

#include "tests/transport/loop.hpp"

namespace hobnob::test {
namespace {

using std::chrono::milliseconds;

TEST(watchdog, calls_once_when_the_time_has_come) {
  loop l;
  int calls = 0;
  auto start = l.net.time().now();
  deadline limit{l.net.deadlines(), [&] { ++calls; }};
  limit.arm(start + milliseconds{30});
  l.run_until([&] { return calls > 0; });
  EXPECT_GE(l.net.time().now(), start + milliseconds{30});
  EXPECT_FALSE(limit.armed());
}

TEST(watchdog, an_earlier_deadline_is_not_held_up_by_a_later_one) {
  loop l;
  std::vector<int> order;
  auto now = l.net.time().now();
  deadline late{l.net.deadlines(), [&] { order.push_back(2); }};
  late.arm(now + milliseconds{150});
  l.poll();
  deadline early{l.net.deadlines(), [&] { order.push_back(1); }};
  early.arm(now + milliseconds{1});
  l.run_until([&] { return order.size() == 2; });
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(watchdog, a_moved_or_disarmed_deadline_is_silent) {
  loop l;
  int calls = 0, witness = 0;
  auto now = l.net.time().now();
  deadline moved{l.net.deadlines(), [&] { ++calls; }},
      disarmed{l.net.deadlines(), [&] { ++calls; }};
  {
    deadline dead{l.net.deadlines(), [&] { ++calls; }};
    dead.arm(now);
  }
  moved.arm(now);
  moved.arm(now + std::chrono::hours{1});
  disarmed.arm(now);
  disarmed.disarm();
  deadline later{l.net.deadlines(), [&] { ++witness; }};
  later.arm(now + milliseconds{20});
  l.run_until([&] { return witness == 1; });
  EXPECT_EQ(calls, 0);
}

TEST(watchdog, a_deadline_may_destroy_itself_and_set_new_ones) {
  loop l;
  std::unique_ptr<deadline> first, second;
  bool done = false;
  second = std::make_unique<deadline>(l.net.deadlines(), [&] { done = true; });
  first = std::make_unique<deadline>(l.net.deadlines(), [&] {
    second->arm(l.net.time().now());
    first.reset();
  });
  first->arm(l.net.time().now());
  l.run_until([&] { return done; });
  EXPECT_EQ(first, nullptr);
}

TEST(watchdog, lets_the_loop_end_when_nothing_is_armed) {
  loop l;
  deadline limit{l.net.deadlines(), [] {}};
  limit.arm(l.net.time().now() + std::chrono::hours{1});
  l.poll();
  limit.disarm();
  l.io.restart();
  l.io.run();  // Returns: the sleeper is gone.
}

}  // namespace
}  // namespace hobnob::test
