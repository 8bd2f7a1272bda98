#include "transport/sim/port_table.hpp"

namespace hobnob::sim {

namespace {

constexpr std::uint16_t ephemeral_first = 32'768;
constexpr std::uint16_t ephemeral_last = 60'999;

bool overlap(const ip_address& a, const ip_address& b) {
  return a.is_v4() == b.is_v4() && (a == b || a.is_wildcard() || b.is_wildcard());
}

}  // namespace

bool port_table::conflicts(const port_claim& wanted) const {
  const auto port = wanted.local.port;
  for (auto at = claims_.lower_bound({port, claim_id::none});
       at != claims_.end() && at->first.first == port; ++at) {
    const auto& held = at->second;
    if (!overlap(held.local.address, wanted.local.address)) continue;
    const bool by_address = wanted.reuse_address && held.reuse_address && !held.listening;
    const bool by_port = wanted.reuse_port && held.reuse_port;
    if (!by_address && !by_port) return true;
  }
  return false;
}

port_table::claim_id port_table::add(const port_claim& claim) {
  const claim_id id{++last_id_};
  claims_.emplace(std::pair{claim.local.port, id}, claim);
  ports_.emplace(id, claim.local.port);
  return id;
}

void port_table::remove(claim_id id) {
  const auto found = ports_.find(id);
  if (found == ports_.end()) return;
  claims_.erase({found->second, id});
  ports_.erase(found);
}

bool port_table::in_use(std::uint16_t port) const {
  const auto found = claims_.lower_bound({port, claim_id::none});
  return found != claims_.end() && found->first.first == port;
}

std::optional<std::uint16_t> port_table::ephemeral(
    std::uint64_t seed, const std::function<bool(std::uint16_t)>& shareable) const {
  constexpr std::uint64_t count = ephemeral_last - ephemeral_first + 1;
  const auto port_at = [&](std::uint64_t i) {
    return static_cast<std::uint16_t>(ephemeral_first + (seed + i) % count);
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!in_use(port_at(i))) return port_at(i);
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    if (shareable(port_at(i))) return port_at(i);
  }
  return std::nullopt;
}

}  // namespace hobnob::sim
