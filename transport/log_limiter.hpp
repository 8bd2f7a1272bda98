#pragma once

#include "transport/clock.hpp"

#include <cstdint>
#include <optional>

namespace hobnob {

/// Lets through so many log lines a second that someone else can cause, and counts the rest.
class log_limiter {
 public:
  explicit log_limiter(std::uint32_t lines_per_second) : lines_per_second_(lines_per_second) {}

  /// Whether to write a line now; if so, how many were held back since the last one.
  std::optional<std::uint64_t> allow(time_point now) noexcept {
    if (now - second_began_ >= std::chrono::seconds{1}) {
      second_began_ = now;
      lines_ = 0;
    }
    if (lines_ >= lines_per_second_) {
      ++held_back_;
      return std::nullopt;
    }
    ++lines_;
    auto result = held_back_;
    held_back_ = 0;
    return result;
  }

 private:
  std::uint32_t lines_per_second_;
  std::uint32_t lines_ = 0;
  std::uint64_t held_back_ = 0;
  time_point second_began_{};
};

}  // namespace hobnob
