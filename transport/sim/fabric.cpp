#include "transport/sim/fabric.hpp"

#include "transport/sim/packet_mover.hpp"

#include <algorithm>
#include <stdexcept>

namespace hobnob::sim {

fabric::fabric(simulation& owner)
    : simulation_(owner), mover_(std::make_unique<packet_mover>(*this)) {}

fabric::~fabric() = default;

void fabric::check_name(std::string_view name) const {
  if (name.empty() || find_node(name) != nullptr || find_segment(name) != nullptr) {
    throw std::invalid_argument("no name, or not the only one of its name: " + std::string{name});
  }
}

segment& fabric::add_segment(std::string name, segment_options options) {
  check_name(name);
  const host_id id = simulation_.log().host(name);
  segments_.push_back(std::unique_ptr<segment>(new segment(std::move(name), id, options)));
  segment& made = *segments_.back();
  segments_by_name_.emplace(made.name(), &made);
  return made;
}

node& fabric::make_node(std::string name) {
  check_name(name);
  const host_id id = simulation_.log().host(name);
  nodes_.push_back(std::unique_ptr<node>(new node(*this, std::move(name), id)));
  node& made = *nodes_.back();
  nodes_by_name_.emplace(made.name(), &made);
  return made;
}

node& fabric::add_host(std::string name) { return make_node(std::move(name)); }

node& fabric::add_router(std::string name) {
  node& made = make_node(std::move(name));
  made.set_forwarding(true);
  return made;
}

node& fabric::add_host(std::string name, segment& where, std::string_view prefix,
                       std::string_view gateway) {
  node& made = make_node(std::move(name));
  made.attach(where, prefix);
  if (gateway.empty()) return made;
  const auto address = ip_address::parse(gateway);
  if (!address) throw std::invalid_argument("not an address: " + std::string{gateway});
  made.set_gateway(*address);
  return made;
}

node* fabric::find_node(std::string_view name) const {
  const auto found = nodes_by_name_.find(name);
  return found == nodes_by_name_.end() ? nullptr : found->second;
}

segment* fabric::find_segment(std::string_view name) const {
  const auto found = segments_by_name_.find(name);
  return found == segments_by_name_.end() ? nullptr : found->second;
}

void fabric::send(node& from, packet what) { mover_->launch(from, std::move(what)); }

void fabric::cut(const node& from, const node& to) { cuts_.emplace(from.id(), to.id()); }

void fabric::mend(const node& from, const node& to) { cuts_.erase({from.id(), to.id()}); }

void fabric::mend_all() { cuts_.clear(); }

bool fabric::is_cut(const node& from, const node& to) const {
  return !cuts_.empty() && cuts_.contains({from.id(), to.id()});
}

void fabric::end_stalls() { mover_->end_stalls(); }

std::vector<ip_address> fabric::known_as(const node& host) const {
  std::vector<ip_address> all = host.addresses();
  std::vector<const node*> way{&host};
  for (std::size_t i = 0; i < way.size(); ++i) {
    for (const node::route& each : way[i]->routes_) {
      network_interface* const out = way[i]->on_link(each.gateway).first;
      network_interface* const in = out ? out->plugged_into->find(each.gateway) : nullptr;
      if (in == nullptr || std::find(way.begin(), way.end(), in->owner) != way.end()) continue;
      way.push_back(in->owner);
      for (const node::guard& guard : in->owner->guards_) {
        const bool translates = guard.outside != in && guard.box->options().translate;
        if (translates) all.push_back(guard.box->external());
      }
    }
  }
  return all;
}

const fabric::counts& fabric::counted() const noexcept { return mover_->counted(); }

const std::vector<fabric::lost_packet>& fabric::lost_packets() const noexcept {
  return mover_->lost_packets();
}

}  // namespace hobnob::sim
