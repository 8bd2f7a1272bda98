#include "actors/actor_timers.hpp"

#include "actors/asio_scheduler.hpp"
#include "actors/request.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/virtual_loop_driver.hpp"

#include <gtest/gtest.h>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// An actor system in virtual time: the same scheduler and clock as in production.
class ActorTimers : public testing::Test {
 protected:
  ActorTimers() {
    use_loop_scheduler(config_, loop_);
    system_ = std::make_unique<caf::actor_system>(config_);
  }

  std::size_t pending() { return static_cast<actor_timers&>(system_->clock()).pending(); }

  /// Notes every number it gets.
  caf::actor spawn_recorder() {
    return spawn(*system_, [this](caf::event_based_actor*) -> caf::behavior {
      return {[this](int number) { got_.push_back(number); }};
    });
  }

  const std::shared_ptr<test::virtual_loop_driver> loop_ =
      std::make_shared<test::virtual_loop_driver>();
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<int> got_;
};

using numbers = std::vector<int>;

TEST_F(ActorTimers, DelayedMessagesComeInTheOrderOfTheirTimes) {
  const auto recorder = spawn_recorder();
  caf::delayed_anon_send(recorder, 30ms, 4);
  caf::delayed_anon_send(recorder, 10ms, 1);
  caf::delayed_anon_send(recorder, 20ms, 2);
  caf::delayed_anon_send(recorder, 20ms, 3);
  loop_->run_for(9ms);
  EXPECT_EQ(got_, numbers{});
  loop_->run_for(1ms);
  EXPECT_EQ(got_, numbers{1});
  loop_->run_for(1s);
  EXPECT_EQ(got_, (numbers{1, 2, 3, 4}));
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, ATimeOutOfIdleActorsIsResetByMessages) {
  int idle = 0;
  const auto actor = spawn(*system_, [&](caf::event_based_actor*) -> caf::behavior {
    return {[](int) {}, caf::after(100ms) >> [&] { ++idle; }};
  });
  for (int n = 0; n < 10; ++n) {
    caf::anon_send(actor, n);
    loop_->run_for(90ms);
  }
  EXPECT_EQ(idle, 0);
  EXPECT_EQ(pending(), 1u);
  loop_->run_for(10ms);
  EXPECT_EQ(idle, 1);
}

TEST_F(ActorTimers, TenThousandAnsweredRequestsLeaveNothing) {
  constexpr int count = 10'000;
  const auto echo = spawn(*system_, [](caf::event_based_actor*) -> caf::behavior {
    return {[](int number) { return number; }};
  });
  int answers = 0;
  const auto client = spawn(*system_, [&](caf::event_based_actor* self) {
    for (int n = 0; n < count; ++n) {
      request(self, echo, 30s, n).then([&](int) { ++answers; }, [](caf::error&) {});
    }
  });
  loop_->run_for(1ms);
  EXPECT_EQ(answers, count);
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(loop_->next_wake_up(), loop_driver::time_point::max());
}

TEST_F(ActorTimers, RequestsTimeOut) {
  caf::response_promise never;
  const auto silent = spawn(*system_, [&](caf::event_based_actor* self) -> caf::behavior {
    return {[&, self](int) { return never = self->make_response_promise(); }};
  });
  caf::error why;
  const auto client = spawn(*system_, [&](caf::event_based_actor* self) {
    request(self, silent, 5s, 1).then([](int) {}, [&](caf::error& error) { why = error; });
  });
  loop_->run_for(4999ms);
  EXPECT_FALSE(why);
  loop_->run_for(1ms);
  EXPECT_EQ(why, caf::sec::request_timeout);
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, RequestsToTheDeadFailAtOnceAndLeaveNothing) {
  const auto mortal = spawn_recorder();
  caf::anon_send_exit(mortal, caf::exit_reason::user_shutdown);
  loop_->run_for(0ms);
  caf::error why;
  const auto client = spawn(*system_, [&](caf::event_based_actor* self) {
    request(self, mortal, 5s, 1).then([] {}, [&](caf::error& error) { why = error; });
  });
  loop_->run_for(0ms);
  EXPECT_TRUE(why);
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, AnActorThatEndsTakesItsTimersAlong) {
  auto recorder = spawn_recorder();
  caf::delayed_anon_send(recorder, 1h, 1);
  loop_->run_for(0ms);
  EXPECT_EQ(pending(), 1u);
  caf::anon_send_exit(recorder, caf::exit_reason::user_shutdown);
  loop_->run_for(0ms);
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, OtherThreadsMaySetAndCancel) {
  const auto recorder = spawn_recorder();
  std::thread other([&] {
    caf::delayed_anon_send(recorder, 1s, 1);
    caf::scoped_actor self(*system_);
    self->delayed_send(recorder, 2s, 2);
    self->delayed_send(self, 1h, 3);  // Goes with the scoped actor, on this thread.
  });
  other.join();
  loop_->run_for(3s);
  EXPECT_EQ(got_, (numbers{1, 2}));
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, ManyTimersAtOnceAllCome) {
  constexpr int count = 2'000;
  const auto recorder = spawn_recorder();
  for (int n = 0; n < count; ++n) caf::delayed_anon_send(recorder, 1s, n);
  loop_->run_for(1s);
  ASSERT_EQ(got_.size(), std::size_t{count});
  for (int n = 0; n < count; ++n) EXPECT_EQ(got_[n], n);
}

TEST_F(ActorTimers, AnHourOfTicksIsQuick) {
  const auto ticker = spawn(*system_, [this](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1s, 1);
    return {[this, self](int number) {
      got_.push_back(number);
      self->delayed_send(self, 1s, number);
    }};
  });
  loop_->run_for(1h);
  EXPECT_EQ(got_.size(), 3600u);
}

TEST_F(ActorTimers, ALookIsRepeatedUntilItHasSomethingToTell) {
  const auto recorder = spawn_recorder();
  loop_->run_for(0s);
  auto& timers = static_cast<actor_timers&>(system_->clock());
  std::vector<std::chrono::steady_clock::duration> looks;
  const auto start = loop_->now();
  const auto look = [&](auto now) -> std::optional<actor_timers::time_point> {
    looks.push_back(now - start);
    if (looks.size() == 3) return std::nullopt;
    return now + 10ms;
  };
  timers.schedule_look(start + 5ms, caf::actor_cast<caf::strong_actor_ptr>(recorder), look,
                       caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, 7));
  loop_->run_for(20ms);
  EXPECT_EQ(looks.size(), 2u);
  EXPECT_EQ(got_, numbers{});
  loop_->run_for(1s);
  EXPECT_EQ(looks, (decltype(looks){5ms, 15ms, 25ms}));
  EXPECT_EQ(got_, numbers{7});
  EXPECT_EQ(pending(), 0u);
}

TEST_F(ActorTimers, ALookEndsWithItsActor) {
  auto recorder = spawn_recorder();
  loop_->run_for(0s);
  auto& timers = static_cast<actor_timers&>(system_->clock());
  int looks = 0;
  timers.schedule_look(
      loop_->now() + 5ms, caf::actor_cast<caf::strong_actor_ptr>(recorder),
      [&](auto now) {
        ++looks;
        return std::optional{now + 10ms};
      },
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, 7));
  loop_->run_for(7ms);
  EXPECT_EQ(looks, 1);
  caf::anon_send_exit(recorder, caf::exit_reason::user_shutdown);
  recorder = nullptr;
  loop_->run_for(1s);
  EXPECT_EQ(looks, 1);
  EXPECT_EQ(pending(), 0u);
}

}  // namespace
}  // namespace hobnob
