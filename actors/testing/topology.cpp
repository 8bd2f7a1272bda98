#include "actors/testing/topology.hpp"

#include "actors/testing/world.hpp"
#include "transport/sim/simulation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace hobnob::testing {
namespace {

/// Whatever is wrong in `make` is told with the line that it comes from.
template <class Make>
decltype(auto) of_line(std::size_t line, const Make& make) {
  try {
    return make();
  } catch (const std::invalid_argument& wrong) {
    if (line == 0) throw;
    throw std::invalid_argument{"line " + std::to_string(line) + ": " + wrong.what()};
  }
}

bool gives(const topology::event& event) {
  const auto* order = std::get_if<traffic>(&event.what);
  return order && order->what == traffic::kind::gives;
}

/// Lets events happen.
class conductor {
 public:
  explicit conductor(world& of) : world_(of) {}

  const auto& counts() const { return counts_; }

  void arrange(topology::duration delay, const topology::event& event) const {
    world_.simulation().after(delay, [self = *this, event] {
      std::visit([&self](const auto& what) { self.happen(what); }, event.what);
      if (event.every) self.arrange(*event.every, event);
    });
  }

 private:
  void happen(const traffic& order) const {
    auto& by = world_.peer(order.from);
    const bool can = by.running();
    if (can) order.carry_out(by);
    counts_->add(order, can);
  }

  template <class Fault>
  void happen(const Fault& fault) const {
    world_.apply(fault);
  }

  world& world_;
  std::shared_ptr<traffic_counts> counts_ = std::make_shared<traffic_counts>();
};

/// Makes what a topology names.
class builder {
 public:
  builder(const topology& plan, world& into) : plan_(plan), into_(into) {}

  void build() {
    places_.emplace("", &into_.internet());
    places_.emplace("internet", &into_.internet());
    for (const auto& each : plan_.sites) of_line(each.line, [&] { add_site(each); });
    // Relays first: peers are told of the first one.
    using enum topology::program::kind;
    for (const auto& each : plan_.programs) {
      if (each.what == relay) of_line(each.line, [&] { add_relay(each); });
    }
    for (const auto& each : plan_.programs) {
      if (each.what == peer) of_line(each.line, [&] { add_peer(each); });
    }
    for (const auto& each : plan_.events) {
      of_line(each.line, [&] { std::visit([&](const auto& what) { check(what); }, each.what); });
    }
  }

 private:
  place& place_of(const std::string& site) const {
    const auto found = places_.find(site);
    if (found != places_.end()) return *found->second;
    throw std::invalid_argument{"there is no site '" + site + "', or not yet"};
  }

  void add_site(const topology::site& what) {
    places_.emplace(what.name, &into_.add_site(what.name, what.nat, place_of(what.behind)));
  }

  void add_relay(const topology::program& what) {
    relay_options options;
    options.host = what.name;
    options.where = &place_of(what.site);
    into_.add_relay(std::move(options));
  }

  void add_peer(const topology::program& what) {
    peer_options options;
    options.user = what.user.empty() ? what.name : what.user;
    options.host = what.name;
    options.where = &place_of(what.site);
    for (const auto& site : what.also) options.also.push_back(&place_of(site));
    options.v6 = what.v6;
    if (!what.relay.empty()) options.relay = &relay_named(what.relay);
    if (what.direct) options.config.direct = *what.direct;
    if (what.circuits) options.config.circuits = *what.circuits;
    options.config.hidden = what.hidden;
    options.takes_files = std::ranges::any_of(plan_.events, gives);
    users_.insert(options.user);
    into_.add_peer(std::move(options));
  }

  sim_relay& relay_named(const std::string& name) const {
    for (const auto& relay : into_.relays()) {
      if (relay->host() == name) return *relay;
    }
    throw std::invalid_argument{"there is no relay '" + name + '\''};
  }

  void check(const traffic& order) const {
    into_.peer(order.from);
    if (!users_.contains(order.to) && order.to != topology::nobody)
      throw std::invalid_argument{"there is no user '" + order.to + '\''};
  }

  template <class Fault>
  void check(const Fault& fault) const {
    into_.check(fault);
  }

  const topology& plan_;
  world& into_;
  std::map<std::string, place*> places_;
  std::set<std::string> users_;
};

}  // namespace

world_options topology::options() const {
  world_options result;
  result.plain_handshake = plain_handshake;
  result.shuffle = shuffle;
  result.heartbeat = heartbeat;
  return result;
}

std::shared_ptr<const traffic_counts> topology::build(world& into) const {
  builder{*this, into}.build();
  const conductor events{into};
  for (const auto& each : this->events) events.arrange(each.at, each);
  return events.counts();
}

}  // namespace hobnob::testing
