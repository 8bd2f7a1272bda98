#pragma once

#include "actors/core/online_user.hpp"
#include "transport/endpoint.hpp"

#include <cstdint>
#include <vector>

namespace hobnob::core {

/// How good the path of a link is, best first.
enum class path_class : std::uint8_t { lan, wan, circuit };

/// Of a connection, by where its other end is: private, link-local and loopback addresses are
/// `lan`.
path_class classify(const endpoint& remote);

/// What a peer may say of where it listens: its listening endpoints, wildcards replaced by the
/// addresses of the machine; best first, loopback last. At most 16.
std::vector<endpoint> advertised_endpoints(const std::vector<endpoint>& listening,
                                           const std::vector<ip_address>& interfaces);

/// Where a relay says that it is, when nobody told it a host: of its listening endpoints (not
/// empty) the first that others can reach, a wildcard by an address of the machine; loopback only
/// if there is nothing else.
endpoint reachable_endpoint(const std::vector<endpoint>& listening,
                            const std::vector<ip_address>& interfaces);

/// Where to dial `user` from here, best first. `own` is what we advertise ourselves (never dialled:
/// it would be us) and `own_observed` our address as the relay sees it. Loopback addresses are
/// tried only if the relay sees both of us on loopback, that is, on its own machine.
std::vector<endpoint> dial_candidates(const online_user& user, const std::vector<endpoint>& own,
                                      const endpoint& own_observed);

}  // namespace hobnob::core
