#include "transport/sim/wait_point.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

void pause_gate::resume() {
  paused_ = false;
  for (auto& waiter : std::exchange(held_, {})) asio::post(*context_, std::move(waiter));
}

void pause_gate::let_go(event_function waiter) {
  if (paused_) return held_.push_back(std::move(waiter));
  asio::post(*context_, std::move(waiter));
}

template <class Handler>
void wait_point::start(error_code& result, Handler handler) {
  result_ = &result;
  slot_ = asio::get_associated_cancellation_slot(handler);
  if (slot_.is_connected()) {
    slot_.assign([this](asio::cancellation_type) { wake(asio::error::operation_aborted); });
  }
  resume_ = event_function{[handler = std::move(handler)]() mutable { std::move(handler)(); }};
}

asio::awaitable<boost::system::error_code> wait_point::wait() {
  wake(asio::error::operation_aborted);
  error_code result;
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [this, &result](auto handler) { start(result, std::move(handler)); }, asio::use_awaitable);
  co_return result;
}

void wait_point::wake(error_code result) {
  if (!resume_) return;
  *std::exchange(result_, nullptr) = result;
  if (slot_.is_connected()) std::exchange(slot_, {}).clear();
  gate_->let_go(std::exchange(resume_, {}));
}

void wait_point::drop() {
  if (slot_.is_connected()) std::exchange(slot_, {}).clear();
  // Last: what the coroutine's frame holds may hold this.
  const auto forgotten = std::exchange(resume_, {});
}

}  // namespace hobnob::sim
