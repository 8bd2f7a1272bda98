#pragma once

#include "transport/bytes.hpp"
#include "transport/endpoint.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace hobnob {

using boost::asio::awaitable;
using boost::system::error_code;

/// What a read or write did. `count` may be above zero beside an error (a write that got part of
/// the way).
struct io_result {
  error_code error;
  std::size_t count = 0;
};

/// An ordered, reliable byte stream. Bytes move without waiting (`try_read`, `try_write`), waiting
/// moves no bytes: so an idle stream holds no buffer, and a busy one needs no coroutine switch per
/// call. Used on its executor's thread only; at most one wait to read and one wait to write at a
/// time. `close` ends everything: pending waits complete with `asio::error::operation_aborted`, as
/// do all later calls.
class stream {
 public:
  virtual ~stream() = default;

  /// What is there now, without waiting. Nothing there: `asio::error::would_block`. A count below
  /// the buffer's size means that nothing more was there. The orderly end is `asio::error::eof`; a
  /// stream cut short where its protocol would have told first (TLS) ends with `errc::truncated`.
  virtual io_result try_read(std::span<std::byte> buffer) = 0;

  /// Takes as much of `buffers`, in order, as goes without waiting. `asio::error::would_block`
  /// beside any count, even the full one: wait with `wait_writable`, else what was taken may not
  /// leave. Other errors are final.
  virtual io_result try_write(std::span<const byte_view> buffers) = 0;

  /// Returns when `try_read` may bring something: data, the end or an error. It may still bring
  /// `would_block`.
  virtual awaitable<error_code> wait_readable() = 0;

  /// Returns when `try_write` (also of nothing) may take more or pass on what it holds, or with an
  /// error. Each return means that the other side is taking bytes.
  virtual awaitable<error_code> wait_writable() = 0;

  /// Tells the other side that no more will be written (TCP half-close, TLS close_notify); does not
  /// wait. Reading goes on.
  virtual error_code shutdown() = 0;

  /// Closes at once. `abort` forgets unsent bytes and frees the address pair for a redial (TCP:
  /// linger 0, RST).
  enum class close_mode { graceful, abort };
  virtual void close(close_mode mode) noexcept = 0;

  virtual endpoint local_endpoint() const = 0;
  virtual endpoint remote_endpoint() const = 0;
};

/// At least one byte, or an error (see `stream::try_read`). `from` and `buffer` must outlive the
/// call.
awaitable<io_result> read_some(stream& from, std::span<std::byte> buffer);

/// All of `buffer`, or an error beside what came before it.
awaitable<io_result> read_all(stream& from, std::span<std::byte> buffer);

/// All of `data`, handed down to the operating system, or an error. `to` and the bytes must outlive
/// the call.
awaitable<io_result> write_all(stream& to, byte_view data);

}  // namespace hobnob
