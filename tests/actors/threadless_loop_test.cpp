// A loop whose programs may have no threads: simulations'.

#include "actors/asio_scheduler.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/virtual_loop_driver.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <caf/actor_ostream.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// The log of the program, while this lives.
class kept_log {
 public:
  kept_log() {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~kept_log() { spdlog::set_default_logger(before_); }
  kept_log(const kept_log&) = delete;
  kept_log& operator=(const kept_log&) = delete;

  std::string text() const { return text_.str(); }

 private:
  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream text_;
};

struct ThreadlessLoop : testing::Test {
  ThreadlessLoop() {
    use_loop_scheduler(config, loop);
    system = std::make_unique<caf::actor_system>(config);
  }

  const std::shared_ptr<test::virtual_loop_driver> loop =
      std::make_shared<test::virtual_loop_driver>(test::virtual_loop_driver::threads::none);
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
};

TEST_F(ThreadlessLoop, WhatActorsPrintIsLogged) {
  const kept_log log;
  spawn(*system, [](caf::event_based_actor* self) {
    caf::aout(self) << "a line" << std::endl;
    self->quit();
  });
  loop->run_for(1s);
  EXPECT_NE(log.text().find("a line"), std::string::npos) << log.text();
  system.reset();
}

TEST_F(ThreadlessLoop, EndsWhetherOrNotAnythingWasPrinted) {
  spawn(*system, [](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  loop->run_for(1s);
  system.reset();
}

}  // namespace
}  // namespace hobnob
