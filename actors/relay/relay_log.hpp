#pragma once

#include "actors/core/token_bucket.hpp"
#include "transport/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

namespace hobnob {

/// Writes one line for each session that misbehaves, but not thousands: beyond 100 at once and 10
/// a second they are only counted, and the next line says how many were left out. Any thread.
class relay_log {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `user` may be empty (not logged in). All texts must be ours or checked: nothing that came
  /// from the other side goes to a log as it is.
  void session_closed(const endpoint& remote, std::string_view user, std::string_view why,
                      time_point now);

 private:
  std::mutex mutex_;
  std::optional<core::token_bucket> lines_;
  std::uint64_t left_out_ = 0;
};

}  // namespace hobnob
