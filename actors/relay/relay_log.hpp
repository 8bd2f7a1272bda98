#pragma once

#include "actors/core/token_bucket.hpp"
#include "transport/close_reason.hpp"
#include "transport/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

namespace hobnob {

/// Writes one line for each session that misbehaves, and if wanted one for each login and its end,
/// but not thousands: beyond 100 at once and 10 a second (faults and logins apart, so that neither
/// hides the other) they are only counted, and the next line says how many were left out. Any
/// thread.
class relay_log {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit relay_log(bool logs_logins = false) : logs_logins_(logs_logins) {}

  /// `user` may be empty (not logged in). All texts must be ours or checked: nothing that came
  /// from the other side goes to a log as it is.
  void session_closed(const endpoint& remote, std::string_view user, std::string_view why,
                      time_point now);

  /// As logins: only if they are logged.
  void circuit_ended(std::string_view user, std::uint64_t bytes, std::string_view why,
                     std::chrono::steady_clock::duration lasted, time_point now);

  void logged_in(const endpoint& remote, std::string_view user, bool newly_bound, time_point now);

  /// `detail` may be empty.
  void logged_out(std::string_view user, close_reason reason, std::string_view detail,
                  time_point now);

 private:
  struct budget {
    std::optional<core::token_bucket> lines;
    std::uint64_t left_out = 0;
  };

  /// How many lines were left out before this one; nothing if this one is left out as well.
  std::optional<std::uint64_t> take(budget& from, time_point now);

  /// Whether a line about a login is wanted and within its budget.
  bool may_tell_login(time_point now);

  bool logs_logins_;
  std::mutex mutex_;
  budget faults_;
  budget logins_;
};

}  // namespace hobnob
