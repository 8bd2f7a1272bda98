#pragma once

#include "actors/loop_driver.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace hobnob::test {

/// A loop with virtual time and nothing else on it, run by the thread that made it.
class virtual_loop_driver final : public loop_driver {
 public:
  enum class threads { allowed, none };

  explicit virtual_loop_driver(threads which = threads::allowed) : threads_(which) {}

  bool allows_threads() const noexcept override { return threads_ == threads::allowed; }
  void attach(loop_client& client) override { client_ = &client; }
  void detach() override { client_ = nullptr; }
  time_point now() const noexcept override { return now_; }
  bool on_loop_thread() const noexcept override {
    return client_ != nullptr && std::this_thread::get_id() == thread_;
  }
  void wake_soon() override { has_jobs_ = true; }
  void wake_at(time_point time) override { wake_at_ = time; }

  /// Runs everything that happens until `now() + time`, each thing at its time.
  void run_for(std::chrono::steady_clock::duration time) {
    const auto end = now_ + time;
    while (true) {
      while (has_jobs_.exchange(false)) client_->run_jobs();
      if (wake_at_ > end) break;
      now_ = std::max(now_, wake_at_);
      client_->run_timers();
    }
    now_ = end;
  }

  /// `time_point::max()` when nothing is left to come.
  time_point next_wake_up() const { return wake_at_; }

 private:
  const threads threads_;
  loop_client* client_ = nullptr;
  const std::thread::id thread_ = std::this_thread::get_id();
  time_point now_{std::chrono::hours(1)};
  time_point wake_at_ = time_point::max();
  std::atomic<bool> has_jobs_ = false;
};

}  // namespace hobnob::test
