#include "loaded_relay.hpp"

#include <algorithm>
#include <stdexcept>

namespace hobnob::bench {

loaded_relay::cost loaded_relay::log_in(std::size_t count, bool subscribed,
                                        std::chrono::milliseconds aftermath) {
  const auto cpu_before = cpu_time(pid());
  double seconds = 0;
  for (auto left = count; left > 0;) {
    if (users_ / users_per_process == loads_.size())
      loads_.push_back(std::make_unique<load_process>(relay_->where()));
    const auto now = std::min(left, users_per_process - users_ % users_per_process);
    seconds += loads_[users_ / users_per_process]->log_in(now, users_, subscribed);
    users_ += now;
    left -= now;
  }
  let_pass(aftermath);
  const std::chrono::duration<double, std::micro> cpu = cpu_time(pid()) - cpu_before;
  const auto logins = static_cast<double>(count);
  return {cpu.count() / logins, logins / seconds};
}

void loaded_relay::log_out() {
  const auto before = open_descriptors(pid());
  const auto remain = before - std::min(before, users_);
  for (auto& load : loads_) load->log_out();
  constexpr std::chrono::milliseconds step{20};
  auto left = std::chrono::milliseconds{std::chrono::minutes{1}};
  for (; open_descriptors(pid()) > remain; left -= step) {
    if (left <= step) throw std::runtime_error{"the relay keeps connections of users who left"};
    let_pass(step);
  }
  users_ = 0;
}

}  // namespace hobnob::bench
