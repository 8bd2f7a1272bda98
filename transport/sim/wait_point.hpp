#pragma once

#include "transport/sim/event_function.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace hobnob::sim {

/// Where one coroutine waits until it is woken: cheaper than a timer, and it looks at no clock.
/// Without Asio's cancellation, `wake` or `drop` nobody leaves it.
class wait_point {
 public:
  using error_code = boost::system::error_code;

  explicit wait_point(boost::asio::io_context& context) : context_(&context) {}
  ~wait_point() { drop(); }

  wait_point(const wait_point&) = delete;
  wait_point& operator=(const wait_point&) = delete;

  /// Returns what `wake` gave, or `operation_aborted` when the operation is cancelled. One at a
  /// time: who waited before is told `operation_aborted`.
  boost::asio::awaitable<error_code> wait();

  bool waited_for() const noexcept { return static_cast<bool>(resume_); }

  /// Whoever waits goes on by way of the context's run queue.
  void wake(error_code result = {});

  /// Forgets who waits: the coroutine is destroyed where it stands.
  void drop();

 private:
  template <class Handler>
  void start(error_code& result, Handler handler);

  boost::asio::io_context* context_;
  event_function resume_;
  error_code* result_ = nullptr;  // In the frame of who waits.
  boost::asio::cancellation_slot slot_;
};

}  // namespace hobnob::sim
