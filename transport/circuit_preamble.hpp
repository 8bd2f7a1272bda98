#pragma once

#include "transport/circuit_pass.hpp"
#include "transport/error.hpp"
#include "transport/stream.hpp"
#include "transport/watchdog.hpp"

#include <functional>
#include <optional>

namespace hobnob {

/// Starts a connection that is to be joined with another by a relay; the token follows. No TLS
/// record and no text begins like this.
inline constexpr std::array<std::byte, 4> circuit_mark{std::byte{0xC1}, std::byte{'H'},
                                                       std::byte{'B'}, std::byte{'1'}};

/// What the relay says to both sides once they are joined; everything after is the other side's.
inline constexpr std::byte circuit_joined{0x01};

/// Peer: asks the relay at the other end of `relay` to join it, and waits for the other peer. The
/// stream is closed on error.
awaitable<failure> enter_circuit(stream& relay, watchdog& deadlines, circuit_token token,
                                 time_point until);

/// How an accepted connection begins.
struct first_bytes {
  failure error;
  bytes received;                      ///< Up to 4 bytes that are no circuit's.
  std::optional<circuit_token> token;  ///< It wants to be joined.
};

/// Relay: waits for the first bytes of `from`, and for all of the preamble if they are one's;
/// `heard` is called when something has come. The stream is closed on error.
awaitable<first_bytes> receive_first_bytes(stream& from, watchdog& deadlines, time_point until,
                                           std::function<void()> heard);

}  // namespace hobnob
