#pragma once

#include "actors/core/known_keys.hpp"
#include "actors/core/relay_uri.hpp"
#include "actors/transfer/transfer_config.hpp"
#include "transport/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hobnob {

/// Which direct links a peer takes part in. What cannot go direct goes through the relay.
enum class direct_mode : std::uint8_t {
  both,
  accept_only,  ///< Never dials.
  dial_only,    ///< Does not listen.
  off,          ///< Relay only.
};

/// When a link may go through a circuit, two connections that the relay joins: it stays a link,
/// which the relay cannot read, but costs the relay its bandwidth.
enum class circuit_mode {
  off,
  on_demand,  ///< When a link is wanted (`want_link`) and does not come about directly.
  always,     ///< To everybody who cannot be linked directly.
};

struct peer_config {
  /// `[a-z0-9][a-z0-9._-]{0,31}`, no `..`: the name to log in with.
  std::string user;

  /// Without one, only users whose keys are known can link, and only where they dial us.
  std::optional<core::relay_uri> relay;

  /// Where to listen, if `direct` wants it. Endpoints with port 0 share one port that the system
  /// chooses. IPv6 is left out where there is none.
  std::vector<endpoint> listen{{ip_address::v4({0, 0, 0, 0}), 0}, {ip_address{}, 0}};

  direct_mode direct = direct_mode::both;
  circuit_mode circuits = circuit_mode::on_demand;

  /// Not shown in the directory and told nothing of others, for a peer that only wants to say
  /// something to somebody: it looks up and dials only whom it writes to, and gives a link 2 s
  /// before it uses the relay.
  bool hidden = false;

  /// For a hidden peer: is told who is online all the same (and may dial them, as `direct` says).
  bool follow_directory = false;

  /// What is known of users and relays; null: remembered for as long as the peer lives.
  std::shared_ptr<core::known_keys> known;

  /// On links, until a relay has told its own, which then holds for new links as well: a ping after
  /// this time without a sign of life, suspect after twice, lost after three times.
  std::chrono::milliseconds link_heartbeat{5000};

  /// Addresses dialled at once. Every one may become a TLS handshake of about a millisecond of CPU
  /// at each end: where many peers share a machine, fewer at once arrive sooner than all of them
  /// late.
  std::size_t dials_max = 16;

  /// Whose files are taken, where they go, and where transfers are remembered.
  transfer_config transfers;

  std::string software = "hobnob";

  /// What is wrong, for people; empty if nothing is.
  std::string validate() const;
};

}  // namespace hobnob
