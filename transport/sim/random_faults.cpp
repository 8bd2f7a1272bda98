#include "transport/sim/random_faults.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace hobnob::sim {

namespace {

struct targets {
  names hosts, routers, nats, segments;

  targets(const fabric& from, const names& spared) {
    for (const auto& each : from.nodes()) {
      if (std::find(spared.begin(), spared.end(), each->name()) != spared.end()) continue;
      (each->forwards() ? routers : hosts).push_back(each->name());
      if (!each->nats().empty()) nats.push_back(each->name());
    }
    for (const auto& each : from.segments()) segments.push_back(each->name());
  }
};

/// In whole milliseconds, as people write it.
duration draw_span(random_source& random, duration low, duration high) {
  return std::chrono::floor<std::chrono::milliseconds>(random.between(low, high));
}

/// A fault and what undoes it, if it does not end by itself.
struct drawn_fault {
  fault what;
  std::optional<fault> undo;
};

class fault_drawer {
 public:
  fault_drawer(random_source& random, const fault_mix& mix, targets places)
      : random_(random), mix_(mix), places_(std::move(places)) {
    const bool two_hosts = places_.hosts.size() >= 2;
    add(two_hosts, mix.partitions, &fault_drawer::draw_partition);
    add(two_hosts, mix.blocks, &fault_drawer::draw_block);
    add(!places_.segments.empty(), mix.link_changes, &fault_drawer::draw_link_change);
    add(!places_.segments.empty(), mix.stalls, &fault_drawer::draw_stall);
    add(!places_.hosts.empty(), mix.unplugs, &fault_drawer::draw_unplug);
    add(!places_.routers.empty(), mix.power_cuts, &fault_drawer::draw_power_cut);
    add(two_hosts, mix.resets, &fault_drawer::draw_reset);
    add(!places_.nats.empty(), mix.nat_reboots, &fault_drawer::draw_nat_reboot);
    add(!places_.segments.empty(), mix.bottlenecks, &fault_drawer::draw_bottleneck);
    add(!places_.hosts.empty(), mix.slow_readers, &fault_drawer::draw_slow_reader);
  }

  bool empty() const { return total_ == 0; }

  drawn_fault draw() {
    std::uint64_t number = random_.below(total_);
    auto kind = kinds_.begin();
    while (number >= kind->weight) {
      number -= kind->weight;
      ++kind;
    }
    return (this->*kind->draw)();
  }

 private:
  using drawing = drawn_fault (fault_drawer::*)();

  struct kind {
    unsigned weight;
    drawing draw;
  };

  void add(bool possible, unsigned weight, drawing draw) {
    if (!possible || weight == 0) return;
    kinds_.push_back({weight, draw});
    total_ += weight;
  }

  const std::string& one_of(const names& from) { return from[random_.below(from.size())]; }

  std::pair<std::string, std::string> two_hosts() {
    const std::size_t first = random_.below(places_.hosts.size());
    std::size_t second = random_.below(places_.hosts.size() - 1);
    if (second >= first) ++second;
    return {places_.hosts[first], places_.hosts[second]};
  }

  /// A segment, or one host's cable.
  const std::string& link() {
    return places_.hosts.empty() || random_.chance(0.5) ? one_of(places_.segments)
                                                        : one_of(places_.hosts);
  }

  drawn_fault draw_partition() {
    auto [first, second] = two_hosts();  // Neither side is empty.
    partition split{{first}, {second}};
    for (const std::string& host : places_.hosts) {
      const bool left = random_.chance(0.5);
      if (host != first && host != second)
        (left ? split.one_side : split.other_side).push_back(host);
    }
    heal undo{split.one_side, split.other_side};
    return {std::move(split), std::move(undo)};
  }

  drawn_fault draw_block() {
    auto [from, to] = two_hosts();
    return {block{{from}, {to}}, heal{{from}, {to}}};
  }

  drawn_fault draw_link_change() {
    link_change change;
    change.where = link();
    if (random_.chance(0.5)) {
      change.latency = draw_span(random_, {}, mix_.latency_max);
      change.jitter = draw_span(random_, {}, mix_.latency_max / 2);
    } else {
      change.loss = std::round(mix_.loss_max * random_.unit() * 1000) / 1000;
    }
    link_restore undo{change.where};
    return {std::move(change), std::move(undo)};
  }

  drawn_fault draw_stall() {
    return {stall{link(), draw_span(random_, {}, mix_.lasts_max)}, std::nullopt};
  }

  drawn_fault draw_unplug() {
    const std::string& host = one_of(places_.hosts);
    return {cables{host, false}, cables{host, true}};
  }

  drawn_fault draw_power_cut() {
    const std::string& router = one_of(places_.routers);
    return {power{router, false}, power{router, true}};
  }

  drawn_fault draw_reset() {
    auto [one, other] = two_hosts();
    return {connection_reset{std::move(one), std::move(other)}, std::nullopt};
  }

  std::uint64_t rate() { return mix_.rate_min << random_.below(8); }

  drawn_fault draw_bottleneck() {
    link_change change;
    change.where = link();
    change.bytes_per_second = rate();
    change.queue_bytes = (32 * 1024u) << random_.below(4);
    link_restore undo{change.where};
    return {std::move(change), std::move(undo)};
  }

  drawn_fault draw_slow_reader() {
    const std::string& host = one_of(places_.hosts);
    return {slow_reader{host, rate()}, slow_reader{host}};
  }

  drawn_fault draw_nat_reboot() { return {nat_reboot{one_of(places_.nats)}, std::nullopt}; }

  random_source& random_;
  const fault_mix& mix_;
  targets places_;
  std::vector<kind> kinds_;
  std::uint64_t total_ = 0;
};

}  // namespace

fault_mix draw_fault_mix(random_source& random) {
  fault_mix mix;
  const std::array kinds{&fault_mix::partitions,  &fault_mix::blocks,      &fault_mix::link_changes,
                         &fault_mix::stalls,      &fault_mix::unplugs,     &fault_mix::power_cuts,
                         &fault_mix::resets,      &fault_mix::nat_reboots, &fault_mix::bottlenecks,
                         &fault_mix::slow_readers};
  const std::size_t kept = random.below(kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto weight = static_cast<unsigned>(1 + random.below(4));
    mix.*kinds[i] = random.chance(0.5) || i == kept ? weight : 0;
  }
  mix.mean_gap = random.between(std::chrono::seconds{1}, std::chrono::seconds{20});
  mix.lasts_max = random.between(std::chrono::seconds{1}, std::chrono::seconds{60});
  return mix;
}

std::vector<timed_fault> draw_faults(random_source& random, const fabric& target,
                                     const fault_mix& mix, duration length, const names& spared) {
  fault_drawer drawer{random, mix, targets{target, spared}};
  std::vector<timed_fault> all;
  if (drawer.empty()) return all;
  duration at = draw_span(random, {}, 2 * mix.mean_gap);
  while (at < length) {
    auto [what, undo] = drawer.draw();
    const duration lasts = draw_span(random, {}, mix.lasts_max);
    all.push_back({at, std::move(what)});
    if (undo) all.push_back({std::min(at + lasts, length), std::move(*undo)});
    at += draw_span(random, std::chrono::milliseconds{1}, 2 * mix.mean_gap);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const timed_fault& a, const timed_fault& b) { return a.at < b.at; });
  return all;
}

}  // namespace hobnob::sim
