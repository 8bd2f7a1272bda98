#pragma once

#include "actors/core/message_part.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace hobnob::core {

/// Puts the parts of one sender's large messages together. Parts of a message come in order on one
/// path; when the path changes they come again from the first, perhaps mixed with the last ones of
/// the old path: whatever extends what is there is taken.
class reassembly {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  struct limits {
    std::size_t bytes_max = 8 * 1024 * 1024;       ///< Announced sizes of all unfinished messages.
    std::size_t messages_max = 64;                 ///< Unfinished ones, however small they are.
    duration idle_max = std::chrono::seconds{30};  ///< Without a new part.
  };

  enum class outcome : std::uint8_t {
    waiting,
    complete,
    mismatch,  ///< The parts contradict each other: a protocol error. What was there is dropped.
  };

  reassembly() = default;
  explicit reassembly(limits bounds) : limits_(bounds) {}

  /// Adds `part`, which must not be a whole message; fills `whole` when it was the last one. When
  /// there is too much the message that grew longest ago is dropped.
  outcome add(message_part part, time_point now, message& whole);

  /// Drops what has not grown for too long.
  void expire(time_point now);

  /// When `expire` has something to do next.
  std::optional<time_point> deadline() const;

  /// Unfinished messages, and their announced sizes.
  std::size_t unfinished() const noexcept { return partials_.size(); }
  std::size_t announced_bytes() const noexcept { return bytes_; }

 private:
  struct partial {
    message head;
    bytes content;
    std::uint32_t total_size = 0;
    time_point grown;
  };

  partial* find_or_start(const message_part& part, time_point now);
  void drop_oldest();
  void drop(std::size_t index);

  limits limits_;
  std::vector<partial> partials_;  // Few: one a priority and path of an honest sender.
  std::size_t bytes_ = 0;
};

}  // namespace hobnob::core
