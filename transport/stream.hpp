#pragma once

#include "transport/bytes.hpp"
#include "transport/endpoint.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace hobnob {

using boost::asio::awaitable;
using boost::system::error_code;

/// What a read or write did. `count` may be above zero beside an error (a write that got part of the way).
struct io_result {
  error_code error;
  std::size_t count = 0;
};

/// An ordered, reliable byte stream. Used on its executor's thread only; at most one read (or wait) and one write at a
/// time. `close` ends everything: pending operations complete with `asio::error::operation_aborted`.
class stream {
 public:
  virtual ~stream() = default;

  /// Waits until `read_some` would return at once, without holding a buffer meanwhile: what makes idle streams cheap.
  virtual awaitable<error_code> wait_readable() = 0;

  /// At least one byte, or an error. The orderly end of the stream is `asio::error::eof`; a stream cut short where its
  /// protocol would have told (TLS) is `asio::ssl::error::stream_truncated`'s equivalent `errc::truncated`.
  virtual awaitable<io_result> read_some(std::span<std::byte> buffer) = 0;

  /// All of `buffers` in order, or an error. The bytes must stay valid until it returns.
  virtual awaitable<io_result> write(std::span<const byte_view> buffers) = 0;

  /// Tells the other side that no more will be written (TCP half-close, TLS close_notify). Bounded by the caller.
  virtual awaitable<error_code> shutdown() = 0;

  /// Closes at once. `abort` forgets unsent bytes and frees the address pair for a redial (TCP: linger 0, RST).
  enum class close_mode { graceful, abort };
  virtual void close(close_mode mode) noexcept = 0;

  virtual endpoint local_endpoint() const = 0;
  virtual endpoint remote_endpoint() const = 0;
};

}  // namespace hobnob
