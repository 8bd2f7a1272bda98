#pragma once

#include "transport/error.hpp"
#include "transport/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace hobnob {

/// A connected TCP socket. Made by `tcp_network`.
class tcp_stream final : public stream {
 public:
  /// Takes over a connected socket: non-blocking, without Nagle's delay, with little waiting in the
  /// kernel to be sent. `errc::self_connection` if its two ends are the same socket (a port that
  /// dialled itself), else an error if the connection is gone already.
  static error_code adopt(boost::asio::ip::tcp::socket socket, std::unique_ptr<stream>& out);

  tcp_stream(boost::asio::ip::tcp::socket socket, endpoint local, endpoint remote);
  ~tcp_stream() override;

  io_result try_read(std::span<std::byte> buffer) override;
  io_result try_write(std::span<const byte_view> buffers) override;
  awaitable<error_code> wait_readable() override;
  awaitable<error_code> wait_writable() override;
  error_code shutdown() override;
  void close(close_mode mode) noexcept override;

  bool is_open() const { return socket_.is_open(); }
  int native_handle() { return socket_.native_handle(); }

  /// What was found while waiting and `try_read` would tell.
  error_code pending_error() const { return read_error_; }

  /// The same connection on the thread of another `io_context`; null if it is gone. Nothing may
  /// wait on this stream, which is of no use any more.
  std::unique_ptr<tcp_stream> move_to(boost::asio::io_context& context);

  endpoint local_endpoint() const override { return local_; }
  endpoint remote_endpoint() const override { return remote_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  endpoint local_;
  endpoint remote_;
  error_code read_error_;  ///< Found while waiting.
};

}  // namespace hobnob
