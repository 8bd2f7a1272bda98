#pragma once

#include "tests/transport/loop.hpp"
#include "transport/sim/tcp_hosts.hpp"

#include <string>
#include <vector>

namespace hobnob::test {

/// The address of host `number`, counted from 1: on one /16, that none of them needs a gateway.
inline endpoint sim_endpoint(int number, std::uint16_t port) {
  const auto high = static_cast<std::uint8_t>(number / 250);
  const auto low = static_cast<std::uint8_t>(number % 250 + 1);
  return {ip_address::v4({10, 0, high, low}), port};
}

/// Hosts h1, h2, ... on one LAN with 10 ms of latency, a program on each.
struct lan_party {
  explicit lan_party(int count, sim::tcp_options options = {}) : hosts(net, options) {
    for (int i = 1; i <= count; ++i) {
      const auto name = "h" + std::to_string(i);
      net.add_host(name, lan, to_string(sim_endpoint(i, 0).address) + "/16");
      programs.push_back(hosts.start_program(name));
    }
  }

  sim::simulation time{1};
  sim::fabric net{time};
  sim::segment& lan = net.add_segment("lan", {.link = {.latency = std::chrono::milliseconds{10}}});
  sim::tcp_hosts hosts;
  std::vector<std::unique_ptr<sim::sim_network>> programs;

  sim::node& node(int index) { return programs.at(static_cast<std::size_t>(index))->host().host(); }
  sim::host_stack& stack(int index) { return programs.at(static_cast<std::size_t>(index))->host(); }

  using maybe_stream = io_value<std::unique_ptr<stream>>;

  template <class T>
  std::shared_ptr<std::optional<T>> start_task(awaitable<T> task) {
    auto result = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(time.context(), std::move(task),
                          [result](std::exception_ptr error, T value) {
                            if (error) std::rethrow_exception(error);
                            *result = std::move(value);
                          });
    return result;
  }

  template <class T>
  T run(awaitable<T> task) {
    auto result = start_task(std::move(task));
    if (!time.run_until([&] { return result->has_value(); }, std::chrono::hours{1})) {
      throw std::runtime_error{"not done within an hour"};
    }
    return std::move(**result);
  }

  std::unique_ptr<listener> listen(int index, std::uint16_t port, bool shared = false) {
    auto made = programs.at(static_cast<std::size_t>(index))
                    ->listen(sim_endpoint(index + 1, port), {.shared_with_dials = shared});
    if (made.error) throw std::runtime_error{made.error.message()};
    return std::move(made.value);
  }

  std::shared_ptr<std::optional<maybe_stream>> start(int index, const endpoint& remote,
                                                     const endpoint& from = {},
                                                     time_point until = time_point::max()) {
    return start_task(programs.at(static_cast<std::size_t>(index))->dial(remote, {from, until}));
  }

  auto start_accept(listener& door) { return start_task(door.accept()); }

  maybe_stream dial(int index, const endpoint& remote, const endpoint& from = {},
                    time_point until = time_point::max()) {
    return run(programs.at(static_cast<std::size_t>(index))->dial(remote, {from, until}));
  }

  stream_pair connect(int from, int to, const endpoint& local = {}) {
    auto door = listen(to, 80);
    auto dialled = start(from, door->local_endpoint(), local);
    auto accepted = run(door->accept());
    time.run_until([&] { return dialled->has_value(); }, std::chrono::seconds{1});
    if ((*dialled)->error) throw std::runtime_error{(*dialled)->error.message()};
    return {std::move((*dialled)->value), std::move(accepted.value)};
  }

  void write(stream& to, std::string_view text) { run(write_all(to, as_byte_view(text))); }

  std::string read(stream& from, std::size_t size) {
    bytes space(size);
    space.resize(run(read_all(from, space)).count);
    return std::string{as_text(space)};
  }
};

}  // namespace hobnob::test
