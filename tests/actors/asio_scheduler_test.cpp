#include "actors/asio_scheduler.hpp"

#include "actors/live_actors.hpp"
#include "actors/request.hpp"
#include "actors/spawn.hpp"

#include <gtest/gtest.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// An embedder's program: its own context, its own actor system.
class AsioScheduler : public testing::Test {
 protected:
  AsioScheduler() {
    use_asio_scheduler(config_, context_);
    system_ = std::make_unique<caf::actor_system>(config_);
  }

  /// Runs the loop until the actors are done.
  void run_until_quiet() {
    while (system_->registry().running() > 0) {
      context_.restart();
      context_.run_for(1ms);
    }
  }

  asio::io_context context_{1};
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

caf::behavior collector(caf::event_based_actor* self, std::vector<int>* got, std::size_t count) {
  return {[=](int number) {
    got->push_back(number);
    if (got->size() == count) self->quit();
  }};
}

TEST_F(AsioScheduler, KeepsTheOrderOfMessagesBetweenTwo) {
  constexpr int count = 1000;  // More than one turn.
  std::vector<int> got;
  const auto receiver = spawn(*system_, collector, &got, std::size_t{count});
  spawn(*system_, [receiver](caf::event_based_actor* self) {
    for (int n = 0; n < count; ++n) self->send(receiver, n);
  });
  run_until_quiet();
  ASSERT_EQ(got.size(), std::size_t{count});
  for (int n = 0; n < count; ++n) EXPECT_EQ(got[n], n);
}

caf::behavior busy(caf::event_based_actor* self) {
  self->send(self, 0);
  return {[self](int number) { self->send(self, number + 1); }};
}

TEST_F(AsioScheduler, BusyActorsLeaveSocketsAndTimersTheirTurn) {
  for (int n = 0; n < 100; ++n) spawn(*system_, busy);
  int ticks = 0;
  asio::steady_timer timer(context_);
  std::function<void()> tick = [&] {
    timer.expires_after(1ms);
    timer.async_wait([&](boost::system::error_code) {
      if (++ticks == 10) return context_.stop();
      tick();
    });
  };
  asio::post(context_, tick);
  context_.run();
  EXPECT_EQ(ticks, 10);
}

TEST_F(AsioScheduler, BusyActorsLeaveOtherActorsTheirTicks) {
  for (int n = 0; n < 100; ++n) spawn(*system_, busy);
  int ticks = 0;
  spawn(*system_, [&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1ms, 1);
    return {[&, self](int number) {
      if (++ticks == 10) return context_.stop();
      self->delayed_send(self, 1ms, number);
    }};
  });
  context_.run();
  EXPECT_EQ(ticks, 10);
}

/// Messages to an actor and back, one at a time.
asio::awaitable<void> converse(caf::actor partner, const int& last_answer, int count) {
  asio::steady_timer nothing(co_await asio::this_coro::executor);
  for (int n = 1; n <= count; ++n) {
    caf::anon_send(partner, n);
    while (last_answer != n) {
      nothing.expires_after(0ms);
      co_await nothing.async_wait(asio::use_awaitable);
    }
  }
  caf::anon_send_exit(partner, caf::exit_reason::user_shutdown);
}

TEST_F(AsioScheduler, CoroutinesAndActorsShareTheThread) {
  int last_answer = 0;
  std::thread::id actors_thread;
  auto partner = spawn(*system_, [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int number) {
      last_answer = number;
      actors_thread = std::this_thread::get_id();
    }};
  });
  asio::co_spawn(context_, converse(std::move(partner), last_answer, 100),
                 [](std::exception_ptr thrown) {
                   if (thrown) std::rethrow_exception(thrown);
                 });
  run_until_quiet();
  EXPECT_EQ(last_answer, 100);
  EXPECT_EQ(actors_thread, std::this_thread::get_id());
}

TEST_F(AsioScheduler, KnowsWhoLives) {
  auto& live = *live_actors::of(*system_);
  const auto actor = spawn(*system_, busy);
  const auto detached = spawn<caf::detached>(*system_, busy);
  context_.run_for(1ms);
  EXPECT_EQ(live.size(), 2u);
  live.end_all(caf::exit_reason::user_shutdown);
  while (live.size() > 0) {  // A detached actor is struck out a moment after it stops to count.
    run_until_quiet();
    std::this_thread::yield();
  }
}

// --- Destroying a system in any state: it returns, and the leak checker finds nothing. -----------

TEST_F(AsioScheduler, EndsWithoutHavingRun) {
  const auto actor = spawn(*system_, busy);
  caf::anon_send(actor, 1);
  std::thread([&] { caf::anon_send(actor, 2); }).join();
}

TEST_F(AsioScheduler, EndsWithLiveActorsInTheMiddleOfTheirWork) {
  for (int n = 0; n < 100; ++n) spawn(*system_, busy);
  spawn<caf::detached>(*system_, busy);
  context_.run_for(1ms);
}

TEST_F(AsioScheduler, EndsWithTicksToCome) {
  const auto actor = spawn(*system_, [](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1h, 1);
    return {[](int) {}};
  });
  caf::delayed_anon_send(actor, 1h, 2);
  context_.run_for(1ms);
}

caf::behavior heir(caf::event_based_actor* self, int generations) {
  if (generations > 0) {
    self->attach_functor(
        [system = &self->system(), generations] { spawn(*system, heir, generations - 1); });
  }
  return {[](int) {}};
}

TEST_F(AsioScheduler, EndsWithActorsThatBearOthersWhenTheyDie) {
  const auto actor = spawn(*system_, heir, 50);
  context_.run_for(1ms);
}

TEST_F(AsioScheduler, EndsWithRequestsUnanswered) {
  const auto silent = spawn(*system_, [](caf::event_based_actor* self) -> caf::behavior {
    return {[self](int) { return self->make_response_promise(); }};
  });
  const auto client = spawn(*system_, [silent](caf::event_based_actor* self) -> caf::behavior {
    request(self, silent, 1h, 1).then([](int) {}, [](caf::error&) {});
    return {[](int) {}};
  });
  context_.run_for(1ms);
}

TEST_F(AsioScheduler, AnswersRequestsOfOtherThreads) {
  spawn(*system_, busy);
  std::thread loop([&] {
    auto guard = asio::make_work_guard(context_);
    context_.run();
  });
  caf::scoped_actor self(*system_);
  const auto echo = spawn(*system_, [](caf::event_based_actor*) -> caf::behavior {
    return {[](int number) { return number; }};
  });
  self->request(echo, 30s, 1).receive([](int) {}, [](const caf::error&) { FAIL(); });
  context_.stop();
  loop.join();
}

}  // namespace
}  // namespace hobnob
