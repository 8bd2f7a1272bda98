#pragma once

#include "transport/bytes.hpp"
#include "transport/close_reason.hpp"
#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"
#include "transport/frame.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace hobnob {

/// What is known of an authenticated connection from the moment TLS is up.
struct connection_info {
  fingerprint remote;       ///< Proven by the TLS handshake.
  public_key remote_key{};  ///< The key behind `remote`.
  endpoint local_endpoint;
  endpoint remote_endpoint;
  /// We dialled it (both sides did, when dials crossed on one port).
  bool dialled = false;
  /// Both sides dialled and met in one connection (TCP simultaneous open).
  bool crossed = false;
  /// A relay joined it (docs/protocol.md, "Circuits"); the endpoints are those to the relay.
  bool by_circuit = false;
};

/// The frames that one read brought, sharing one buffer.
class frame_batch {
 public:
  struct entry {
    frame_type type{};
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };

  frame_batch() = default;
  frame_batch(shared_slice buffer, std::vector<entry> entries)
      : buffer_(std::move(buffer)), entries_(std::move(entries)) {}

  const std::vector<entry>& entries() const noexcept { return entries_; }
  byte_view view(const entry& e) const noexcept { return buffer_.view().subspan(e.offset, e.size); }
  shared_slice payload(const entry& e) const { return buffer_.sub(e.offset, e.size); }

  /// As `payload`, for those who keep it: it holds no more than twice its size in memory, however
  /// much came with it.
  shared_slice kept_payload(const entry& e) const {
    const bool is_most = e.size >= buffer_.size() / 2;
    return is_most ? payload(e) : shared_slice::copy_of(view(e));
  }

  /// Drops the entries for which `unwanted` holds.
  template <class Predicate>
  void remove_if(Predicate unwanted) {
    std::erase_if(entries_, unwanted);
  }

  /// Payload and header bytes: what the consumer gives back by `connection_handle::acknowledge`.
  std::size_t wire_size() const noexcept;

 private:
  shared_slice buffer_;
  std::vector<entry> entries_;
};

/// One frame to send: `head` (some 100 bytes at most, copied) then `body` (shared, not copied when
/// large).
struct outgoing_frame {
  frame_type type{};
  frame_priority priority = frame_priority::normal;
  byte_view head;
  shared_slice body;
};

enum class send_status : std::uint8_t {
  sent,  ///< Queued.
  /// Queued, and the queue is above its high-water mark: hold back until told that it drained.
  full,
  overflow,  ///< Not queued: the hard limit is reached.
  closed,    ///< Not queued: the connection is closing or closed.
};

/// What the deciding side holds of a connection. Every function may be called from any thread; from
/// the connection's own thread they act at once, from others they are posted. Dropping the last
/// handle closes the connection (`goodbye`).
class connection_handle {
 public:
  virtual ~connection_handle() = default;

  virtual const connection_info& info() const noexcept = 0;

  virtual send_status send(const outgoing_frame& frame) = 0;

  /// The same for several frames; the worst status of all.
  virtual send_status send(std::span<const outgoing_frame> frames) = 0;

  /// Gives back `count` received bytes of credit; the read loop stops while too many are
  /// outstanding.
  virtual void acknowledge(std::size_t count) = 0;

  /// The login is done: lifts the pre-login limits on time and bytes.
  virtual void set_authenticated() = 0;

  /// Sends what is queued and the reason (bounded by one second), then closes. `heartbeat` and
  /// `reset` close at once.
  virtual void close(close_info why) = 0;

  /// When bytes last arrived; also while reading is held back by us it counts as "now" (silence is
  /// not the other's fault).
  virtual std::chrono::steady_clock::time_point last_received() const noexcept = 0;

  /// Of the last ping that came back; negative before the first one. The connection measures those
  /// that tell when they were sent (`timed_ping`), and keeps their answers to itself.
  virtual std::chrono::microseconds round_trip() const noexcept = 0;

  /// What another ping took.
  virtual void note_round_trip(std::chrono::microseconds took) noexcept = 0;

  /// Bytes queued and not yet handed to the stream.
  virtual std::size_t queued_bytes() const noexcept = 0;

  virtual std::uint64_t bytes_sent() const noexcept = 0;
  virtual std::uint64_t bytes_received() const noexcept = 0;
};

using connection_ptr = std::shared_ptr<connection_handle>;

}  // namespace hobnob
