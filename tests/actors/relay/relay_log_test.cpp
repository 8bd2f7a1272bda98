#include "actors/relay/relay_log.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// Reads what is logged meanwhile.
class RelayLog : public testing::Test {
 protected:
  RelayLog() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    sink->set_pattern("%v");
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::move(sink)));
  }
  ~RelayLog() override { spdlog::set_default_logger(before_); }

  std::string text() const { return text_.str(); }
  std::size_t lines() const {
    const auto all = text();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  const endpoint remote{ip_address::v4({192, 0, 2, 1}), 1000};
  const relay_log::time_point start{1h};
  relay_log log{true};

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST_F(RelayLog, HasALineForALoginAndItsEnd) {
  log.logged_in(remote, "ann", true, start);
  log.logged_out("ann", close_reason::refused, "an administrator ended the session", start);
  log.logged_in(remote, "bob", false, start);
  log.logged_out("bob", close_reason::goodbye, {}, start);
  EXPECT_EQ(text(),
            "relay: ann logged in from 192.0.2.1:1000 for the first time: the name is bound to its "
            "key\n"
            "relay: ann is gone: refused, an administrator ended the session\n"
            "relay: bob logged in from 192.0.2.1:1000\n"
            "relay: bob is gone: goodbye\n");
}

TEST_F(RelayLog, StrangersCannotFloodItNorHideTheLogins) {
  for (int i = 0; i < 1000; ++i) log.session_closed(remote, {}, "not TLS", start);
  EXPECT_EQ(lines(), 100u);
  log.logged_in(remote, "ann", false, start);
  EXPECT_EQ(lines(), 101u);
  log.session_closed(remote, {}, "not TLS", start + 1s);
  EXPECT_EQ(lines(), 103u);
  EXPECT_NE(text().find("900 lines about closed sessions were left out"), std::string::npos);
}

}  // namespace
}  // namespace hobnob
