#include "actors/asio_loop_driver.hpp"

#include <gtest/gtest.h>
#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <list>
#include <thread>
#include <vector>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct recording_client final : loop_client {
  void run_jobs() override {
    ++turns;
    if (on_jobs) on_jobs();
  }
  void run_timers() override {
    ++timers;
    if (on_timers) on_timers();
  }
  std::atomic<int> turns = 0;
  int timers = 0;
  std::function<void()> on_jobs, on_timers;
};

TEST(AsioLoopDriver, GathersWakeUpsIntoOneTurn) {
  asio::io_context context(1);
  recording_client client;
  const auto driver = make_asio_loop_driver(context);
  driver->attach(client);
  driver->wake_soon();
  driver->wake_soon();
  context.run();
  EXPECT_EQ(client.turns, 1);
  context.restart();
  driver->wake_soon();
  context.run();
  EXPECT_EQ(client.turns, 2);
}

TEST(AsioLoopDriver, ATurnComesAfterWhatIsQueued) {
  asio::io_context context(1);
  recording_client client;
  const auto driver = make_asio_loop_driver(context);
  driver->attach(client);
  int turns_before = -1;
  asio::post(context, [&] { turns_before = client.turns; });
  driver->wake_soon();
  context.run();
  EXPECT_EQ(turns_before, 0);
  EXPECT_EQ(client.turns, 1);
}

TEST(AsioLoopDriver, WakesAtTheEarliestTimeAskedFor) {
  asio::io_context context(1);
  recording_client client;
  const auto driver = make_asio_loop_driver(context);
  driver->attach(client);
  const auto due = driver->now() + 5ms;
  client.on_timers = [&] { EXPECT_GE(driver->now(), due); };
  asio::post(context, [&] {
    driver->wake_at(due + 1h);
    driver->wake_at(due);
    driver->wake_at(loop_driver::time_point::max());
  });
  context.run();
  EXPECT_EQ(client.timers, 1);
}

TEST(AsioLoopDriver, KnowsItsThread) {
  asio::io_context context(1);
  recording_client client;
  const auto driver = make_asio_loop_driver(context);
  driver->attach(client);
  bool inside = false;
  client.on_jobs = [&] { inside = driver->on_loop_thread(); };
  EXPECT_FALSE(driver->on_loop_thread());
  driver->wake_soon();
  context.run();
  EXPECT_TRUE(inside);
}

TEST(AsioLoopDriver, OutlivesItsContextOnceDetached) {
  recording_client client;
  std::shared_ptr<loop_driver> driver;
  {
    asio::io_context context(1);
    driver = make_asio_loop_driver(context);
    driver->attach(client);
    driver->wake_soon();
    driver->wake_at(driver->now() + 1h);
    driver->detach();
    context.run();  // Returns: nothing is left to wait for.
  }
  driver->wake_soon();
  driver->wake_at(driver->now());
  EXPECT_FALSE(driver->on_loop_thread());
  EXPECT_EQ(client.turns, 0);
  EXPECT_EQ(client.timers, 0);
}

TEST(AsioLoopDriver, DetachWaitsForATurnUnderWay) {
  for (int round = 0; round < 50; ++round) {
    asio::io_context context(1);
    const auto driver = make_asio_loop_driver(context);
    auto guard = asio::make_work_guard(context);
    std::atomic<bool> in_turn = false;
    {
      recording_client client;
      client.on_jobs = [&] {
        in_turn = true;
        for (int n = 0; n < 100; ++n) std::this_thread::yield();
        in_turn = false;
        driver->wake_soon();
      };
      driver->attach(client);
      driver->wake_soon();
      std::thread loop([&] { context.run(); });
      std::thread waker([&] {
        for (int n = 0; n < 100; ++n) driver->wake_soon();
      });
      while (client.turns == 0) std::this_thread::yield();
      driver->detach();
      EXPECT_FALSE(in_turn);
      waker.join();
      guard.reset();
      loop.join();
    }
  }
}

TEST(AsioLoopDriver, AfterAStallSocketsGoBeforeLateTimers) {
  constexpr int sockets = 200;  // More than Asio polls in one go.
  asio::io_context context(1);
  recording_client client;
  const auto driver = make_asio_loop_driver(context);
  driver->attach(client);
  using socket = asio::local::stream_protocol::socket;
  std::list<std::array<socket, 2>> pairs;
  std::array<char, 1> byte{};
  int heard = 0;
  int heard_before_the_timer = -1;
  client.on_timers = [&] { heard_before_the_timer = heard; };
  for (int n = 0; n < sockets; ++n) {
    auto& pair = pairs.emplace_back(std::array{socket(context), socket(context)});
    asio::local::connect_pair(pair[0], pair[1]);
    pair[1].async_wait(socket::wait_read, [&](boost::system::error_code) { ++heard; });
  }
  asio::post(context, [&] {
    driver->wake_at(driver->now() + 10ms);
    std::this_thread::sleep_for(600ms);  // The stall.
    for (auto& pair : pairs) pair[0].write_some(asio::buffer(byte));
  });
  context.run();
  EXPECT_EQ(heard_before_the_timer, sockets);
  EXPECT_EQ(client.timers, 1);
}

}  // namespace
}  // namespace hobnob
