#pragma once

#include "load_process.hpp"
#include "relay_under_test.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace hobnob::bench {

/// A relay and the load processes whose users log in to it, as many as their number needs.
class loaded_relay {
 public:
  explicit loaded_relay(std::unique_ptr<relay_under_test> relay) : relay_(std::move(relay)) {}

  struct cost {
    double us_per_login;  ///< CPU time of the relay.
    double logins_per_second;
  };

  /// Logs `count` more users in. What they cost the relay includes `aftermath`, a time after the
  /// last login: notices to subscribers are gathered, and belong to the logins.
  cost log_in(std::size_t count, bool subscribed = false, std::chrono::milliseconds aftermath = {});

  /// Until the relay has seen all of them go. Who logs in next is whoever was the first.
  void log_out();

  pid_t pid() const noexcept { return relay_->pid(); }

 private:
  static constexpr std::size_t users_per_process = 6000;

  std::unique_ptr<relay_under_test> relay_;
  std::vector<std::unique_ptr<load_process>> loads_;
  std::size_t users_ = 0;
};

}  // namespace hobnob::bench
