#pragma once

#include "tests/contract/far_host.hpp"
#include "tests/transport/loop.hpp"
#include "tests/transport/sim/sim_loop.hpp"

#include <string>

namespace hobnob::test {

/// Dials `door` and accepts.
template <class Loop>
stream_pair connect_by(Loop& l, listener& door, const endpoint& from = {}) {
  auto accepting = l.start(door.accept());
  dial_options options;
  options.local = from;
  auto dialled = l.run(l.net.dial(door.local_endpoint(), options));
  if (dialled.error) throw std::runtime_error{dialled.error.message()};
  l.run_until([&] { return accepting->has_value(); });
  return {std::move(dialled.value), std::move((*accepting)->value)};
}

/// TLS over both ends.
template <class Loop>
stream_pair with_tls(Loop& l, stream_pair lower) {
  auto pair = secure(l, std::move(lower));
  return {std::move(pair.dialled.stream), std::move(pair.accepted.stream)};
}

/// The implementations that every contract test runs over. A world has a `loop`-like base (`net`,
/// `start`, `run`, `run_until`), listens where one dials from here to (`door`), and makes connected
/// pairs of streams.
struct tcp_world : loop {
  static constexpr const char* name = "tcp";
  static constexpr bool takes_threads = true;  ///< Other threads may call into it.
  std::unique_ptr<listener> door() { return listen_far(*this); }
  stream_pair connect() { return connect_by(*this, *door()); }
};

struct tls_world : tcp_world {
  static constexpr const char* name = "tls";
  stream_pair connect() { return with_tls(*this, tcp_world::connect()); }
};

struct sim_world : sim_loop {
  static constexpr const char* name = "sim";
  static constexpr bool takes_threads = false;
  std::unique_ptr<listener> door() { return std::move(net.listen(loopback(), {}).value); }
  stream_pair connect() { return connect_by(*this, *door()); }
};

struct sim_tls_world : sim_world {
  static constexpr const char* name = "sim_tls";
  stream_pair connect() { return with_tls(*this, sim_world::connect()); }
};

/// Two hosts on one LAN, as the real worlds are in namespaces.
struct sim_hosts_world : sim_loop {
  static constexpr const char* name = "sim_hosts";
  static constexpr bool takes_threads = false;
  std::unique_ptr<listener> door() {
    return std::move(far->listen({far->host().host().addresses().front(), 0}, {}).value);
  }
  stream_pair connect() { return connect_by(*this, *door()); }

  std::unique_ptr<sim::sim_network> far = [this] {
    make_host("far", 2);
    return hosts.start_program("far");
  }();
};

struct world_names {
  template <class World>
  static std::string GetName(int) {
    return World::name;
  }
};

using worlds = testing::Types<tcp_world, tls_world, sim_world, sim_tls_world, sim_hosts_world>;

/// Those without TLS: what is below it must agree to the error code.
using bare_worlds = testing::Types<tcp_world, sim_world, sim_hosts_world>;

/// `size` bytes that differ from place to place, so that a lost or doubled piece shows.
inline bytes pattern(std::size_t size, std::uint32_t seed = 1) {
  bytes result(size);
  for (auto& octet : result) {
    seed = seed * 1664525 + 1013904223;
    octet = static_cast<std::byte>(seed >> 24);
  }
  return result;
}

/// Bytes arriving in one piece: `size` of them, or fewer if the stream ends.
inline awaitable<bytes> receive(stream& from, std::size_t size) {
  bytes result(size);
  auto got = co_await read_all(from, result);
  result.resize(got.count);
  co_return result;
}

}  // namespace hobnob::test
