#pragma once

#include "peer_main/messages.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace hobnob {

/// Where the main thread waits for the program's end, and where everything else asks for it. Any
/// thread.
class exit_gate {
 public:
  /// Until somebody is there to end the program in good order, a wish for the end is the end.
  void route_to(std::function<void(const end_program&)> orderly) {
    std::optional<end_program> early;
    {
      const std::lock_guard lock{mutex_};
      orderly_ = std::move(orderly);
      early = std::exchange(early_, std::nullopt);
    }
    if (early) wish(*early);
  }

  /// Asks for the end.
  void wish(const end_program& order) {
    std::function<void(const end_program&)> orderly;
    {
      const std::lock_guard lock{mutex_};
      orderly = orderly_;
      if (!orderly) early_ = order;
    }
    if (orderly) orderly(order);
  }

  /// The end, with this code; the first one counts.
  void open(int exit_code) {
    const std::lock_guard lock{mutex_};
    if (!exit_code_) exit_code_ = exit_code;
    opened_.notify_all();
  }

  int wait() {
    std::unique_lock lock{mutex_};
    opened_.wait(lock, [this] { return exit_code_.has_value(); });
    return *exit_code_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  std::function<void(const end_program&)> orderly_;
  std::optional<end_program> early_;
  std::optional<int> exit_code_;
};

}  // namespace hobnob
