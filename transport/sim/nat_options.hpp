#pragma once

#include <chrono>
#include <cstdint>

namespace hobnob::sim {

/// What a mapping or a filter depends on (RFC 4787, sections 4.1 and 5; RFC 5382).
enum class nat_dependence : std::uint8_t {
  endpoint_independent,        ///< Mapping: one for all destinations. Filter: anyone may come in.
  address_dependent,           ///< One for each remote address.
  address_and_port_dependent,  ///< One for each remote endpoint ("symmetric", as a mapping).
};

enum class nat_ports : std::uint8_t {
  preserving,  ///< The inner port if it is free, else the next that is.
  sequential,  ///< One after another.
  random,
};

/// What a SYN from outside gets that no mapping or filter lets in (RFC 5382, REQ-4, wants `drop`).
enum class nat_refusal : std::uint8_t { drop, reset, port_unreachable };

struct nat_options {
  /// Off: a stateful firewall; `mapping` and `ports` mean nothing then.
  bool translate = true;
  nat_dependence mapping = nat_dependence::endpoint_independent;
  nat_dependence filtering = nat_dependence::address_and_port_dependent;
  nat_ports ports = nat_ports::preserving;
  nat_refusal unsolicited = nat_refusal::drop;
  bool hairpin = false;  ///< Inside hosts reach each other by their outer endpoints.

  /// A connection that was there before the NAT knew it (after a reboot) gets a mapping by its next
  /// packet from inside, as on Linux; else it gets an RST.
  bool adopt_strays = true;

  using duration = std::chrono::nanoseconds;
  duration established_timeout = std::chrono::minutes{124};  ///< RFC 5382, REQ-5.
  duration transitory_timeout = std::chrono::minutes{4};     ///< Opening or half closed.
  duration closed_timeout = std::chrono::seconds{10};        ///< After both FINs. An RST: at once.

  std::uint16_t port_first = 1024;  ///< Ports given out by `sequential` and `random`.
  std::uint16_t port_last = 65535;

  friend bool operator==(const nat_options&, const nat_options&) = default;
};

}  // namespace hobnob::sim
