#pragma once

#include "transport/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>

namespace hobnob {

/// All deadlines of one network: dials, handshakes, logins, stalled writes, closing. One coroutine
/// sleeps for all of them, and only while there is one, so that an idle connection costs no timer.
/// A deadline is noticed at most `granularity` late. Used on the executor's thread only.
class watchdog {
 public:
  static constexpr duration granularity = std::chrono::milliseconds{50};

  watchdog(boost::asio::any_io_executor executor, clock& time);
  ~watchdog();  ///< Pending deadlines are forgotten.

  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  time_point now() const;

 private:
  friend class deadline;
  struct state;
  std::shared_ptr<state> state_;
};

/// One deadline: calls `expired` when its time has come. Its owner may destroy it at any time, also
/// from within `expired`.
class deadline {
 public:
  deadline(watchdog& dog, std::function<void()> expired);
  ~deadline();

  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;

  /// Sets or moves it. `time_point::max()` disarms.
  void arm(time_point at);
  void disarm() noexcept;
  bool armed() const noexcept { return at_ != time_point::max(); }

 private:
  friend class watchdog;
  std::shared_ptr<watchdog::state> state_;
  std::function<void()> expired_;
  time_point at_ = time_point::max();
  std::uint64_t order_ = 0;  ///< Among deadlines of one time.
};

}  // namespace hobnob
