#pragma once

#include "actors/interfaces.hpp"
#include "actors/live_actors.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <gtest/gtest.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <optional>

namespace hobnob::test {

/// A test with an actor system of its own, on the test's thread and in virtual time: nothing runs
/// but in `run` and `pass`. Actors are to be started by `spawn`; those that still live at the end
/// are killed.
class actors_test : public testing::Test {
 protected:
  actors_test() {
    configure(config_);
    config_.set("scheduler.policy", caf::atom("testing"));
    system_.emplace(config_);
    live_.publish(*system_);
    scheduler_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
    scheduler_->clock().current_time = caf::actor_clock::time_point{std::chrono::hours{1}};
    self_.emplace(*system_);
  }

  ~actors_test() override {
    live_.end_all(caf::exit_reason::kill);
    run();
    self_.reset();
  }

  caf::actor_system& system() { return *system_; }

  /// Somebody to ask and send with; never wait with it before `run`.
  caf::scoped_actor& self() { return *self_; }

  caf::actor_clock::time_point now() { return scheduler_->clock().current_time; }

  /// Until no actor has anything to do.
  void run() { scheduler_->run(); }

  /// Lets time pass, stopping at every time-out on the way.
  void pass(std::chrono::nanoseconds time) {
    run();
    const auto end = now() + time;
    auto& clock = scheduler_->clock();
    while (clock.has_pending_timeout() && clock.schedule().begin()->first <= end) {
      clock.trigger_timeout();
      run();
    }
    clock.current_time = end;
  }

  /// The answer to `message`; fails the test (and answers `Answer{}`) if there is none.
  template <class Answer, class Handle, class Message>
  Answer ask(const Handle& actor, Message message) {
    auto pending = self()->request(actor, std::chrono::seconds{3600}, std::move(message));
    run();
    Answer result{};
    pending.receive([&](Answer& answer) { result = std::move(answer); },
                    [&](caf::error& why) { ADD_FAILURE() << system().render(why); });
    return result;
  }

 private:
  caf::actor_system_config config_;
  live_actors live_{live_actors::entered_by::spawn};
  std::optional<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  std::optional<caf::scoped_actor> self_;
};

}  // namespace hobnob::test
