#include "transport/sim/fault_injector.hpp"

#include <stdexcept>

namespace hobnob::sim {

namespace {

void change(link_options& link, const link_change& by) {
  link.latency = by.latency.value_or(link.latency);
  link.jitter = by.jitter.value_or(link.jitter);
  link.bytes_per_second = by.bytes_per_second.value_or(link.bytes_per_second);
  link.queue_bytes = by.queue_bytes.value_or(link.queue_bytes);
  link.loss = by.loss.value_or(link.loss);
}

}  // namespace

void fault_injector::apply(const fault& what) {
  check(what);
  fabric_.owner().log().event(record_kind::fault, host_id::none, to_string(what));
  std::visit([this](const auto& each) { inject(each); }, what);
  ++counts_[std::string{kind_of(what)}];
}

void fault_injector::apply(std::string_view line) {
  const auto what = parse_fault(line);
  if (!what) throw std::invalid_argument("no fault: " + std::string{line});
  apply(*what);
}

void fault_injector::schedule(std::span<const timed_fault> faults) {
  for (const timed_fault& each : faults) {
    fabric_.owner().after(each.at, [this, what = each.what] { apply(what); });
  }
}

void fault_injector::restore_everything() {
  fabric_.mend_all();
  fabric_.end_stalls();
  for (const auto& each : fabric_.segments()) inject(link_restore{each->name()});
  for (const auto& each : fabric_.nodes()) {
    inject(link_restore{each->name()});
    inject(cables{each->name(), true});
    each->set_power(true);
    inject(slow_reader{each->name()});
  }
  fabric_.owner().log().event(record_kind::fault, host_id::none, "restore_everything");
}

node& fault_injector::node_named(const std::string& name) const {
  node* const found = fabric_.find_node(name);
  if (found == nullptr) throw std::invalid_argument("no host or router is called " + name);
  return *found;
}

template <class F>
void fault_injector::for_each_pair(const names& from, const names& to, const F& function) const {
  for (const std::string& one : from) {
    for (const std::string& other : to) {
      if (one != other) function(node_named(one), node_named(other));
    }
  }
}

/// A segment, host or router.
void fault_injector::check_place(const std::string& name) const {
  if (fabric_.find_segment(name) == nullptr) node_named(name);
}

namespace {

/// Calls `check_node` with each host or router that a fault names, `check_place` with what may be
/// a segment as well.
template <class CheckNode, class CheckPlace>
struct names_of {
  void both(const names& one, const names& other) const {
    for (const names* side : {&one, &other}) {
      for (const std::string& name : *side) check_node(name);
    }
  }

  void operator()(const partition& f) const { both(f.one_side, f.other_side); }
  void operator()(const block& f) const { both(f.from, f.to); }
  void operator()(const heal& f) const { both(f.one_side, f.other_side); }
  void operator()(const link_change& f) const { check_place(f.where); }
  void operator()(const link_restore& f) const { check_place(f.where); }
  void operator()(const stall& f) const { check_place(f.where); }
  void operator()(const cables& f) const { check_node(f.node); }
  void operator()(const power& f) const { check_node(f.node); }
  void operator()(const connection_reset& f) const { both({f.one}, {f.other}); }
  void operator()(const nat_reboot& f) const { check_node(f.router); }
  void operator()(const slow_reader& f) const { check_node(f.host); }

  CheckNode check_node;
  CheckPlace check_place;
};

}  // namespace

void fault_injector::check(const fault& what) const {
  std::visit(names_of{[this](const std::string& name) { node_named(name); },
                      [this](const std::string& name) { check_place(name); }},
             what);
  if (const auto* reader = std::get_if<slow_reader>(&what)) {
    if (reader->bytes_per_second > 0 && node_named(reader->host).forwards())
      throw std::invalid_argument(reader->host + " is a router: nobody reads there");
  }
  if (const auto* reboot = std::get_if<nat_reboot>(&what)) {
    if (node_named(reboot->router).nats().empty())
      throw std::invalid_argument(reboot->router + " has no NAT");
  }
}

void fault_injector::inject(const partition& what) {
  for_each_pair(what.one_side, what.other_side, [&](const node& one, const node& other) {
    fabric_.cut(one, other);
    fabric_.cut(other, one);
  });
}

void fault_injector::inject(const block& what) {
  for_each_pair(what.from, what.to,
                [&](const node& from, const node& to) { fabric_.cut(from, to); });
}

void fault_injector::inject(const heal& what) {
  if (what.one_side.empty() && what.other_side.empty()) return fabric_.mend_all();
  for_each_pair(what.one_side, what.other_side, [&](const node& one, const node& other) {
    fabric_.mend(one, other);
    fabric_.mend(other, one);
  });
}

void fault_injector::inject(const link_change& what) {
  if (segment* const medium = fabric_.find_segment(what.where)) {
    link_options link = medium->options().link;
    segments_before_.emplace(medium, link);
    change(link, what);
    medium->set_link(link);
    return;
  }
  for (const auto& each : node_named(what.where).interfaces()) {
    cables_before_.emplace(each.get(), cable_options{each->up_options, each->down_options});
    change(each->up_options, what);
    change(each->down_options, what);
  }
}

void fault_injector::inject(const link_restore& what) {
  if (segment* const medium = fabric_.find_segment(what.where)) {
    const auto before = segments_before_.find(medium);
    if (before != segments_before_.end()) medium->set_link(before->second);
    return;
  }
  for (const auto& each : node_named(what.where).interfaces()) {
    const auto before = cables_before_.find(each.get());
    if (before == cables_before_.end()) continue;
    each->up_options = before->second.up;
    each->down_options = before->second.down;
  }
}

void fault_injector::inject(const stall& what) {
  const time_point until = fabric_.owner().now() + what.lasts;
  if (segment* const medium = fabric_.find_segment(what.where)) {
    for (const auto& [address, interface] : medium->attached()) interface->up_link.stall(until);
    return;
  }
  for (const auto& each : node_named(what.where).interfaces()) {
    each->up_link.stall(until);
    each->down_link.stall(until);
  }
}

void fault_injector::inject(const cables& what) {
  for (const auto& each : node_named(what.node).interfaces()) each->up = what.plugged;
}

void fault_injector::inject(const power& what) {
  node& target = node_named(what.node);
  target.set_power(what.on);
  if (what.on) return;
  for (nat* const box : target.nats()) box->reboot();
}

void fault_injector::inject(const connection_reset& what) {
  node& one = node_named(what.one);
  node& other = node_named(what.other);
  const auto one_known = fabric_.known_as(one);
  const auto other_known = fabric_.known_as(other);
  if (one.sink() != nullptr) one.sink()->reset_connections(other_known);
  if (other.sink() != nullptr) other.sink()->reset_connections(one_known);
}

void fault_injector::inject(const nat_reboot& what) {
  for (nat* const box : node_named(what.router).nats()) box->reboot();
}

void fault_injector::inject(const slow_reader& what) {
  const node& target = node_named(what.host);
  if (target.sink() != nullptr) target.sink()->limit_reading(what.bytes_per_second);
}

}  // namespace hobnob::sim
