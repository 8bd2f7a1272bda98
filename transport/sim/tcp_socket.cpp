#include "transport/sim/tcp_socket.hpp"

#include "transport/sim/host_stack.hpp"
#include "transport/sim/listening_socket.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

tcp_socket::tcp_socket(host_stack& stack, process_id owner, tcp_machine machine,
                       port_table::claim_id claim)
    : stack_(&stack),
      owner_(owner),
      claim_(claim),
      machine_(std::move(machine)),
      readable_(stack.gate_of(owner)),
      writable_(stack.gate_of(owner)) {}

void tcp_socket::adopt(process_id owner) {
  owner_ = owner;
  if (gone()) return;
  readable_.set_gate(stack_->gate_of(owner));
  writable_.set_gate(stack_->gate_of(owner));
}

/// Calls the machine with the time and a place for packets, then does what follows from it.
template <class Call>
auto tcp_socket::with_machine(Call&& call) {
  const auto self = shared_from_this();
  if constexpr (std::is_void_v<std::invoke_result_t<Call&, time_point, tcp_machine::packets&>>) {
    if (!gone()) call(stack_->owner().now(), stack_->outbox());
    settle();
  } else {
    static thread_local tcp_machine::packets nowhere;
    auto result =
        gone() ? call(time_point{}, nowhere) : call(stack_->owner().now(), stack_->outbox());
    settle();
    return result;
  }
}

void tcp_socket::settle() {
  const bool was_gone = gone();
  if (!was_gone) {
    stack_->send_outbox();
    if (parent_ != nullptr && machine_.opened()) parent_->opened(shared_from_this());
    arm_timer();
  }
  if (readable_.waited_for() && may_read()) {
    readable_.wake();
  } else if (readable_.waited_for()) {
    read_later();
  }
  const bool writable = machine_.closed() || (machine_.opened() && machine_.writable());
  if (writable_.waited_for() && writable) writable_.wake();
  if (!was_gone && machine_.closed()) stack_->forget(*this);
}

// A slow reader takes a tenth of a second's bytes at once, and then nothing for as long as they are
// worth. The end and errors do not wait.

std::uint64_t tcp_socket::read_rate() const noexcept { return gone() ? 0 : stack_->read_rate_; }

bool tcp_socket::may_read() const {
  if (!machine_.readable()) return false;
  return read_rate() == 0 || machine_.unread() == 0 || stack_->owner().now() >= read_again_at_;
}

void tcp_socket::read_later() {
  if (!machine_.readable() || gone() || std::exchange(reads_later_, true)) return;
  stack_->owner().network_at(read_again_at_, [self = shared_from_this()] {
    self->reads_later_ = false;
    self->settle();
  });
}

void tcp_socket::read_limit_changed() {
  read_again_at_ = time_point::min();
  settle();
}

// Later than planned, and that is far away: the event that is there will wake the machine too
// early, which costs less than a new event for every packet. One that is near would run in any
// case.
void tcp_socket::arm_timer() {
  constexpr auto far_away = std::chrono::milliseconds{100};
  const auto at = machine_.wake_at();
  if (at == timer_at_) return;
  const bool planned = timer_at_ != time_point::max() && at != time_point::max();
  if (planned && at > timer_at_ && timer_at_ > stack_->owner().now() + far_away) return;
  disarm_timer();
  if (at == time_point::max()) return;
  timer_at_ = at;
  timer_ = stack_->owner().network_at(at, [self = shared_from_this()] { self->timer_expired(); });
}

void tcp_socket::disarm_timer() {
  if (std::exchange(timer_at_, time_point::max()) == time_point::max()) return;
  stack_->owner().cancel(timer_);
}

void tcp_socket::timer_expired() {
  timer_at_ = time_point::max();
  if (gone()) return;
  with_machine([this](time_point now, auto& out) { machine_.wake(now, out); });
}

void tcp_socket::connect() {
  with_machine([this](time_point now, auto& out) { machine_.connect(now, out); });
}

