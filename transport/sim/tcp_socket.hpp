#pragma once

#include "transport/sim/event_queue.hpp"
#include "transport/sim/port_table.hpp"
#include "transport/sim/tcp_machine.hpp"
#include "transport/sim/wait_point.hpp"
#include "transport/stream.hpp"

#include <memory>

namespace hobnob::sim {

class host_stack;
class listening_socket;

/// Names one run of a program on a host.
enum class process_id : std::uint64_t { none = 0 };

/// A connection as the host's kernel keeps it: the state machine with its timer, its place among
/// the host's connections, and who of the program waits for it. It goes on when its program has let
/// go of it, until the connection has ended.
class tcp_socket : public std::enable_shared_from_this<tcp_socket> {
 public:
  tcp_socket(host_stack& stack, process_id owner, tcp_machine machine, port_table::claim_id claim);

  const tcp_machine& machine() const noexcept { return machine_; }
  process_id owner() const noexcept { return owner_; }
  port_table::claim_id claim() const noexcept { return claim_; }

  // What the program does; see `stream`.

  io_result read(std::span<std::byte> to);
  io_result write(std::span<const byte_view> buffers);
  awaitable<error_code> wait_readable();
  awaitable<error_code> wait_writable();
  error_code shutdown();
  void close(stream::close_mode mode);

  // What the kernel does.

  void connect();
  awaitable<error_code> wait_open();
  void receive(const packet& arrived);

  /// As if an RST had come.
  void reset();

  /// Ends it in silence; whoever waits to write, or for the opening, is told `why`.
  void give_up(error_code why);

  /// The program is no more: its calls and waits are `operation_aborted` from now on. The
  /// connection itself goes on until it is closed.
  void orphan();

  /// The same, but who waits is destroyed instead of told.
  void forget_waits();

  void set_parent(listening_socket* parent) noexcept { parent_ = parent; }
  listening_socket* parent() const noexcept { return parent_; }

  /// The fault `slow_reader` began, changed or ended.
  void read_limit_changed();

  /// Begins to belong to the program that accepted it.
  void adopt(process_id owner);

 private:
  friend class host_stack;

  template <class Call>
  auto with_machine(Call&& call);
  void settle();
  std::uint64_t read_rate() const noexcept;
  bool may_read() const;
  void read_later();
  void arm_timer();
  void disarm_timer();
  void timer_expired();
  bool gone() const noexcept { return stack_ == nullptr; }

  host_stack* stack_;  // nullptr once the connection has ended and the stack forgot it.
  process_id owner_;
  port_table::claim_id claim_;
  std::uint64_t number_ = 0;            // Among the host's connections.
  listening_socket* parent_ = nullptr;  // Until it is accepted.
  bool orphaned_ = false;
  tcp_machine machine_;
  error_code read_error_;  // Found while waiting; a socket tells an error only once.
  event_id timer_;
  time_point timer_at_ = time_point::max();
  time_point read_again_at_ = time_point::min();  // A slow reader takes nothing before.
  bool reads_later_ = false;                      // An event is planned for it.
  wait_point readable_;
  wait_point writable_;  // Or for the opening.
};

}  // namespace hobnob::sim
