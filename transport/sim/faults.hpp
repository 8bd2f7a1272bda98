#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// Faults of the network as values. Hosts, routers and segments are named, so that a fault can be
// printed, read back, drawn from a seed and left out again (`fault_injector` applies them).

namespace hobnob::sim {

using names = std::vector<std::string>;

/// `partition alice bob from carol`: nothing passes between the two sides.
struct partition {
  names one_side, other_side;
  friend bool operator==(const partition&, const partition&) = default;
};

/// `block alice to bob`: nothing passes in this direction.
struct block {
  names from, to;
  friend bool operator==(const block&, const block&) = default;
};

/// `heal alice from bob`: undoes partitions and blocks between them, both ways; `heal` all of them.
struct heal {
  names one_side, other_side;
  friend bool operator==(const heal&, const heal&) = default;
};

/// `change lan latency=20ms jitter=5ms rate=125000 queue=65536 loss=0.02`: what is not named stays.
/// `where` is a segment, or a host or router: then both directions of its own cables.
struct link_change {
  std::string where;
  std::optional<std::chrono::nanoseconds> latency{}, jitter{};
  std::optional<std::uint64_t> bytes_per_second{};
  std::optional<std::size_t> queue_bytes{};
  std::optional<double> loss{};
  friend bool operator==(const link_change&, const link_change&) = default;
};

/// `restore lan`: as it was before the first change.
struct link_restore {
  std::string where;
  friend bool operator==(const link_restore&, const link_restore&) = default;
};

/// `stall lan 3s`: what is sent in this time leaves at its end; nothing is lost. `where` as above.
struct stall {
  std::string where;
  std::chrono::nanoseconds lasts{};
  friend bool operator==(const stall&, const stall&) = default;
};

/// `unplug alice`, `plug alice`: all cables of a host or router.
struct cables {
  std::string node;
  bool plugged = false;
  friend bool operator==(const cables&, const cables&) = default;
};

/// `power_off home`, `power_on home`: of a host, as the network sees it, or a router, which forgets
/// its NAT mappings.
struct power {
  std::string node;
  bool on = false;
  friend bool operator==(const power&, const power&) = default;
};

/// `reset alice and bob`: every connection between them ends with an RST to both.
struct connection_reset {
  std::string one, other;
  friend bool operator==(const connection_reset&, const connection_reset&) = default;
};

/// `reboot home`: a NAT forgets its mappings, without being away for any time.
struct nat_reboot {
  std::string router;
  friend bool operator==(const nat_reboot&, const nat_reboot&) = default;
};

/// `slow_reader alice 20000`: the programs of a host take at most so many bytes a second from each
/// of their connections, until `fast_reader alice`.
struct slow_reader {
  std::string host;
  std::uint64_t bytes_per_second = 0;  ///< 0: no limit.
  friend bool operator==(const slow_reader&, const slow_reader&) = default;
};

using fault = std::variant<partition, block, heal, link_change, link_restore, stall, cables, power,
                           connection_reset, nat_reboot, slow_reader>;

/// The line above.
std::string to_string(const fault& value);

/// Nothing for a line that is no fault.
std::optional<fault> parse_fault(std::string_view line);

/// The first word of the line: to count by.
std::string_view kind_of(const fault& value);

/// A fault at a time since the start of the schedule: `3s partition alice from bob`.
struct timed_fault {
  std::chrono::nanoseconds at{};
  fault what;
  friend bool operator==(const timed_fault&, const timed_fault&) = default;
};

std::string to_string(const timed_fault& value);
std::optional<timed_fault> parse_timed_fault(std::string_view line);

}  // namespace hobnob::sim
