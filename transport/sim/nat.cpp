#include "transport/sim/nat.hpp"

#include <algorithm>

namespace hobnob::sim {

nat::result nat::outbound(packet& what, time_point now) {
  if (what.kind == packet_kind::unreachable) return outbound_unreachable(what, now);
  const endpoint remote = what.to;
  const mapping_key key = key_of(what.from, remote);
  found through = find(key, now);
  const bool known = through != nullptr && live_session(through->second, remote, now) != nullptr;
  result verdict;
  if (!known && what.kind != packet_kind::syn) {
    if (what.kind == packet_kind::reset || what.kind == packet_kind::syn_ack) {
      return {verdict::drop, "nothing known of it"};
    }
    if (!options_.adopt_strays) return {verdict::reset, "nothing known of it"};
  }
  if (through == nullptr) {
    through = make(key, now);
    if (through == nullptr) return {verdict::drop, "no port left"};
    verdict.new_mapping = true;
  }
  what.from = through->second.outside;
  seen(through, remote, what, true, now);
  return verdict;
}

nat::result nat::inbound(packet& what, time_point now) {
  if (what.kind == packet_kind::unreachable) return inbound_unreachable(what, now);
  if (options_.translate && what.to.address != external_) return {verdict::drop, "not its address"};
  const endpoint remote = what.from;
  const bool forwarded = forwarded_.contains(what.to);
  // A stray packet makes no mapping; the host that it is for answers it.
  if (forwarded && what.kind != packet_kind::syn) {
    const endpoint inside = forwarded_.at(what.to);
    if (const found through = find(key_of(inside, remote), now)) {
      seen(through, remote, what, false, now);
    }
    what.to = inside;
    return {};
  }
  const found through = find_outside(what.to, remote, now);
  if (through == nullptr) return refuse(what, "no mapping");
  if (!forwarded && !admits(through->second, remote, now)) return refuse(what, "filtered");
  what.to = through->first.inside;
  seen(through, remote, what, false, now);
  return {};
}

nat::result nat::refuse(const packet& what, const char* why) const {
  if (what.kind == packet_kind::reset) return {verdict::drop, why};
  switch (options_.unsolicited) {
    case nat_refusal::drop:
      return {verdict::drop, why};
    case nat_refusal::reset:
      return {verdict::reset, why};
    case nat_refusal::port_unreachable:
      return {verdict::port_unreachable, why};
  }
  return {verdict::drop, why};
}

/// What a filter of this kind lets in: who was written to from inside, as far as it looks.
bool nat::admits(const mapping& through, const endpoint& remote, time_point now) const {
  switch (options_.filtering) {
    case nat_dependence::endpoint_independent:
      return true;
    case nat_dependence::address_dependent: {
      auto place = through.sessions.lower_bound({remote.address, 0});
      for (; place != through.sessions.end() && place->first.address == remote.address; ++place) {
        if (place->second.expires > now) return true;
      }
      return false;
    }
    case nat_dependence::address_and_port_dependent: {
      const auto place = through.sessions.find(remote);
      return place != through.sessions.end() && place->second.expires > now;
    }
  }
  return false;
}

nat::session* nat::live_session(mapping& through, const endpoint& remote, time_point now) {
  const auto place = through.sessions.find(remote);
  if (place == through.sessions.end()) return nullptr;
  if (place->second.expires > now) return &place->second;
  through.sessions.erase(place);
  return nullptr;
}

/// Follows the connection that `what` belongs to, and lets the mapping live as long as it.
void nat::seen(found through, const endpoint& remote, const packet& what, bool outward,
               time_point now) {
  mapping& table = through->second;
  session* known = live_session(table, remote, now);
  if (what.kind == packet_kind::reset) {
    table.sessions.erase(remote);
    return settle(through, now);
  }
  const bool opening = what.kind == packet_kind::syn || what.kind == packet_kind::syn_ack;
  if (known == nullptr) {
    if (!outward && !opening) return;
    known = &table.sessions[remote];
    if (!opening) known->opened_outbound = known->opened_inbound = true;  // Adopted half-way.
  }
  if (opening) (outward ? known->opened_outbound : known->opened_inbound) = true;
  if (what.kind == packet_kind::syn && known->fin_outbound && known->fin_inbound) {
    *known = {};  // The same pair once more.
    (outward ? known->opened_outbound : known->opened_inbound) = true;
  }
  if (what.fin) (outward ? known->fin_outbound : known->fin_inbound) = true;

  const bool established = known->opened_outbound && known->opened_inbound;
  duration lasts = options_.transitory_timeout;
  if (known->fin_outbound && known->fin_inbound) {
    lasts = options_.closed_timeout;
  } else if (established && !known->fin_outbound && !known->fin_inbound) {
    lasts = options_.established_timeout;
  }
  const bool shortened = now + lasts < known->expires;
  known->expires = now + lasts;
  if (shortened) return settle(through, now);
  table.expires = std::max(table.expires, known->expires);
}

/// A session became shorter: so may the mapping.
void nat::settle(found through, time_point now) {
  mapping& table = through->second;
  table.expires = now;
  for (const auto& [remote, each] : table.sessions) {
    table.expires = std::max(table.expires, each.expires);
  }
  if (table.expires <= now) forget(mapping_key{through->first});
}

nat::result nat::outbound_unreachable(packet& what, time_point now) {
  const found through = find(key_of(what.about.remote, what.about.local), now);
  if (through == nullptr || live_session(through->second, what.about.local, now) == nullptr) {
    return {verdict::drop, "about nothing known"};
  }
  what.about.remote = through->second.outside;
  if (options_.translate) what.from.address = external_;
  return {};
}

nat::result nat::inbound_unreachable(packet& what, time_point now) {
  const endpoint& outside = what.about.local;
  const auto rule = forwarded_.find(outside);
  found through = nullptr;
  if (rule != forwarded_.end()) {
    through = find(key_of(rule->second, what.about.remote), now);
  } else {
    through = find_outside(outside, what.about.remote, now);
  }
  if (through == nullptr || live_session(through->second, what.about.remote, now) == nullptr) {
    return {verdict::drop, "about nothing known"};
  }
  what.about.local = through->first.inside;
  what.to.address = through->first.inside.address;
  return {};
}

bool nat::is_hairpin(const packet& what) const {
  return options_.translate && what.to.address == external_;
}

}  // namespace hobnob::sim
