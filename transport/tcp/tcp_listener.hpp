#pragma once

#include "transport/network.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace hobnob {

/// A listening TCP socket. Made by `tcp_network`.
class tcp_listener final : public listener {
 public:
  tcp_listener(boost::asio::ip::tcp::acceptor acceptor, endpoint local);

  awaitable<io_value<std::unique_ptr<stream>>> accept() override;
  endpoint local_endpoint() const override { return local_; }
  void close() noexcept override;

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
  endpoint local_;
};

}  // namespace hobnob
