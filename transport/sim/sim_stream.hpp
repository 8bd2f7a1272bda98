#pragma once

#include "transport/sim/tcp_socket.hpp"
#include "transport/stream.hpp"

#include <memory>

namespace hobnob::sim {

/// A connected simulated socket. Made by `sim_network`.
class sim_stream final : public stream {
 public:
  explicit sim_stream(std::shared_ptr<tcp_socket> socket);
  ~sim_stream() override;

  io_result try_read(std::span<std::byte> buffer) override { return socket_->read(buffer); }
  io_result try_write(std::span<const byte_view> buffers) override {
    return socket_->write(buffers);
  }
  awaitable<error_code> wait_readable() override { return socket_->wait_readable(); }
  awaitable<error_code> wait_writable() override { return socket_->wait_writable(); }
  error_code shutdown() override { return socket_->shutdown(); }
  void close(close_mode mode) noexcept override;
  endpoint local_endpoint() const override { return socket_->machine().local(); }
  endpoint remote_endpoint() const override { return socket_->machine().remote(); }

  /// How TCP sees the connection, for tests.
  const tcp_machine& machine() const { return socket_->machine(); }

 private:
  std::shared_ptr<tcp_socket> socket_;
};

}  // namespace hobnob::sim
