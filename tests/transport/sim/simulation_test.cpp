#include "transport/sim/simulation.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <vector>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

TEST(simulation, time_starts_at_a_fixed_point_and_jumps_to_the_next_event) {
  simulation run{1};
  EXPECT_EQ(run.now(), simulation::start);
  EXPECT_EQ(run.wall().time_since_epoch(), 1'893'456'000s);
  time_point seen;
  run.after(90min, [&] { seen = run.now(); });
  run.run_for(2h);
  EXPECT_EQ(seen, simulation::start + 90min);
  EXPECT_EQ(run.now(), simulation::start + 2h);
  EXPECT_EQ(run.wall().time_since_epoch(), 1'893'456'000s + 2h);
  EXPECT_EQ(run.events_run(), 1u);
}

TEST(simulation, everything_ready_runs_before_the_next_event) {
  simulation run{1};
  std::vector<int> order;
  run.after(1s, [&] {
    boost::asio::post(run.context(), [&] {
      order.push_back(1);
      boost::asio::post(run.context(), [&] { order.push_back(2); });
    });
  });
  run.after(1s, [&] { order.push_back(3); });
  boost::asio::post(run.context(), [&] { order.push_back(0); });
  run.run_for(1s);
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

TEST(simulation, events_run_inside_the_context) {
  simulation run{1};
  bool inside = false;
  run.after(1s, [&] { inside = run.context().get_executor().running_in_this_thread(); });
  run.run_for(1s);
  EXPECT_TRUE(inside);
  EXPECT_FALSE(run.context().get_executor().running_in_this_thread());
}

TEST(simulation, an_event_in_the_past_runs_now_and_after_those_before_it) {
  simulation run{1};
  std::vector<int> order;
  run.after(1s, [&] {
    run.at(time_point::min(), [&] { order.push_back(2); });
    order.push_back(0);
  });
  run.after(1s, [&] { order.push_back(1); });
  run.run_for(1s);
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(simulation, waits_for_a_condition_and_stops_right_after_the_event_that_met_it) {
  simulation run{1};
  int events = 0;
  for (int i = 1; i <= 10; ++i) run.after(i * 1s, [&] { ++events; });
  EXPECT_TRUE(run.run_until([&] { return events == 3; }, 1min));
  EXPECT_EQ(run.now(), simulation::start + 3s);
  EXPECT_FALSE(run.run_until([&] { return events == 10; }, 5s));
  EXPECT_EQ(events, 8);
  EXPECT_TRUE(run.run_until_idle(1min));
  EXPECT_EQ(events, 10);
}

TEST(simulation, is_not_idle_while_something_is_queued_beyond_the_limit) {
  simulation run{1};
  run.after(1h, [] {});
  EXPECT_FALSE(run.run_until_idle(1min));
}

TEST(simulation, reports_a_livelock) {
  simulation run{1, {.events_per_instant_max = 1000}};
  std::function<void()> again = [&] { run.after({}, [&] { again(); }); };
  again();
  EXPECT_THROW(run.run_for(1s), std::runtime_error);
}

TEST(simulation, what_an_event_throws_comes_out) {
  simulation run{1};
  run.after(1s, [] { throw std::logic_error("broken"); });
  EXPECT_THROW(run.run_for(2s), std::logic_error);
  run.run_for(2s);  // And nothing is stuck.
}

TEST(simulation, is_not_run_from_within_an_event_or_a_handler) {
  simulation run{1};
  int refused = 0;
  const auto nested = [&] {
    EXPECT_THROW(run.run_for(1s), std::logic_error);
    EXPECT_THROW(run.run_until([] { return true; }, 1s), std::logic_error);
    EXPECT_THROW(run.run_until_idle(1s), std::logic_error);
    ++refused;
  };
  run.after(1s, nested);
  run.network_at(run.now() + 2s, nested);
  boost::asio::post(run.context(), nested);
  run.run_for(3s);
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(run.now(), simulation::start + 3s);
}

TEST(simulation, may_be_run_again_after_an_event_threw_and_by_a_condition) {
  simulation run{1};
  run.after(1s, [] { throw std::runtime_error{"no"}; });
  EXPECT_THROW(run.run_for(1s), std::runtime_error);
  run.after(10s, [] {});
  EXPECT_TRUE(run.run_until(
      [&] {
        run.run_for(1s);
        return run.now() > simulation::start + 10s;
      },
      1min));
}

TEST(simulation, what_is_still_queued_at_its_end_never_runs_but_may_post_as_it_goes) {
  bool ran = false;
  {
    simulation run{1};
    std::shared_ptr<void> owned{
        nullptr, [&](void*) { boost::asio::post(run.context(), [&] { ran = true; }); }};
    run.after(1s, [&ran, kept = std::move(owned)] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(simulation, chooses_the_oldest_unless_it_shuffles) {
  simulation plain{5};
  simulation shuffled{5, {.shuffle = true}};
  simulation again{5, {.shuffle = true}};
  bool differed = false;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(plain.choose(4), 0u);
    const auto chosen = shuffled.choose(4);
    EXPECT_LT(chosen, 4u);
    EXPECT_EQ(chosen, again.choose(4));
    differed = differed || chosen != 0;
  }
  EXPECT_TRUE(differed);
}

}  // namespace
}  // namespace hobnob::sim
