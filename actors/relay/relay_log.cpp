#include "actors/relay/relay_log.hpp"

#include <spdlog/spdlog.h>
#include <utility>

namespace hobnob {

void relay_log::session_closed(const endpoint& remote, std::string_view user, std::string_view why,
                               time_point now) {
  std::uint64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!lines_) lines_.emplace(10, 100, now);
    if (!lines_->take(1, now)) {
      ++left_out_;
      return;
    }
    left_out = std::exchange(left_out_, 0);
  }
  if (left_out > 0) spdlog::warn("relay: {} lines about closed sessions were left out", left_out);
  spdlog::warn("relay: closed {} ({}): {}", to_string(remote), user.empty() ? "no login" : user,
               why);
}

}  // namespace hobnob
