#pragma once

#include <functional>
#include <thread>

namespace hobnob {

/// Turns SIGINT, SIGTERM and SIGHUP into calls on a thread of its own. Make it before any other
/// thread, so that no other thread is interrupted by them. SIGPIPE is ignored from then on: writes
/// tell it.
class stop_signals {
 public:
  /// Called with the number of each signal.
  explicit stop_signals(std::function<void(int)> on_signal);
  ~stop_signals();

  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

 private:
  std::thread thread_;
};

}  // namespace hobnob
