#include "transport/sim/packet_mover.hpp"

#include <algorithm>

namespace hobnob::sim {

namespace {

constexpr unsigned hops_max = 32;
constexpr std::ptrdiff_t lost_kept = 1'000'000;
constexpr duration arp_patience =
    std::chrono::seconds{3};  // Linux: three requests, one second each.

/// A firewall concerns everything; a NAT the family of its address.
bool concerns(const nat& box, const packet& what) {
  return !box.options().translate || box.external().is_v4() == what.to.address.is_v4();
}

}  // namespace

packet_mover::packet_mover(fabric& owner)
    : fabric_(owner), simulation_(owner.owner()), random_(simulation_.random().fork("network")) {}

packet_mover::slot packet_mover::take_off(node& from, packet what) {
  slot which;
  if (free_.empty()) {
    which = static_cast<slot>(flights_.size());
    flights_.emplace_back();
  } else {
    which = free_.back();
    free_.pop_back();
  }
  flight& made = flights_[which];
  made.what = std::move(what);
  made.id = ++last_id_;
  made.hops = 0;
  made.own_answer = false;
  made.origin = &from;
  made.previous = &from;
  made.target = nullptr;
  made.held_by = nullptr;
  return which;
}

packet packet_mover::land(slot which) {
  flights_[which].held_by = nullptr;
  free_.push_back(which);
  return std::move(flights_[which].what);
}

void packet_mover::launch(node& from, packet what) {
  const slot which = take_off(from, std::move(what));
  ++counts_.sent;
  simulation_.log().packet_sent(from.id(), flights_[which].id, flights_[which].what);
  set_out(from, which);
}

void packet_mover::set_out(node& here, slot which) {
  if (!here.powered()) return drop(here.id(), which, "power off");
  const ip_address& destination = flights_[which].what.to.address;
  if (destination.is_loopback() || here.owns(destination)) {
    simulation_.network_at(simulation_.now(), [this, &here, which] { deliver(here, which); });
    return;
  }
  pass_on(here, which, nullptr);
}

/// Out by the way to its destination; `in` is where it came from, nullptr for one of `here`'s own.
void packet_mover::pass_on(node& here, slot which, network_interface* in) {
  flight& moving = flights_[which];
  const auto hop = here.route_to(moving.what.to.address);
  if (!hop) {
    const packet cause = moving.what;
    drop(here.id(), which, "no route");
    if (cause.kind == packet_kind::unreachable) return;
    const ip_address reporter = in != nullptr ? in->addresses.front().address : cause.from.address;
    return answer_later(here, in,
                        unreachable_answering(cause, reporter, unreachable_cause::network), {});
  }
  if (!moving.own_answer && !pass_outward(here, which, in, hop->out)) return;
  transmit(here, which, *hop);
}

void packet_mover::transmit(node& here, slot which, const node::next_hop& hop) {
  flight& moving = flights_[which];
  segment& medium = *hop.out->plugged_into;
  network_interface* const target = medium.find(hop.address);
  if (target == nullptr) return nobody_there(here, which, hop);
  if (fabric_.is_cut(here, *target->owner)) return drop(here.id(), which, "cut");

  moving.previous = &here;
  moving.source = hop.out;
  moving.target = target;
  moving.own_answer = false;
  ++moving.hops;
  over_cable(which, in_series(medium.options().link, hop.out->up_options));
}

void packet_mover::over_cable(slot which, const link_options& link) {
  flight& moving = flights_[which];
  link_direction& cable = moving.source->up_link;
  const auto passage = cable.enter(link, moving.what.size(), simulation_.now(), random_);
  if (passage.lost != nullptr) {
    return lose(moving.source->plugged_into->id(), which, passage.lost);
  }
  moving.held_by = passage.stalled ? &cable : nullptr;
  moving.event = simulation_.network_at(passage.arrives, [this, which] { reach(which); });
}

/// At the far end of the segment; the receiver's own link may lie before it.
void packet_mover::reach(slot which) {
  flight& moving = flights_[which];
  network_interface& target = *moving.target;
  moving.held_by = nullptr;
  if (target.down_link.transparent(target.down_options, simulation_.now())) return arrive(which);
  down_cable(which, target.down_options);
}

void packet_mover::down_cable(slot which, const link_options& link) {
  flight& moving = flights_[which];
  network_interface& target = *moving.target;
  link_direction& cable = target.down_link;
  const auto passage = cable.enter(link, moving.what.size(), simulation_.now(), random_);
  if (passage.lost != nullptr) return lose(target.owner->id(), which, passage.lost);
  moving.held_by = passage.stalled ? &cable : nullptr;
  moving.event = simulation_.network_at(passage.arrives, [this, which] { arrive(which); });
}

void packet_mover::arrive(slot which) {
  flight& moving = flights_[which];
  moving.held_by = nullptr;
  network_interface* const in = moving.target;
  node& here = *in->owner;
  if (!here.powered()) return drop(here.id(), which, "power off");
  if (!in->up) return drop(here.id(), which, "interface down");
  if (fabric_.is_cut(*moving.previous, here)) return drop(here.id(), which, "cut");
  if (moving.hops > hops_max) return drop(here.id(), which, "too many hops");
  enter(here, which, in);
}

void packet_mover::enter(node& here, slot which, network_interface* in) {
  if (!pass_inward(here, which, in)) return;
  const ip_address& destination = flights_[which].what.to.address;
  if (here.owns(destination)) return turn_round(here, which, in);
  if (!here.forwarding_) return drop(here.id(), which, "not its address");
  pass_on(here, which, in);
}

/// A packet for one of the node's own addresses: for itself, or from inside for an inside host.
void packet_mover::turn_round(node& here, slot which, network_interface* in) {
  packet& what = flights_[which].what;
  for (const node::guard& guard : here.guards_) {
    if (guard.outside == in || !guard.box->is_hairpin(what)) continue;
    if (!guard.box->options().hairpin) {
      if (here.sink() != nullptr) break;
      return drop(here.id(), which, "no hairpin");
    }
    const endpoint inside = what.from;
    const time_point now = simulation_.now();
    for (const bool outward : {true, false}) {
      const auto verdict = outward ? guard.box->outbound(what, now) : guard.box->inbound(what, now);
      if (verdict.new_mapping) log_mapping(here, *guard.box, inside, what);
      if (verdict.what == nat::verdict::pass) continue;
      what.from = inside;  // An answer must find the way back.
      return refuse(here, which, verdict);
    }
    return pass_on(here, which, guard.outside);
  }
  deliver(here, which);
}

void packet_mover::deliver(node& here, slot which) {
  const flight& moving = flights_[which];
  if (!here.powered()) return drop(here.id(), which, "power off");
  if (fabric_.is_cut(*moving.origin, here)) return drop(here.id(), which, "cut");
  if (here.sink() == nullptr) return drop(here.id(), which, "nobody home");
  ++counts_.delivered;
  counts_.bytes += moving.what.size();
  simulation_.log().packet_delivered(moving.origin->id(), here.id(), moving.id, moving.what);
  here.sink()->receive(land(which));
}

void packet_mover::nobody_there(node& here, slot which, const node::next_hop& hop) {
  const packet cause = flights_[which].what;
  drop(hop.out->plugged_into->id(), which, "no such address");
  const segment_options& options = hop.out->plugged_into->options();
  if (cause.kind == packet_kind::unreachable || options.unknown == unknown_address::silence) return;

  const ip_address reporter = hop.out->addresses.front().address;
  if (options.unknown == unknown_address::unreachable) {
    answer_later(here, hop.out, unreachable_answering(cause, reporter, unreachable_cause::network),
                 2 * (options.link.latency + hop.out->up_options.latency));
  } else {
    answer_later(here, hop.out, unreachable_answering(cause, reporter, unreachable_cause::host),
                 arp_patience);
  }
}

void packet_mover::end_stalls() {
  for (const auto& each : fabric_.nodes()) {
    for (const auto& interface : each->interfaces()) {
      interface->up_link.end_stall(simulation_.now());
      interface->down_link.end_stall(simulation_.now());
    }
  }
  std::vector<slot> held;
  for (slot which = 0; which < flights_.size(); ++which) {
    const flight& each = flights_[which];
    if (each.held_by != nullptr && each.source->plugged_into != nullptr) held.push_back(which);
  }
  std::ranges::sort(held, {}, [this](slot which) { return flights_[which].id; });
  for (const slot which : held) {
    flight& moving = flights_[which];
    simulation_.cancel(moving.event);
    const bool upward = moving.held_by == &moving.source->up_link;
    auto link =
        upward ? in_series(moving.source->plugged_into->options().link, moving.source->up_options)
               : moving.target->down_options;
    link.loss = 0;  // That was drawn when it came.
    upward ? over_cable(which, link) : down_cable(which, link);
  }
}

/// The guards of the interface that it came in by, the outermost first. False: it is gone.
bool packet_mover::pass_inward(node& here, slot which, network_interface* in) {
  packet& what = flights_[which].what;
  for (auto guard = here.guards_.rbegin(); guard != here.guards_.rend(); ++guard) {
    if (guard->outside != in || !concerns(*guard->box, what)) continue;
    const auto verdict = guard->box->inbound(what, simulation_.now());
    if (verdict.what == nat::verdict::pass) continue;
    refuse(here, which, verdict);
    return false;
  }
  return true;
}

bool packet_mover::pass_outward(node& here, slot which, network_interface* in,
                                network_interface* out) {
  if (in == out) return true;
  packet& what = flights_[which].what;
  for (const node::guard& guard : here.guards_) {
    if (guard.outside != out || !concerns(*guard.box, what)) continue;
    const endpoint inside = what.from;
    const auto verdict = guard.box->outbound(what, simulation_.now());
    if (verdict.new_mapping) log_mapping(here, *guard.box, inside, what);
    if (verdict.what == nat::verdict::pass) continue;
    refuse(here, which, verdict);
    return false;
  }
  return true;
}

void packet_mover::refuse(node& here, slot which, const nat::result& verdict) {
  const packet cause = flights_[which].what;
  drop(here.id(), which, verdict.why);
  if (verdict.what == nat::verdict::reset) {
    answer(here, reset_answering(cause));
  } else if (verdict.what == nat::verdict::port_unreachable) {
    answer(here, unreachable_answering(cause, cause.to.address, unreachable_cause::port));
  }
}

/// A router's answer goes out past its own guards, in the name of whoever was meant.
void packet_mover::answer(node& here, packet answer) {
  const slot which = take_off(here, std::move(answer));
  flights_[which].own_answer = true;
  ++counts_.sent;
  simulation_.log().packet_sent(here.id(), flights_[which].id, flights_[which].what);
  set_out(here, which);
}

/// As if the answer came in by `through`: where that is a NAT's outer side, it finds its way back
/// through the mapping that the lost packet had made.
void packet_mover::answer_later(node& here, network_interface* through, packet answer,
                                duration delay) {
  const slot which = take_off(here, std::move(answer));
  simulation_.network_at(simulation_.now() + delay, [this, &here, which, through] {
    if (!here.powered()) return drop(here.id(), which, "power off");
    ++counts_.sent;
    simulation_.log().packet_sent(here.id(), flights_[which].id, flights_[which].what);
    if (through == nullptr) return deliver(here, which);
    enter(here, which, through);
  });
}

void packet_mover::lose(host_id where, slot which, std::string_view why) {
  if (lost_.size() >= 2 * lost_kept) lost_.erase(lost_.begin(), lost_.begin() + lost_kept);
  lost_.push_back({simulation_.now(), flights_[which].origin});
  drop(where, which, why);
}

void packet_mover::drop(host_id where, slot which, std::string_view why) {
  const flight& moving = flights_[which];
  ++counts_.dropped;
  simulation_.log().packet_dropped(moving.origin->id(), where, moving.id, moving.what, why);
  land(which);
}

void packet_mover::log_mapping(const node& here, const nat& box, const endpoint& inside,
                               const packet& now) {
  const std::string text =
      box.options().translate
          ? to_string(inside) + " is " + to_string(now.from) + " for " + to_string(now.to)
          : to_string(inside) + " reaches " + to_string(now.to);
  simulation_.log().event(record_kind::nat, here.id(), text);
}

}  // namespace hobnob::sim
