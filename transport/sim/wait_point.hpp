#pragma once

#include "transport/sim/event_function.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace hobnob::sim {

/// Lets the waits of one program end, or not: a program that was sent SIGSTOP goes on where it
/// stood when it is let.
class pause_gate {
 public:
  explicit pause_gate(boost::asio::io_context& context) : context_(&context) {}

  void pause() noexcept { paused_ = true; }

  /// What ended meanwhile goes on in the order of its ending.
  void resume();

  /// By way of the context's run queue, now or when it is resumed.
  void let_go(event_function waiter);

 private:
  boost::asio::io_context* context_;
  std::vector<event_function> held_;
  bool paused_ = false;
};

/// Where one coroutine waits until it is woken: cheaper than a timer, and it looks at no clock.
/// Without Asio's cancellation, `wake` or `drop` nobody leaves it.
class wait_point {
 public:
  using error_code = boost::system::error_code;

  explicit wait_point(std::shared_ptr<pause_gate> gate) : gate_(std::move(gate)) {}
  ~wait_point() { drop(); }

  wait_point(const wait_point&) = delete;
  wait_point& operator=(const wait_point&) = delete;

  /// Returns what `wake` gave, or `operation_aborted` when the operation is cancelled. One at a
  /// time: who waited before is told `operation_aborted`.
  boost::asio::awaitable<error_code> wait();

  /// Belongs to another program from now on.
  void set_gate(std::shared_ptr<pause_gate> gate) { gate_ = std::move(gate); }

  bool waited_for() const noexcept { return static_cast<bool>(resume_); }

  /// Whoever waits goes on by way of the run queue, as soon as its program is not paused.
  void wake(error_code result = {});

  /// Forgets who waits: the coroutine is destroyed where it stands.
  void drop();

 private:
  template <class Handler>
  void start(error_code& result, Handler handler);

  std::shared_ptr<pause_gate> gate_;
  event_function resume_;
  error_code* result_ = nullptr;  // In the frame of who waits.
  boost::asio::cancellation_slot slot_;
};

}  // namespace hobnob::sim
