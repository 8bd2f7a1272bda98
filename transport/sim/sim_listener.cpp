#include "transport/sim/sim_listener.hpp"

#include "transport/sim/sim_stream.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace hobnob::sim {

sim_listener::sim_listener(std::shared_ptr<listening_socket> socket) : socket_(std::move(socket)) {}

sim_listener::~sim_listener() { socket_->close(); }

namespace {

awaitable<io_value<std::unique_ptr<stream>>> accept_from(std::shared_ptr<listening_socket> socket) {
  io_value<std::unique_ptr<stream>> result;
  while (!socket->closed()) {
    if (auto child = socket->take()) {
      result.value = std::make_unique<sim_stream>(std::move(child));
      co_return result;
    }
    result.error = co_await socket->wait();
    if (result.error) co_return result;
  }
  result.error = boost::asio::error::operation_aborted;
  co_return result;
}

}  // namespace

awaitable<io_value<std::unique_ptr<stream>>> sim_listener::accept() { return accept_from(socket_); }

}  // namespace hobnob::sim
