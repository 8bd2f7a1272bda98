#include "transport/sim/sim_network.hpp"

#include "transport/error.hpp"
#include "transport/sim/sim_listener.hpp"
#include "transport/sim/sim_stream.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

namespace {

using dial_result = io_value<std::unique_ptr<stream>>;

/// Who waits for a connection no longer than until then.
struct dial_limit {
  dial_limit(simulation& owner, std::shared_ptr<tcp_socket> socket, time_point at) : time(owner) {
    if (at == time_point::max()) return;
    event = time.network_at(
        at, [socket = std::move(socket)] { socket->give_up(asio::error::timed_out); });
  }
  ~dial_limit() { time.cancel(event); }

  simulation& time;
  event_id event;
};

awaitable<dial_result> open(simulation& time, io_value<std::shared_ptr<tcp_socket>> made,
                            time_point deadline) {
  dial_result result{made.error, nullptr};
  if (result.error) co_return result;
  const auto socket = std::move(made.value);
  {
    const dial_limit limit{time, socket, deadline};
    result.error = co_await socket->wait_open();
  }
  if (result.error) {
    socket->close(stream::close_mode::abort);
  } else if (socket->machine().local() == socket->machine().remote()) {
    socket->close(stream::close_mode::abort);
    result.error = errc::self_connection;
  } else {
    result.value = std::make_unique<sim_stream>(socket);
  }
  co_return result;
}

awaitable<io_value<std::vector<ip_address>>> found(io_value<std::vector<ip_address>> result) {
  co_return result;
}

}  // namespace

sim_network::sim_network(host_stack& host)
    : host_(host),
      process_(host.begin_process()),
      gate_(host.gate_of(process_)),
      random_(host.random_of(process_)),
      clock_(host, gate_),
      deadlines_(host.owner().context().get_executor(), clock_) {}

sim_network::~sim_network() {
  if (!ended_) host_.drop_process(process_);
}

void sim_network::end(process_end how) {
  if (std::exchange(ended_, true)) return;
  clock_.end();
  host_.end_process(process_, how);
}

asio::any_io_executor sim_network::executor() { return host_.owner().context().get_executor(); }

io_value<std::unique_ptr<listener>> sim_network::listen(const endpoint& local,
                                                        const listen_options& options) {
  if (ended_) return {asio::error::operation_aborted, nullptr};
  auto made = host_.listen(process_, local, options);
  if (made.error) return {made.error, nullptr};
  return {{}, std::make_unique<sim_listener>(std::move(made.value))};
}

awaitable<dial_result> sim_network::dial(const endpoint& remote, const dial_options& options) {
  io_value<std::shared_ptr<tcp_socket>> made{asio::error::operation_aborted, nullptr};
  if (!ended_) made = host_.dial(process_, remote, options.local);
  return open(host_.owner(), std::move(made), options.deadline);
}

awaitable<io_value<std::vector<ip_address>>> sim_network::resolve(std::string name) {
  io_value<std::vector<ip_address>> result;
  if (ended_) {
    result.error = asio::error::operation_aborted;
  } else if (const auto literal = ip_address::parse(name)) {
    result.value = {*literal};
  } else {
    result.value = host_.resolve(name);
    if (result.value.empty()) result.error = asio::error::host_not_found;
  }
  return found(std::move(result));
}

std::vector<ip_address> sim_network::interface_addresses() {
  std::vector<ip_address> result{ip_address::v4({127, 0, 0, 1})};
  for (const auto& each : host_.host().addresses()) result.push_back(each);
  result.push_back(ip_address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  return result;
}

}  // namespace hobnob::sim
