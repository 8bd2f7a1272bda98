#include "transport/sim/node.hpp"

#include "transport/sim/fabric.hpp"

#include <algorithm>
#include <stdexcept>

namespace hobnob::sim {

node::node(fabric& owner, std::string name, host_id id)
    : fabric_(owner), name_(std::move(name)), id_(id) {}

network_interface& node::attach(segment& where, std::string_view prefix) {
  const auto parsed = ip_prefix::parse(prefix);
  if (!parsed) {
    throw std::invalid_argument(name_ +
                                ": not an address and prefix length: " + std::string{prefix});
  }
  network_interface* interface = interface_on(where);
  if (interface == nullptr) {
    interfaces_.push_back(std::make_unique<network_interface>());
    interface = interfaces_.back().get();
    interface->owner = this;
    interface->plugged_into = &where;
  }
  if (!where.attached_.emplace(parsed->address, interface).second) {
    throw std::invalid_argument(where.name() + " has a " + to_string(parsed->address) + " already");
  }
  interface->addresses.push_back(*parsed);
  return *interface;
}

void node::detach(segment& where) {
  const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                  [&](const auto& each) { return each->plugged_into == &where; });
  if (found == interfaces_.end()) return;
  for (const ip_prefix& each : (*found)->addresses) where.attached_.erase(each.address);
  (*found)->plugged_into = nullptr;
  (*found)->up = false;
  std::erase_if(guards_, [&](const guard& each) { return each.outside == found->get(); });
  detached_.push_back(std::move(*found));
  interfaces_.erase(found);
  fabric_.owner().log().event(record_kind::link, id_, "detached from " + where.name());
}

void node::set_gateway(const ip_address& address) {
  const ip_prefix everything{address.is_v4() ? ip_address::v4({}) : ip_address{}, 0};
  std::erase_if(routes_, [&](const route& each) { return each.destination == everything; });
  add_route(everything, address);
}

void node::add_route(const ip_prefix& destination, const ip_address& gateway) {
  const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const route& each) {
    return each.destination.length < destination.length;
  });
  routes_.insert(place, {destination, gateway});
}

nat& node::add_nat(segment& outside, nat_options options) {
  network_interface* interface = interface_on(outside);
  if (interface == nullptr) {
    throw std::invalid_argument(name_ + " is not attached to " + outside.name());
  }
  const std::string stream = "nat " + name_ + ' ' + std::to_string(guards_.size());
  guards_.push_back({interface, std::make_unique<nat>(options, interface->addresses.front().address,
                                                      fabric_.owner().random().fork(stream))});
  forwarding_ = true;
  return *guards_.back().box;
}

std::pair<network_interface*, unsigned> node::on_link(const ip_address& destination) const {
  std::pair<network_interface*, unsigned> best{nullptr, 0};
  for (const auto& interface : interfaces_) {
    if (!interface->up) continue;
    for (const ip_prefix& each : interface->addresses) {
      if (!each.contains(destination)) continue;
      if (best.first == nullptr || each.length > best.second) best = {interface.get(), each.length};
    }
  }
  return best;
}

std::optional<node::next_hop> node::route_to(const ip_address& destination) const {
  const auto [direct, direct_length] = on_link(destination);
  for (const route& each : routes_) {
    if (direct != nullptr && each.destination.length <= direct_length) break;
    if (!each.destination.contains(destination)) continue;
    if (network_interface* out = on_link(each.gateway).first) return next_hop{out, each.gateway};
  }
  if (direct == nullptr) return std::nullopt;
  return next_hop{direct, destination};
}

std::optional<ip_address> node::source_for(const ip_address& destination) const {
  if (destination.is_loopback() || owns(destination)) return destination;
  const auto hop = route_to(destination);
  if (!hop) return std::nullopt;
  const auto& addresses = hop->out->addresses;
  const auto nearest = std::find_if(addresses.begin(), addresses.end(),
                                    [&](const auto& each) { return each.contains(hop->address); });
  if (nearest != addresses.end()) return nearest->address;
  return std::nullopt;
}

std::vector<ip_address> node::addresses() const {
  std::vector<ip_address> all;
  for (const auto& interface : interfaces_) {
    if (!interface->up) continue;
    for (const ip_prefix& each : interface->addresses) all.push_back(each.address);
  }
  return all;
}

bool node::owns(const ip_address& address) const noexcept {
  for (const auto& interface : interfaces_) {
    for (const ip_prefix& each : interface->addresses) {
      if (each.address == address) return true;
    }
  }
  return false;
}

void node::set_power(bool on) {
  if (powered_ == on) return;
  powered_ = on;
  fabric_.owner().log().event(record_kind::link, id_, on ? "power on" : "power off");
}

network_interface* node::interface_on(const segment& where) const noexcept {
  for (const auto& interface : interfaces_) {
    if (interface->plugged_into == &where) return interface.get();
  }
  return nullptr;
}

std::vector<nat*> node::nats() const {
  std::vector<nat*> all;
  for (const guard& each : guards_) all.push_back(each.box.get());
  return all;
}

}  // namespace hobnob::sim
