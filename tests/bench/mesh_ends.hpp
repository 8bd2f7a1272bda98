#pragma once

#include <cstddef>
#include <string>

namespace hobnob::bench {

/// Everybody linked to everybody in one process, on one thread; what it took.
struct mesh_result {
  double seconds = 0;
  double cpu_us_per_link = 0;         ///< Of both ends.
  double pss_bytes_per_link_end = 0;  ///< With each peer's share of what it needs for itself.

  /// One line, for the process that asked for it.
  std::string to_line() const;
  static mesh_result from_line(const std::string& line);
};

constexpr std::size_t links_of(std::size_t peers) { return peers * (peers - 1) / 2; }

/// Real peers: log in at the relay, find each other, dial and set their links up.
mesh_result hobnob_mesh(std::size_t peers, const std::string& relay_uri);

/// Asio coroutines on hobnob's TLS engine: as many mutual handshakes, and nothing else.
mesh_result bare_mesh(std::size_t peers);

}  // namespace hobnob::bench
