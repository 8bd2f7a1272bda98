#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace hobnob {

/// Where work is done that may wait for a disk: beside the loop, which must not.
class background {
 public:
  /// Waits for work that has begun, drops what has not. Not from such work.
  virtual ~background() = default;

  /// Calls `work` once, so long from now or somewhat later. Any thread.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
};

/// A thread of its own.
std::unique_ptr<background> make_background_thread();

}  // namespace hobnob
