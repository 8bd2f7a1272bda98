#include "transport/sim/sim_stream.hpp"

#include <utility>

namespace hobnob::sim {

sim_stream::sim_stream(std::shared_ptr<tcp_socket> socket) : socket_(std::move(socket)) {}

sim_stream::~sim_stream() { close(close_mode::graceful); }

void sim_stream::close(close_mode mode) noexcept { socket_->close(mode); }

}  // namespace hobnob::sim
