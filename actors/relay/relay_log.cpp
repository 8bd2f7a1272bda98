#include "actors/relay/relay_log.hpp"

#include <spdlog/spdlog.h>
#include <utility>

namespace hobnob {

std::optional<std::uint64_t> relay_log::take(budget& from, time_point now) {
  const std::lock_guard lock(mutex_);
  if (!from.lines) from.lines.emplace(10, 100, now);
  if (from.lines->take(1, now)) return std::exchange(from.left_out, 0);
  ++from.left_out;
  return std::nullopt;
}

void relay_log::session_closed(const endpoint& remote, std::string_view user, std::string_view why,
                               time_point now) {
  const auto left_out = take(faults_, now);
  if (!left_out) return;
  if (*left_out > 0) spdlog::warn("relay: {} lines about closed sessions were left out", *left_out);
  spdlog::warn("relay: closed {} ({}): {}", to_string(remote), user.empty() ? "no login" : user,
               why);
}

bool relay_log::may_tell_login(time_point now) {
  if (!logs_logins_) return false;
  const auto left_out = take(logins_, now);
  if (left_out && *left_out > 0)
    spdlog::info("relay: {} lines about logins were left out", *left_out);
  return left_out.has_value();
}

void relay_log::circuit_ended(std::string_view user, std::uint64_t bytes, std::string_view why,
                              std::chrono::steady_clock::duration lasted, time_point now) {
  if (!may_tell_login(now)) return;
  spdlog::info("relay: a circuit of {} ended after {} s and {} bytes: {}", user,
               std::chrono::duration_cast<std::chrono::seconds>(lasted).count(), bytes, why);
}

void relay_log::logged_in(const endpoint& remote, std::string_view user, bool newly_bound,
                          time_point now) {
  if (!may_tell_login(now)) return;
  spdlog::info("relay: {} logged in from {}{}", user, to_string(remote),
               newly_bound ? " for the first time: the name is bound to its key" : "");
}

void relay_log::logged_out(std::string_view user, close_reason reason, std::string_view detail,
                           time_point now) {
  if (!may_tell_login(now)) return;
  spdlog::info("relay: {} is gone: {}{}{}", user, to_string(reason), detail.empty() ? "" : ", ",
               detail);
}

}  // namespace hobnob
