#pragma once

#include "transport/error.hpp"
#include "transport/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace hobnob {

/// A connected TCP socket. Made by `tcp_network`.
class tcp_stream final : public stream {
 public:
  /// Takes over a connected socket: non-blocking, without Nagle's delay. `errc::self_connection` if
  /// its two ends are the same socket (a port that dialled itself), else an error if the connection
  /// is gone already.
  static error_code adopt(boost::asio::ip::tcp::socket socket, std::unique_ptr<stream>& out);

  tcp_stream(boost::asio::ip::tcp::socket socket, endpoint local, endpoint remote);
  ~tcp_stream() override;

  io_result try_read(std::span<std::byte> buffer) override;
  io_result try_write(std::span<const byte_view> buffers) override;
  awaitable<error_code> wait_readable() override;
  awaitable<error_code> wait_writable() override;
  error_code shutdown() override;
  void close(close_mode mode) noexcept override;
  endpoint local_endpoint() const override { return local_; }
  endpoint remote_endpoint() const override { return remote_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  endpoint local_;
  endpoint remote_;
  error_code read_error_;  ///< Found while waiting.
};

}  // namespace hobnob
