#pragma once

#include "tests/contract/far_host.hpp"
#include "tests/transport/loop.hpp"
#include "tests/transport/sim/sim_loop.hpp"

#include <string>

namespace hobnob::test {

/// The implementations that every contract test runs over. A world has a `loop`-like base (`net`,
/// `start`, `run`, `run_until`) and makes connected pairs of streams.
struct tcp_world : loop {
  static constexpr const char* name = "tcp";
  static constexpr bool takes_threads = true;  ///< Other threads may call into it.
  stream_pair connect() { return connect_hosts(*this); }
};

struct tls_world : loop {
  static constexpr const char* name = "tls";
  static constexpr bool takes_threads = true;
  stream_pair connect() {
    auto pair = secure(*this, connect_hosts(*this));
    return {std::move(pair.dialled.stream), std::move(pair.accepted.stream)};
  }
};

struct sim_world : sim_loop {
  static constexpr const char* name = "sim";
  static constexpr bool takes_threads = false;
  stream_pair connect() { return connect_tcp(*this); }
};

struct sim_tls_world : sim_loop {
  static constexpr const char* name = "sim_tls";
  static constexpr bool takes_threads = false;
  stream_pair connect() { return connect_tls(*this); }
};

struct world_names {
  template <class World>
  static std::string GetName(int) {
    return World::name;
  }
};

using worlds = testing::Types<tcp_world, tls_world, sim_world, sim_tls_world>;

/// Those without TLS: what is below it must agree to the error code.
using bare_worlds = testing::Types<tcp_world, sim_world>;

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
