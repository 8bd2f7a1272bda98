#pragma once

#include "transport/sim/tcp_socket.hpp"

#include <deque>
#include <memory>

namespace hobnob::sim {

/// A listening socket as the host's kernel keeps it.
class listening_socket {
 public:
  listening_socket(host_stack& stack, process_id owner, const endpoint& local, std::size_t backlog,
                   bool reuse_port, port_table::claim_id claim);

  const endpoint& local() const noexcept { return local_; }
  process_id owner() const noexcept { return owner_; }
  bool reuse_port() const noexcept { return reuse_port_; }
  port_table::claim_id claim() const noexcept { return claim_; }

  /// No room for another connection that waits to be accepted. Linux takes one above the backlog.
  bool full() const noexcept { return queue_.size() > backlog_; }

  /// A connection begun here is open.
  void opened(std::shared_ptr<tcp_socket> child);

  /// The next connection that is there; nullptr for none.
  std::shared_ptr<tcp_socket> take();

  /// Until `take` may bring something, or it is closed (`operation_aborted`).
  awaitable<error_code> wait();

  /// Whoever waits is told; the connections that nobody accepted are aborted.
  void close();
  bool closed() const noexcept { return stack_ == nullptr; }

  void forget_waits() { arrived_.drop(); }

 private:
  friend class host_stack;

  host_stack* stack_;  // nullptr once closed.
  process_id owner_;
  endpoint local_;
  std::size_t backlog_;
  bool reuse_port_;
  port_table::claim_id claim_;
  std::deque<std::shared_ptr<tcp_socket>> queue_;
  wait_point arrived_;
};

}  // namespace hobnob::sim
