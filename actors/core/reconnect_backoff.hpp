#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace hobnob::core {

/// How long to wait before the next login: 0.5 s doubling up to 30 s, each drawn from the upper
/// half of its step, so that the peers of a relay that comes back do not all come at once.
class reconnect_backoff {
 public:
  using duration = std::chrono::milliseconds;

  explicit reconnect_backoff(duration first = duration{500}, duration max = duration{30000})
      : first_(first), max_(max), step_(first) {}

  /// The wait before the next try; `random` is any 64 random bits.
  duration next(std::uint64_t random) {
    const auto half = std::max<std::int64_t>(step_.count() / 2, 1);
    const auto wait =
        duration{half + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(half + 1))};
    step_ = std::min(step_ * 2, max_);
    return wait;
  }

  /// After a login that held.
  void reset() { step_ = first_; }

 private:
  duration first_;
  duration max_;
  duration step_;
};

}  // namespace hobnob::core
