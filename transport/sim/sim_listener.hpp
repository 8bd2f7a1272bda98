#pragma once

#include "transport/network.hpp"
#include "transport/sim/listening_socket.hpp"

#include <memory>

namespace hobnob::sim {

/// A listening simulated socket. Made by `sim_network`.
class sim_listener final : public listener {
 public:
  explicit sim_listener(std::shared_ptr<listening_socket> socket);
  ~sim_listener() override;

  awaitable<io_value<std::unique_ptr<stream>>> accept() override;
  endpoint local_endpoint() const override { return socket_->local(); }
  void close() noexcept override { socket_->close(); }

 private:
  std::shared_ptr<listening_socket> socket_;
};

}  // namespace hobnob::sim
