#pragma once

#include <algorithm>
#include <chrono>

namespace hobnob::core {

/// Limits a rate: `per_second` tokens come in, at most `burst` are kept. Pure; time must not run
/// backwards.
class token_bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Starts full.
  token_bucket(double per_second, double burst, time_point now)
      : per_second_(per_second), burst_(burst), tokens_(burst), at_(now) {}

  /// Takes `count` tokens if that many are there, else none.
  bool take(double count, time_point now) {
    if (now > at_) {
      const std::chrono::duration<double> passed = now - at_;
      tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
      at_ = now;
    }
    if (tokens_ < count) return false;
    tokens_ -= count;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  time_point at_;
};

}  // namespace hobnob::core
