#pragma once

#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace hobnob::core {

/// A user as the relay's directory or a link's SetupP2P shows it: what the signed record says
/// (signature checked), and what the relay adds to it.
struct online_user {
  std::string user;
  fingerprint id;
  public_key key{};
  std::array<std::uint8_t, 32> box_key{};  ///< Envelopes to this user are sealed to it.
  std::vector<endpoint> endpoints;         ///< Where it listens; empty: it takes no connections.
  std::uint64_t serial = 0;                ///< Grows with every record of this key.
  std::uint64_t epoch = 0;                 ///< New with every start of the peer.
  std::uint64_t session = 0;               ///< At the relay; 0: not logged in.
  endpoint observed;                       ///< Its address as the relay sees it.
  bool suspect = false;
};

}  // namespace hobnob::core
