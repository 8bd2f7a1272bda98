#pragma once

#include "transport/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace hobnob::sim {

/// How long to wait for an acknowledgement (RFC 6298, with the limits of Linux). A pure class.
class round_trip_timer {
 public:
  static constexpr duration initial = std::chrono::seconds{1};
  static constexpr duration shortest = std::chrono::milliseconds{200};
  static constexpr duration longest = std::chrono::seconds{120};

  /// Something new was acknowledged, after so long. Ends the doubling.
  void measured(duration round_trip) {
    expiries_ = unanswered_ = 0;
    if (smoothed_ == duration::zero()) {
      smoothed_ = round_trip;
      variation_ = round_trip / 2;
    } else {
      const auto difference = std::max(smoothed_ - round_trip, round_trip - smoothed_);
      variation_ += (difference - variation_) / 4;
      smoothed_ += (round_trip - smoothed_) / 8;
    }
    base_ = std::min(smoothed_ + std::max(4 * variation_, shortest), longest);
  }

  /// The time to wait now.
  duration timeout() const { return timeout_after(expiries_); }

  /// It has passed: the next time is twice as long.
  void expired() {
    ++expiries_;
    ++unanswered_;
  }

  /// The other side lives.
  void answered() { unanswered_ = 0; }

  /// Expiries since the last sign of life.
  std::uint32_t unanswered() const noexcept { return unanswered_; }

 private:
  duration timeout_after(std::uint32_t expiries) const {
    auto result = base_;
    while (expiries-- > 0 && result < longest) result *= 2;
    return std::min(result, longest);
  }

  duration smoothed_{};
  duration variation_{};
  duration base_ = initial;
  std::uint32_t expiries_ = 0;
  std::uint32_t unanswered_ = 0;
};

}  // namespace hobnob::sim
