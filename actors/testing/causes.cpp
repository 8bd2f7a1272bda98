#include "actors/testing/causes.hpp"

#include "transport/sim/fabric.hpp"
#include "transport/sim/faults.hpp"
#include "transport/sim/link.hpp"

#include <algorithm>
#include <variant>

namespace hobnob::testing {
namespace {

using time_point = causes::time_point;

constexpr auto usual_delay = std::chrono::milliseconds{200};
constexpr double usual_loss = 0.02;

bool overlap(const causes::span& one, const causes::span& other) {
  return one.from <= other.to && other.from <= one.to;
}

/// Whether `of` holds for an entry at some moment of `when`; an entry lasts until the next one.
template <class Entries, class Predicate>
bool some_of(const Entries& entries, causes::span when, Predicate&& of) {
  for (auto each = entries.begin(); each != entries.end(); ++each) {
    const auto next = std::next(each);
    const auto end = next == entries.end() ? time_point::max() : next->at;
    if (overlap({each->at, end}, when) && of(*each)) return true;
  }
  return entries.empty() || when.from < entries.front().at;
}

bool contains(const sim::names& all, const std::string& name) {
  return std::ranges::find(all, name) != all.end();
}

bool undoes(const sim::heal& healing, const sim::names& one_side, const sim::names& other_side) {
  if (healing.one_side.empty()) return true;
  return (healing.one_side == one_side && healing.other_side == other_side) ||
         (healing.one_side == other_side && healing.other_side == one_side);
}

/// Whether `later` ends what `earlier` did.
bool undoes(const sim::fault& later, const sim::fault& earlier) {
  if (const auto* healing = std::get_if<sim::heal>(&later)) {
    if (const auto* cut = std::get_if<sim::partition>(&earlier))
      return undoes(*healing, cut->one_side, cut->other_side);
    if (const auto* cut = std::get_if<sim::block>(&earlier))
      return undoes(*healing, cut->from, cut->to);
  }
  if (const auto* restored = std::get_if<sim::link_restore>(&later)) {
    const auto* change = std::get_if<sim::link_change>(&earlier);
    return change != nullptr && change->where == restored->where;
  }
  if (const auto* plugged = std::get_if<sim::cables>(&later)) {
    const auto* pulled = std::get_if<sim::cables>(&earlier);
    return plugged->plugged && pulled != nullptr && pulled->node == plugged->node;
  }
  if (const auto* on = std::get_if<sim::power>(&later)) {
    const auto* off = std::get_if<sim::power>(&earlier);
    return on->on && off != nullptr && off->node == on->node;
  }
  if (const auto* fast = std::get_if<sim::slow_reader>(&later)) {
    const auto* slow = std::get_if<sim::slow_reader>(&earlier);
    return slow != nullptr && slow->host == fast->host;
  }
  return false;
}

bool is_usual(const sim::link_change& change) {
  constexpr world::duration none{};
  return !change.bytes_per_second && !change.queue_bytes &&
         change.latency.value_or(none) + change.jitter.value_or(none) <= usual_delay &&
         change.loss.value_or(0) <= usual_loss;
}

/// What breaks something, and does not mend it.
bool breaks(const sim::fault& what) {
  if (const auto* change = std::get_if<sim::link_change>(&what)) return !is_usual(*change);
  if (const auto* cable = std::get_if<sim::cables>(&what)) return !cable->plugged;
  if (const auto* power = std::get_if<sim::power>(&what)) return !power->on;
  if (const auto* host = std::get_if<sim::slow_reader>(&what)) return host->bytes_per_second > 0;
  return !std::holds_alternative<sim::heal>(what) &&
         !std::holds_alternative<sim::link_restore>(what);
}

/// Where it happens, for one that is not between two sides.
const std::string* place_of(const sim::fault& what) {
  if (const auto* it = std::get_if<sim::link_change>(&what)) return &it->where;
  if (const auto* it = std::get_if<sim::stall>(&what)) return &it->where;
  if (const auto* it = std::get_if<sim::cables>(&what)) return &it->node;
  if (const auto* it = std::get_if<sim::power>(&what)) return &it->node;
  if (const auto* it = std::get_if<sim::nat_reboot>(&what)) return &it->router;
  if (const auto* it = std::get_if<sim::slow_reader>(&what)) return &it->host;
  return nullptr;
}

/// What waited for the rate of a link leaves at it, also when the link is as before.
world::duration drain_time(const sim::fault& what) {
  const auto* change = std::get_if<sim::link_change>(&what);
  if (change == nullptr || change->bytes_per_second.value_or(0) == 0) return {};
  const auto queued = change->queue_bytes.value_or(sim::link_options{}.queue_bytes);
  return std::chrono::ceil<world::duration>(std::chrono::duration<double>(
      static_cast<double>(queued) / static_cast<double>(*change->bytes_per_second)));
}

std::pair<sim::names, sim::names> sides_of(const sim::fault& what) {
  if (const auto* it = std::get_if<sim::partition>(&what)) return {it->one_side, it->other_side};
  if (const auto* it = std::get_if<sim::block>(&what)) return {it->from, it->to};
  if (const auto* it = std::get_if<sim::connection_reset>(&what)) return {{it->one}, {it->other}};
  return {};
}

}  // namespace

struct causes::trouble {
  sim::fault what;
  span when;
};

causes::causes(const world& w, world::duration after_effect)
    : world_(w), after_effect_(after_effect) {
  for (const auto& [at, what] : w.network_faults()) {
    if (what) {
      begin({*what, {at, at}});
    } else {
      end_all(at);
    }
  }
}

causes::~causes() = default;

void causes::begin(const trouble& news) {
  const auto& what = news.what;
  const auto at = news.when.from;
  for (auto& each : troubles_) {
    if (undoes(what, each.what)) each.when.to = std::min(each.when.to, at + drain_time(each.what));
  }
  const auto* change = std::get_if<sim::link_change>(&what);
  if (change != nullptr && is_usual(*change)) {
    constexpr world::duration none{};
    auto& longest = delays_[change->where];
    longest = std::max(longest, change->latency.value_or(none) + change->jitter.value_or(none));
  }
  if (!breaks(what)) return;
  auto end = time_point::max();
  if (const auto* stall = std::get_if<sim::stall>(&what)) end = at + stall->lasts;
  const bool moment = std::holds_alternative<sim::connection_reset>(what) ||
                      std::holds_alternative<sim::nat_reboot>(what);
  troubles_.push_back({what, {at, moment ? at : end}});
}

world::duration causes::slowest_round_trip() const {
  world::duration one_way{};
  for (const auto& [where, delay] : delays_) one_way += delay;
  return 2 * one_way;
}

causes::time_point causes::last_end() const {
  time_point result{};
  for (const auto& each : troubles_) {
    if (each.when.to != time_point::max()) result = std::max(result, each.when.to);
  }
  return result;
}

void causes::end_all(time_point at) {
  for (auto& each : troubles_) each.when.to = std::min(each.when.to, at + drain_time(each.what));
}

bool causes::was_down(const program& which, span when) {
  return some_of(which.history(), when,
                 [](const auto& moment) { return moment.then != program::state::running; });
}

bool causes::was_away(const sim_peer& which, span when) {
  return was_down(which, when) || some_of(which.book().sessions, when, [](const auto& told) {
           return told.event.state != session_state::online;
         });
}

std::optional<time_point> causes::down_since(const program& which) {
  std::optional<time_point> result;
  for (const auto& moment : which.history()) {
    if (moment.then == program::state::running) {
      result.reset();
    } else if (!result) {
      result = moment.at;
    }
  }
  return result;
}

bool causes::is_program(const std::string& host) const {
  const auto is_it = [&](const auto& each) { return each->host() == host; };
  return std::ranges::any_of(world_.peers(), is_it) || std::ranges::any_of(world_.relays(), is_it);
}

// Routers and segments are taken to lie on every way.
bool causes::concerns(const trouble& which, const std::string& one,
                      const std::string& other) const {
  const auto& what = which.what;
  if (const auto* where = place_of(what)) {
    return *where == one || *where == other || !is_program(*where);
  }
  const auto [left, right] = sides_of(what);
  // A reset ends all that one side has with the other's outer address, which a whole site shares.
  if (std::holds_alternative<sim::connection_reset>(what)) {
    const auto is_side = [&](const auto& name) {
      return contains(left, name) || contains(right, name);
    };
    return is_side(one) || is_side(other);
  }
  const auto is_router = [this](const auto& name) { return !is_program(name); };
  if (std::ranges::any_of(left, is_router) || std::ranges::any_of(right, is_router)) return true;
  return (contains(left, one) && contains(right, other)) ||
         (contains(left, other) && contains(right, one));
}

bool causes::was_broken(const std::string& one, const std::string& other, span when) const {
  return std::ranges::any_of(troubles_, [&](const trouble& each) {
    const auto end =
        each.when.to == time_point::max() ? each.when.to : each.when.to + after_effect_;
    return overlap({each.when.from, end}, when) && concerns(each, one, other);
  });
}

/// A power cut says nothing: others find out by silence, when it may have long been there again.
bool causes::was_out_of_power(const program& which, span when) const {
  const auto& history = which.history();
  for (auto each = history.begin(); each != history.end(); ++each) {
    const auto next = std::next(each);
    if (each->then == program::state::crashed && next != history.end() &&
        overlap({each->at, next->at + after_effect_}, when)) {
      return true;
    }
  }
  return false;
}

bool causes::lost_packets(const std::string& one, const std::string& other, span when) const {
  const auto& all = world_.network().lost_packets();
  auto each = std::ranges::lower_bound(all, when.from, {}, &sim::fabric::lost_packet::at);
  for (; each != all.end() && each->at <= when.to; ++each) {
    if (each->from->name() == one || each->from->name() == other) return true;
  }
  return false;
}

bool causes::was_narrow(const std::string& one, const std::string& other, span when) const {
  return std::ranges::any_of(troubles_, [&](const trouble& each) {
    const auto* change = std::get_if<sim::link_change>(&each.what);
    const bool narrow = change != nullptr ? change->bytes_per_second.has_value()
                                          : std::holds_alternative<sim::slow_reader>(each.what);
    return narrow && overlap(each.when, when) && concerns(each, one, other);
  });
}

bool causes::was_cut_off(const sim_peer& which, span when) const {
  return std::ranges::any_of(world_.relays(), [&](const auto& relay) {
    return was_down(*relay, when) || was_out_of_power(*relay, when) ||
           was_broken(which.host(), relay->host(), when);
  });
}

}  // namespace hobnob::testing
