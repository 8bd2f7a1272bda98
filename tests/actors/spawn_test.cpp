#include "actors/spawn.hpp"

#include "actors/runtime.hpp"
#include "tests/actors/runtime_for_test.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

class collecting_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    text_.append(message.payload.begin(), message.payload.end());
    text_ += '\n';
  }
  void flush_() override {}

  std::string text_;
};

/// Catches the log and what goes to stdout.
class Spawn : public testing::Test {
 protected:
  Spawn() {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink_));
    testing::internal::CaptureStdout();
    loop_.start();
  }

  ~Spawn() override { spdlog::set_default_logger(before_); }

  void stop() {
    loop_.stop();
    loop_.wait();
  }

  void expect_logged(const std::string& text) {
    stop();
    EXPECT_NE(sink_->text().find(text), std::string::npos) << sink_->text();
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  }

  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  const std::shared_ptr<collecting_sink> sink_ = std::make_shared<collecting_sink>();
  runtime loop_{test::options_from_environment()};
};

/// Sends `message` and waits until the actor has ended or answered an error.
void provoke(caf::actor_system& system, const caf::actor& actor, int message) {
  caf::scoped_actor self(system);
  self->request(actor, 30s, message).receive([] {}, [](const caf::error&) {});
}

TEST_F(Spawn, PassesArgumentsAndReturnsTheHandle) {
  const auto actor = spawn(
      loop_.system(),
      [](caf::event_based_actor*, int sum, const std::string& text) -> caf::behavior {
        return {[=](int number) { return text + std::to_string(sum + number); }};
      },
      40, "the answer is ");
  caf::scoped_actor self(loop_.system());
  std::string answer;
  self->request(actor, 30s, 2)
      .receive([&](const std::string& text) { answer = text; }, [](const caf::error&) {});
  EXPECT_EQ(answer, "the answer is 42");
  testing::internal::GetCapturedStdout();
}

TEST_F(Spawn, LogsExceptionsOfHandlers) {
  const auto actor = spawn(loop_.system(), [](caf::event_based_actor*) -> caf::behavior {
    return {[](int) { throw std::runtime_error("thrown in a handler"); }};
  });
  provoke(loop_.system(), actor, 1);
  expect_logged("thrown in a handler");
}

TEST_F(Spawn, LogsExceptionsOfTheBehaviorFunction) {
  const auto actor = spawn(loop_.system(), [](caf::event_based_actor*) -> caf::behavior {
    throw std::runtime_error("thrown at birth");
  });
  provoke(loop_.system(), actor, 1);
  expect_logged("thrown at birth");
}

TEST_F(Spawn, LogsUnexpectedMessagesWithoutTheirContent) {
  const auto actor = spawn(loop_.system(), [](caf::event_based_actor*) -> caf::behavior {
    return {[](const std::string&) {}};
  });
  provoke(loop_.system(), actor, 12345);
  expect_logged("does not handle messages of type (@i32)");
  EXPECT_EQ(sink_->text().find("12345"), std::string::npos);
}

TEST_F(Spawn, LogsDownMessagesNobodyHandles) {
  const auto mortal =
      spawn(loop_.system(), [](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  const auto widow = spawn(loop_.system(), [mortal](caf::event_based_actor* self) -> caf::behavior {
    self->monitor(mortal);
    caf::anon_send_exit(mortal, caf::exit_reason::kill);
    return {[](int) {}};
  });
  while (sink_->text().empty()) provoke(loop_.system(), widow, 1);
  expect_logged("does not handle the end of actor");
}

}  // namespace
}  // namespace hobnob
