// The tables of a NAT: which mapping belongs to what, and which outer port it has.

#include "transport/sim/nat.hpp"

#include <algorithm>

namespace hobnob::sim {

nat::nat(nat_options options, ip_address external, random_source random)
    : options_(options), external_(external), random_(random), next_port_(options.port_first) {}

nat::mapping_key nat::key_of(const endpoint& inside, const endpoint& remote) const {
  if (!options_.translate) return {inside, {}};
  switch (options_.mapping) {
    case nat_dependence::endpoint_independent:
      return {inside, {}};
    case nat_dependence::address_dependent:
      return {inside, {remote.address, 0}};
    case nat_dependence::address_and_port_dependent:
      return {inside, remote};
  }
  return {inside, remote};
}

nat::found nat::find(const mapping_key& key, time_point now) {
  const auto place = mappings_.find(key);
  if (place == mappings_.end()) return nullptr;
  if (place->second.expires > now) return &*place;
  forget(key);
  return nullptr;
}

/// The mapping that packets from `remote` to `outside` take; made, if `outside` is forwarded.
nat::found nat::find_outside(const endpoint& outside, const endpoint& remote, time_point now) {
  if (const auto rule = forwarded_.find(outside); rule != forwarded_.end()) {
    const mapping_key key = key_of(rule->second, remote);
    const found known = find(key, now);
    return known != nullptr ? known : make(key, now);
  }
  if (!options_.translate) return find({outside, {}}, now);
  const auto place = by_outside_.find(outside);
  if (place == by_outside_.end()) return nullptr;
  return find(mapping_key{place->second}, now);  // A copy: `find` may erase the original.
}

nat::found nat::make(const mapping_key& key, time_point now) {
  if (mappings_.size() >= purge_at_) purge(now);
  const auto outside = outside_for(key.inside, now);
  if (!outside) return nullptr;
  const auto place = mappings_.try_emplace(key).first;
  place->second.outside = *outside;
  if (options_.translate && !forwarded_.contains(*outside)) by_outside_.emplace(*outside, key);
  return &*place;
}

void nat::forget(const mapping_key& key) {
  const auto place = mappings_.find(key);
  if (place == mappings_.end()) return;
  const auto outside = by_outside_.find(place->second.outside);
  if (outside != by_outside_.end() && outside->second == key) by_outside_.erase(outside);
  mappings_.erase(place);
}

void nat::purge(time_point now) {
  for (auto place = mappings_.begin(); place != mappings_.end();) {
    std::erase_if(place->second.sessions,
                  [&](const auto& each) { return each.second.expires <= now; });
    const mapping_key key = place->first;
    const bool expired = place->second.expires <= now;
    ++place;
    if (expired) forget(key);
  }
  purge_at_ = std::max<std::size_t>(64, 2 * mappings_.size());
}

std::optional<endpoint> nat::outside_for(const endpoint& inside, time_point now) {
  if (!options_.translate) return inside;
  for (const auto& [outer, inner] : forwarded_) {
    if (inner == inside) return outer;
  }
  const auto port = choose_port(inside.port, now);
  if (!port) return std::nullopt;
  return endpoint{external_, *port};
}

std::optional<std::uint16_t> nat::choose_port(std::uint16_t wanted, time_point now) {
  const unsigned first = options_.port_first;
  const unsigned count = unsigned{options_.port_last} - first + 1;
  unsigned offset = 0;
  switch (options_.ports) {
    case nat_ports::preserving:
      if (port_free(wanted, now)) return wanted;
      offset = wanted >= first ? wanted + 1u - first : 0;
      break;
    case nat_ports::sequential:
      offset = next_port_ - first;
      break;
    case nat_ports::random:
      offset = static_cast<unsigned>(random_.below(count));
      break;
  }
  for (unsigned tried = 0; tried < count; ++tried) {
    const auto port = static_cast<std::uint16_t>(first + (offset + tried) % count);
    if (!port_free(port, now)) continue;
    next_port_ = static_cast<std::uint16_t>(first + (port - first + 1) % count);
    return port;
  }
  return std::nullopt;
}

bool nat::port_free(std::uint16_t port, time_point now) {
  const endpoint outside{external_, port};
  if (forwarded_.contains(outside)) return false;
  const auto place = by_outside_.find(outside);
  return place == by_outside_.end() || find(mapping_key{place->second}, now) == nullptr;
}

void nat::forward(std::uint16_t port, const endpoint& inside) {
  forwarded_[{external_, port}] = inside;
}

void nat::admit(const endpoint& inside) { forwarded_[inside] = inside; }

void nat::reboot() {
  mappings_.clear();
  by_outside_.clear();
  next_port_ = options_.port_first;
}

std::optional<endpoint> nat::mapped(const endpoint& inside, const endpoint& remote,
                                    time_point now) const {
  const auto place = mappings_.find(key_of(inside, remote));
  if (place == mappings_.end() || place->second.expires <= now) return std::nullopt;
  return place->second.outside;
}

std::size_t nat::mappings(time_point now) const {
  return static_cast<std::size_t>(
      std::count_if(mappings_.begin(), mappings_.end(),
                    [&](const auto& each) { return each.second.expires > now; }));
}

}  // namespace hobnob::sim
