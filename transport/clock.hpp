#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>

namespace hobnob {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;
using wall_time = std::chrono::system_clock::time_point;

/// The only source of time below the mains. Belongs to one network and its executor.
class clock {
 public:
  virtual ~clock() = default;

  /// Monotonic; for deadlines and intervals.
  virtual time_point now() const = 0;

  /// The time of day; for certificates, logs and message stamps only. May jump.
  virtual wall_time wall() const = 0;

  /// Returns when `deadline` has passed. Cancel by per-operation cancellation; there is no other
  /// error.
  virtual boost::asio::awaitable<boost::system::error_code> sleep_until(time_point deadline) = 0;
};

}  // namespace hobnob