void tcp_socket::receive(const packet& arrived) {
  // A full accept queue: as if it had been lost, so that the other side tries again.
  if (parent_ != nullptr && !machine_.opened() && parent_->full() &&
      arrived.kind != packet_kind::reset) {
    return;
  }
  with_machine([&](time_point now, auto& out) { machine_.receive(arrived, now, out); });
}

void tcp_socket::reset() {
  with_machine([this](time_point, auto&) { machine_.reset(); });
}

void tcp_socket::give_up(error_code why) {
  writable_.wake(why);
  with_machine([this](time_point, auto&) { machine_.vanish(); });
}

void tcp_socket::orphan() {
  orphaned_ = true;
  readable_.wake(asio::error::operation_aborted);
  writable_.wake(asio::error::operation_aborted);
}

void tcp_socket::forget_waits() {
  const auto self = shared_from_this();
  orphaned_ = true;
  readable_.drop();
  writable_.drop();
}

// The program's side.

io_result tcp_socket::read(std::span<std::byte> to) {
  if (orphaned_) return {asio::error::operation_aborted, 0};
  if (to.empty()) return {};
  if (read_error_) return {read_error_, 0};
  const auto rate = read_rate();
  if (rate > 0) {
    if (machine_.readable() && !may_read()) return {asio::error::would_block, 0};
    to = to.first(std::min<std::size_t>(to.size(), std::max<std::uint64_t>(rate / 10, 1)));
  }
  const auto count =
      with_machine([&](time_point now, auto& out) { return machine_.read(to, now, out); });
  if (rate > 0 && count > 0 && !gone()) {
    read_again_at_ = stack_->owner().now() + std::chrono::nanoseconds{count * 1'000'000'000 / rate};
  }
  if (count > 0) return {{}, count};
  if (machine_.ended()) return {asio::error::eof, 0};
  if (auto error = machine_.take_error()) return {error, 0};
  if (machine_.closed()) return {asio::error::eof, 0};
  return {asio::error::would_block, 0};
}

io_result tcp_socket::write(std::span<const byte_view> buffers) {
  if (orphaned_) return {asio::error::operation_aborted, 0};
  if (buffers.empty()) return {};
  if (auto error = machine_.take_error()) return {error, 0};
  if (machine_.closed() || machine_.shut_down()) return {asio::error::broken_pipe, 0};
  std::size_t wanted = 0;
  for (const auto& buffer : buffers) wanted += buffer.size();
  const auto count =
      with_machine([&](time_point now, auto& out) { return machine_.write(buffers, now, out); });
  if (count < wanted) return {asio::error::would_block, count};
  return {{}, count};
}

awaitable<error_code> tcp_socket::wait_readable() {
  const auto self = shared_from_this();
  if (orphaned_) co_return asio::error::operation_aborted;
  if (!may_read()) {
    read_later();
    if (auto error = co_await readable_.wait()) co_return error;
  }
  if (machine_.unread() == 0 && !machine_.ended()) read_error_ = machine_.take_error();
  co_return error_code{};
}

awaitable<error_code> tcp_socket::wait_writable() {
  const auto self = shared_from_this();
  if (orphaned_) co_return asio::error::operation_aborted;
  if (machine_.writable()) co_return error_code{};
  co_return co_await writable_.wait();
}

awaitable<error_code> tcp_socket::wait_open() {
  const auto self = shared_from_this();
  error_code error;
  if (!machine_.opened() && !machine_.closed()) error = co_await writable_.wait();
  if (!error) error = machine_.take_error();
  if (!error && machine_.closed()) error = asio::error::not_connected;
  co_return error;
}

error_code tcp_socket::shutdown() {
  if (orphaned_) return asio::error::bad_descriptor;
  const auto state = machine_.state();
  if (state == tcp_state::closed || state == tcp_state::time_wait) {
    return asio::error::not_connected;
  }
  with_machine([this](time_point now, auto& out) { machine_.shutdown(now, out); });
  return {};
}

void tcp_socket::close(stream::close_mode mode) {
  orphan();
  with_machine([&](time_point now, auto& out) {
    if (mode == stream::close_mode::abort) return machine_.abort(out);
    machine_.close(now, out);
  });
}

}  // namespace hobnob::sim
