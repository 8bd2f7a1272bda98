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
    tokens_ = tokens_at(now);
    at_ = std::max(at_, now);
    if (tokens_ < count) return false;
    tokens_ -= count;
    return true;
  }

  /// As it was when it started.
  bool full(time_point now) const { return tokens_at(now) >= burst_; }

 private:
  double tokens_at(time_point now) const {
    const std::chrono::duration<double> passed = std::max(now, at_) - at_;
    return std::min(burst_, tokens_ + passed.count() * per_second_);
  }

  double per_second_;
  double burst_;
  double tokens_;
  time_point at_;
};

}  // namespace hobnob::core
