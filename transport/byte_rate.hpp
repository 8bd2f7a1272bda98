#pragma once

#include "transport/clock.hpp"

#include <algorithm>
#include <cstddef>

namespace hobnob {

/// Holds a rate of bytes that were moved already: whoever moved some is told when to go on. What a
/// tenth of a second (`step`) did not use is not lost.
class byte_rate {
 public:
  static constexpr std::chrono::milliseconds step{100};

  explicit byte_rate(double per_second) : per_second_(per_second) {}

  /// To be moved at once at most, so that nothing stands still for long afterwards.
  std::size_t share() const {
    const auto bytes = per_second_ * std::chrono::duration<double>{step}.count();
    return static_cast<std::size_t>(std::max(1.0, bytes));
  }

  time_point spend(std::size_t count, time_point now) {
    const std::chrono::duration<double> takes{static_cast<double>(count) / per_second_};
    paid_until_ = std::max(paid_until_, now - step) + std::chrono::duration_cast<duration>(takes);
    return paid_until_;
  }

 private:
  double per_second_;
  time_point paid_until_{};
};

}  // namespace hobnob
