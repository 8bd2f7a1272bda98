#pragma once

#include "transport/endpoint.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace hobnob::sim {

/// A socket's hold on a port.
struct port_claim {
  endpoint local;  ///< The address may be a wildcard, which is one of its family only.
  bool reuse_address = false;
  bool reuse_port = false;
  bool listening = false;
};

/// Which ports of a host are held, and who may hold one together: the rules of bind(2) on Linux.
/// A pure class.
class port_table {
 public:
  enum class claim_id : std::uint64_t { none = 0 };

  /// Whether `wanted` may not be had beside what is there.
  bool conflicts(const port_claim& wanted) const;

  /// Whatever `conflicts` says.
  claim_id add(const port_claim& claim);
  void remove(claim_id id);

  bool in_use(std::uint16_t port) const;

  /// A port of the range that Linux gives out, the first one free from `seed` on; one in use if
  /// `shareable` allows it. Nothing if there is none.
  std::optional<std::uint16_t> ephemeral(std::uint64_t seed,
                                         const std::function<bool(std::uint16_t)>& shareable) const;

 private:
  std::map<std::pair<std::uint16_t, claim_id>, port_claim> claims_;
  std::map<claim_id, std::uint16_t> ports_;
  std::uint64_t last_id_ = 0;
};

}  // namespace hobnob::sim
