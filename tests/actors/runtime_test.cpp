#include "actors/runtime.hpp"

#include "actors/interfaces.hpp"
#include "actors/request.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/runtime_for_test.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using test::options_from_environment;

constexpr auto reply_patience = 30s;  // For what comes at once unless something is broken.

caf::behavior echo(caf::event_based_actor*) {
  return {[](int number) { return number; }};
}

/// Re-arms its tick for ever.
struct ticker_state {
  explicit ticker_state(heartbeat_monitor_actor::pointer) {}
  static inline const char* name = "test.ticker";
};
heartbeat_monitor_actor::behavior_type ticker(
    heartbeat_monitor_actor::stateful_pointer<ticker_state> self) {
  self->delayed_send(self, 1ms, heartbeat_tick{});
  return {[self](heartbeat_tick) { self->delayed_send(self, 1ms, heartbeat_tick{}); }};
}

TEST(Runtime, AnswersAThreadOutside) {
  runtime loop(options_from_environment());
  const auto actor = spawn(loop.system(), echo);
  loop.start();
  caf::scoped_actor self(loop.system());
  int answer = 0;
  self->request(actor, reply_patience, 42)
      .receive([&](int number) { answer = number; }, [](const caf::error&) {});
  EXPECT_EQ(answer, 42);
}

TEST(Runtime, RunsOnTheCallersThread) {
  runtime loop(options_from_environment());
  bool on_loop = false;
  loop.post([&] {
    on_loop = loop.on_loop_thread();
    loop.stop();
  });
  EXPECT_FALSE(loop.on_loop_thread());
  loop.run();
  EXPECT_TRUE(on_loop);
  EXPECT_FALSE(loop.wait());
}

TEST(Runtime, ActorsRunOnTheLoopThread) {
  runtime loop;  // Asio's scheduler, whatever the environment says.
  std::promise<bool> on_loop;
  loop.start();
  spawn(loop.system(), [&](caf::event_based_actor*) { on_loop.set_value(loop.on_loop_thread()); });
  EXPECT_TRUE(on_loop.get_future().get());
}

TEST(Runtime, StopEndsActorsThatTickForEver) {
  runtime loop(options_from_environment());
  for (int i = 0; i < 10; ++i) spawn(loop.system(), ticker);
  loop.start();
  loop.stop();
  EXPECT_FALSE(loop.wait());
  EXPECT_EQ(loop.system().registry().running(), 0u);
}

TEST(Runtime, StopWaitsForActorsThatTakeTheirLeave) {
  runtime loop(options_from_environment());
  std::atomic<bool> said_goodbye = false;
  const auto actor = spawn(loop.system(), [&](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler([self](caf::exit_msg&) { self->delayed_send(self, 5ms, 1); });
    return {[&said_goodbye, self](int) {
      said_goodbye = true;
      self->quit();
    }};
  });
  loop.start();
  loop.stop();
  EXPECT_FALSE(loop.wait());
  EXPECT_TRUE(said_goodbye);
}

TEST(Runtime, StopKillsActorsThatRefuseToEnd) {
  auto options = options_from_environment();
  options.stop_grace = 1ms;
  runtime loop(options);
  const auto actor = spawn(loop.system(), [](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler([](caf::exit_msg&) {});
    return {[](int) {}};
  });
  loop.start();
  loop.stop();
  EXPECT_FALSE(loop.wait());
  EXPECT_EQ(loop.system().registry().running(), 0u);
  EXPECT_TRUE(actor);
}

TEST(Runtime, StopMayBeRepeatedAndComeFromTheLoop) {
  runtime loop(options_from_environment());
  spawn(loop.system(), ticker);
  loop.start();
  loop.post([&] {
    loop.stop();
    loop.stop();
  });
  loop.stop();
  EXPECT_FALSE(loop.wait());
  loop.stop();
  EXPECT_FALSE(loop.wait());
}

TEST(Runtime, StopBeforeTheStartTakesEffectThen) {
  runtime loop(options_from_environment());
  spawn(loop.system(), ticker);
  loop.stop();
  loop.run();
  EXPECT_EQ(loop.system().registry().running(), 0u);
}

TEST(Runtime, WaitRefusesToBlockForEver) {
  runtime loop(options_from_environment());
  EXPECT_EQ(loop.wait(), std::errc::operation_not_permitted);
  std::promise<std::error_code> on_the_loop;
  loop.post([&] { on_the_loop.set_value(loop.wait()); });
  loop.start();
  EXPECT_EQ(on_the_loop.get_future().get(), std::errc::resource_deadlock_would_occur);
}

TEST(Runtime, EndsWithoutEverHavingRun) {
  auto left = std::make_shared<int>(0);
  {
    runtime loop(options_from_environment());
    spawn(loop.system(), ticker);
    const auto actor = spawn(loop.system(), echo);
    caf::anon_send(actor, 1);
    loop.post([left] {});
  }
  EXPECT_EQ(left.use_count(), 1);
}

TEST(Runtime, EndsOnItsOwnLoopWithoutJoining) {
  std::promise<void> destroyed;
  auto loop = std::make_unique<runtime>(options_from_environment());
  auto* bare = loop.get();
  spawn(bare->system(), ticker);
  bare->post([&, owner = std::make_shared<std::unique_ptr<runtime>>(std::move(loop))] {
    owner->reset();
    destroyed.set_value();
  });
  bare->run();  // Returns because the destructor stopped the loop.
  destroyed.get_future().get();
}

TEST(Runtime, AHundredComeAndGo) {
  for (int i = 0; i < 100; ++i) {
    runtime loop(options_from_environment());
    spawn(loop.system(), ticker);
    if (i % 2 == 0) loop.start();
  }
}

TEST(Runtime, AnExceptionOutOfAHandlerStopsItAndComesOutOfRun) {
  runtime loop(options_from_environment());
  spawn(loop.system(), ticker);
  loop.post([] { throw std::runtime_error("a bug"); });
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(loop.system().registry().running(), 0u);
}

TEST(Runtime, EndsDetachedActors) {
  runtime loop(options_from_environment());
  std::promise<bool> on_loop;
  auto actor = spawn<caf::detached>(loop.system(), [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int) { on_loop.set_value(loop.on_loop_thread()); }};
  });
  loop.start();
  caf::anon_send(actor, 1);
  EXPECT_FALSE(on_loop.get_future().get());
  actor = nullptr;  // CAF waits for the handles of detached actors, too.
  loop.stop();
  EXPECT_FALSE(loop.wait());
  EXPECT_EQ(loop.system().registry().running(), 0u);
}

TEST(Runtime, TakesMessagesFromManyThreads) {
  constexpr int senders = 4;
  constexpr int each = 5000;
  runtime loop(options_from_environment());
  std::promise<void> all;
  std::vector<int> last(senders, -1);
  int count = 0;
  bool ordered = true;
  const auto actor = spawn(loop.system(), [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int sender, int number) {
      ordered = ordered && number == last[sender] + 1;
      last[sender] = number;
      if (++count == senders * each) all.set_value();
    }};
  });
  loop.start();
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      for (int number = 0; number < each; ++number) caf::anon_send(actor, sender, number);
    });
  }
  for (auto& thread : threads) thread.join();
  all.get_future().get();
  EXPECT_TRUE(ordered);
}

TEST(Runtime, AppliesTheAdjustmentOfTheEmbedder) {
  auto options = options_from_environment();
  bool adjusted = false;
  options.adjust = [&](caf::actor_system_config&) { adjusted = true; };
  const runtime loop(options);
  EXPECT_TRUE(adjusted);
}

}  // namespace
}  // namespace hobnob
