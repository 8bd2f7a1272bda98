#pragma once

#include "transport/bytes.hpp"
#include "transport/clock.hpp"
#include "transport/endpoint.hpp"

#include <cstdint>
#include <string_view>

namespace hobnob::sim {

enum class packet_kind : std::uint8_t {
  syn,
  syn_ack,
  data,         ///< Carries bytes, an acknowledgement, perhaps the end (`fin`).
  ack,          ///< An acknowledgement alone.
  reset,        ///< RST: refused, aborted, or nobody knows this connection.
  unreachable,  ///< ICMP: `about` says which connection could not be reached.
};

std::string_view to_string(packet_kind kind);

/// Why an `unreachable` packet was sent.
enum class unreachable_cause : std::uint8_t { network, host, port };

std::string_view to_string(unreachable_cause cause);

/// What travels on a simulated network: a TCP segment, cut down to what shows above it, or an ICMP
/// answer to one.
struct packet {
  packet_kind kind = packet_kind::data;
  endpoint from;  ///< Rewritten by NATs on the way, as `to` is.
  endpoint to;

  /// Counted from 0 at each side's SYN, which takes up no number; 64 bits never wrap. A FIN takes
  /// one.
  std::uint64_t sequence = 0;
  std::uint64_t acknowledged = 0;  ///< The next byte expected; valid in all but a first SYN.
  std::uint64_t window = 0;        ///< Bytes that the sender of this packet will take.

  /// Stand for the initial sequence numbers: which of the connections that one pair of endpoints
  /// has had in turn this packet belongs to. The sender's own, and the other's (0: not known yet).
  std::uint64_t start = 0;
  std::uint64_t answers = 0;

  /// The sender's clock, and what it last heard of the other's (RFC 7323): for the round trip.
  time_point stamp = time_point::min();
  time_point echo = time_point::min();

  bool fin = false;       ///< Nothing follows `payload`.
  bool crossing = false;  ///< A SYN-ACK that answers a crossing SYN (simultaneous open).
  shared_slice payload;

  /// For `unreachable`: the connection as its receiver sees it, local end first.
  struct {
    endpoint local, remote;
    unreachable_cause cause = unreachable_cause::host;
  } about;

  /// As the rate of a link counts it: headers (40 bytes) and payload.
  std::size_t size() const { return 40 + payload.size(); }
};

/// The RST that answers `cause`, from where it was sent to.
packet reset_answering(const packet& cause);

/// The ICMP answer to `cause`, sent by the router or host at `reporter`.
packet unreachable_answering(const packet& cause, const ip_address& reporter,
                             unreachable_cause why);

}  // namespace hobnob::sim
