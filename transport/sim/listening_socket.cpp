#include "transport/sim/listening_socket.hpp"

#include "transport/sim/host_stack.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

listening_socket::listening_socket(host_stack& stack, process_id owner, const endpoint& local,
                                   std::size_t backlog, bool reuse_port, port_table::claim_id claim)
    : stack_(&stack),
      owner_(owner),
      local_(local),
      backlog_(backlog),
      reuse_port_(reuse_port),
      claim_(claim),
      arrived_(stack.gate_of(owner)) {}

void listening_socket::opened(std::shared_ptr<tcp_socket> child) {
  child->set_parent(nullptr);
  queue_.push_back(std::move(child));
  arrived_.wake();
}

std::shared_ptr<tcp_socket> listening_socket::take() {
  while (!queue_.empty()) {
    auto next = std::move(queue_.front());
    queue_.pop_front();
    if (!next->machine().closed()) {
      next->adopt(owner_);
      return next;
    }
  }
  return nullptr;
}

awaitable<error_code> listening_socket::wait() {
  if (closed()) co_return asio::error::operation_aborted;
  co_return co_await arrived_.wait();
}

void listening_socket::close() {
  if (closed()) return;
  std::exchange(stack_, nullptr)->forget(*this);
  for (auto& child : std::exchange(queue_, {})) child->close(stream::close_mode::abort);
  arrived_.wake(asio::error::operation_aborted);
}

}  // namespace hobnob::sim
