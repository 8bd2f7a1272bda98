#pragma once

#include "transport/clock.hpp"
#include "transport/sim/byte_queue.hpp"
#include "transport/sim/packet.hpp"
#include "transport/sim/receive_window.hpp"
#include "transport/sim/round_trip_timer.hpp"

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace hobnob::sim {

/// The settings of a host's TCP. The defaults are Linux's, but for `segment_max`.
struct tcp_options {
  std::size_t send_buffer = 256 * 1024;
  std::size_t receive_buffer = 256 * 1024;

  /// Bytes in one packet. More than on a real wire (1,460), as a kernel hands them to its network
  /// card: each packet costs the simulation an event per hop.
  std::size_t segment_max = 16 * 1024;

  std::size_t backlog = 4096;  ///< One more than this may wait to be accepted, per listener.

  // Unanswered packets that are sent again before a connection has timed out. The names are those
  // of the settings of Linux (net.ipv4): by default a dial takes 131 s, what was written 15
  // minutes.
  std::uint32_t tcp_syn_retries = 6;
  std::uint32_t tcp_syn_linear_timeouts = 4;  ///< As many more, each after 1 s (since Linux 6.5).
  std::uint32_t tcp_retries2 = 15;

  duration acknowledge_delay = std::chrono::milliseconds{40};
  duration time_wait = std::chrono::seconds{60};
};

/// The states of RFC 9293, section 3.3.2.
enum class tcp_state : std::uint8_t {
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
  closed,
};

std::string_view to_string(tcp_state state);

/// One end of a TCP connection, as Linux behaves, without the network, the clock and the program:
/// it takes packets, calls and the time, and says which packets to send and when to wake it. What
/// it leaves out: congestion control (the window is the only limit), Nagle's delay, urgent data.
///
/// Every function that may send appends to `out`.
class tcp_machine {
 public:
  using packets = std::vector<packet>;
  using error_code = boost::system::error_code;

  /// `start` must differ between connections of one pair of endpoints, and not be 0.
  tcp_machine(const endpoint& local, const endpoint& remote, std::uint64_t start,
              const tcp_options& options);

  /// Begins as a dialler: sends a SYN. Else the machine begins with `receive` of one.
  void connect(time_point now, packets& out);

  void receive(const packet& arrived, time_point now, packets& out);

  /// To be called at `wake_at()` or later; harmless at any other time.
  void wake(time_point now, packets& out);

  /// `time_point::max()`: nothing to wait for.
  time_point wake_at() const noexcept;

  // What the program does.

  /// Bytes taken of `buffers`, as far as the send buffer has room.
  std::size_t write(std::span<const byte_view> buffers, time_point now, packets& out);
  std::size_t read(std::span<std::byte> to, time_point now, packets& out);

  /// No more will be written.
  void shutdown(time_point now, packets& out);

  /// The program lets go of it: what was written still goes, and then the end - or an RST if bytes
  /// were left unread.
  void close(time_point now, packets& out);

  /// Ends at once, with an RST where the other side may know of the connection.
  void abort(packets& out);

  /// Ends at once, and nobody is told.
  void vanish() { fail({}); }

  /// Ends at once as if an RST had come.
  void reset();

  // What the program can see.

  tcp_state state() const noexcept;
  bool opened() const noexcept { return phase_ == phase::open; }
  bool closed() const noexcept { return phase_ == phase::closed; }

  /// The other side dialled, too: both dials met in this connection.
  bool crossed() const noexcept { return crossed_; }

  /// `read` would bring bytes, or the end, or there is an error to take.
  bool readable() const noexcept { return window_.ready() > 0 || ended() || error_ || closed(); }
  bool ended() const noexcept { return window_.ended(); }

  /// A third of the send buffer is free, as Linux wants it before it wakes a writer; or writing
  /// fails.
  bool writable() const noexcept;
  bool shut_down() const noexcept { return shut_; }
  std::size_t unread() const noexcept { return window_.ready(); }
  std::size_t unacknowledged() const noexcept { return buffer_.size(); }

  /// The error that ended it, told once, as a socket does.
  error_code take_error() { return std::exchange(error_, error_code{}); }

  const endpoint& local() const noexcept { return local_; }
  const endpoint& remote() const noexcept { return remote_; }

  /// Of the other side's SYN; 0 while none has come.
  std::uint64_t remote_start() const noexcept { return remote_start_; }

 private:
  enum class phase : std::uint8_t { fresh, syn_sent, syn_received, open, closed };

  // tcp_machine_open.cpp: how a connection comes about.
  void receive_fresh(const packet& syn, time_point now, packets& out);
  void receive_syn_sent(const packet& arrived, time_point now, packets& out);
  void receive_syn_received(const packet& arrived, time_point now, packets& out);
  void receive_unreachable(const packet& arrived);
  void send_syn(time_point now, packets& out);
  void send_syn_ack(time_point now, packets& out);
  duration syn_timeout() const;
  void syn_timer_expired(time_point now, packets& out);
  void open(const packet& by, time_point now);

  // tcp_machine.cpp: an open one.
  void receive_open(const packet& arrived, time_point now, packets& out);
  void receive_acknowledgement(const packet& arrived, time_point now, packets& out);
  void receive_payload(const packet& arrived, time_point now, packets& out);
  void flush(time_point now, packets& out);
  void send_segment(std::uint64_t from, std::size_t size, packets& out);
  void send_acknowledgement(packets& out);
  void retransmit_first(packets& out);
  void send_timer_expired(time_point now, packets& out);
  void arm_send_timer(time_point now);
  void finish(time_point now);
  void fail(error_code why);
  packet make(packet_kind kind) const;

  std::uint64_t written_end() const noexcept { return acknowledged_ + buffer_.size(); }
  bool fin_sent() const noexcept { return shut_ && sent_ > fin_sequence_; }
  bool in_flight() const noexcept { return sent_ > acknowledged_; }

  endpoint local_;
  endpoint remote_;
  tcp_options options_;
  std::uint64_t start_;
  std::uint64_t remote_start_ = 0;

  phase phase_ = phase::fresh;
  bool dialled_ = false;
  bool crossed_ = false;
  bool released_ = false;  // By its program.
  bool shut_ = false;      // The program writes no more: a FIN follows the last byte.
  bool fin_acknowledged_ = false;
  bool passive_close_ = false;  // The other side's FIN came before ours went.
  error_code error_;
  error_code soft_error_;  // What ICMP said; told if the connection then times out.

  // Sending. Numbers: acknowledged_ <= sent_ <= written_end() (+ 1 with the FIN).
  byte_queue buffer_;  // From acknowledged_ on.
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t send_limit_ = 0;  // Where the other side's window ends.
  std::uint64_t fin_sequence_ = 0;
  std::uint64_t recover_ = 0;     // Acknowledgements below it show another loss.
  std::uint32_t duplicates_ = 0;  // Acknowledgements in a row that brought nothing.
  round_trip_timer timer_;
  time_point send_timer_ = time_point::max();

  time_point now_;                              // As told by the last call.
  time_point heard_stamp_ = time_point::min();  // Of what the next acknowledgement is for.

  // Receiving.
  receive_window window_;
  std::uint64_t told_limit_ = 0;  // The end of the window that the other side knows.
  std::uint64_t told_next_ = 0;   // What it knows to have arrived.
  time_point acknowledge_at_ = time_point::max();
  bool acknowledge_now_ = false;

  time_point end_at_ = time_point::max();  // Of TIME_WAIT, or of waiting for a last FIN.
};

}  // namespace hobnob::sim
