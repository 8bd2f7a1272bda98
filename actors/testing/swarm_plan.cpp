#include "actors/testing/swarm_plan.hpp"

#include "actors/testing/place.hpp"
#include "transport/sim/duration_text.hpp"
#include "transport/sim/fabric.hpp"
#include "transport/sim/random_faults.hpp"
#include "transport/sim/simulation.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hobnob::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::array names{"ann", "bob", "cara", "dave", "eve", "finn", "gus", "hal"};
constexpr std::array dependences{"endpoint_independent", "address_dependent",
                                 "address_and_port_dependent"};
constexpr std::array port_choices{"preserving", "sequential", "random"};
constexpr std::array refusals{"drop", "reset", "port_unreachable"};
constexpr std::array channels{"notes", "files", "board"};
constexpr std::array burst_sizes{"10", "1000", "20000"};
constexpr std::array directs{"accept_only", "dial_only", "off"};

/// Draws one schedule.
class plan_drawer {
 public:
  plan_drawer(std::uint64_t seed, const swarm_options& options)
      : seed_(seed), options_(options), random_(sim::random_source{seed}.fork("swarm")) {}

  schedule draw() {
    length_ = span(options_.length_min, options_.length_max);
    draw_settings();
    draw_places();
    draw_peers();
    draw_base_link();
    draw_traffic();
    draw_bursts();
    draw_program_faults();
    draw_network_faults();
    draw_disk_faults();
    draw_rarities();
    draw_hidden();
    draw_long_cut();
    draw_firewall();
    std::ranges::stable_sort(events_, {}, &event::at);
    for (const auto& each : events_) add("at " + sim::to_text(each.at) + ' ' + each.line);
    add("run " + sim::to_text(length_));
    return std::move(lines_);
  }

 private:
  struct event {
    milliseconds at;
    std::string line;
  };

  void add(std::string line) { lines_.push_back(std::move(line)); }
  void happens(milliseconds at, std::string line) { events_.push_back({at, std::move(line)}); }

  /// Whole milliseconds: for readers.
  milliseconds span(milliseconds low, milliseconds high) {
    if (high <= low) return low;
    return low + milliseconds{random_.below(static_cast<std::uint64_t>((high - low).count()) + 1)};
  }
  milliseconds some_time() { return span({}, length_); }

  template <class List>
  std::string one_of(const List& list) {
    return std::string{list[random_.below(std::size(list))]};
  }

  void draw_settings() {
    constexpr std::array heartbeats{500, 1'000, 2'000, 5'000};
    add("seed " + std::to_string(seed_));
    if (!options_.tls) add("handshake plain");
    if (random_.chance(0.6)) add("shuffle yes");
    heartbeat_ = milliseconds{heartbeats[random_.below(heartbeats.size())]};
    add("heartbeat " + sim::to_text(heartbeat_));
  }

  void draw_places() {
    const auto count = random_.below(options_.sites_max + 1);
    for (std::size_t i = 0; i < count; ++i) {
      sites_.push_back("site" + std::to_string(i + 1));
      // A draw each: the operands of one expression have no order.
      auto line = "site " + sites_.back();
      line += " mapping=" + one_of(dependences);
      line += " filtering=" + one_of(dependences);
      line += " ports=" + one_of(port_choices);
      line += " unsolicited=" + one_of(refusals);
      if (random_.chance(0.3)) line += " hairpin=yes";
      if (random_.chance(0.1)) line += " timeout=20s";
      add(std::move(line));
    }
    add("relay relay");
  }

  void draw_peers() {
    const auto most = std::min(options_.peers_max, names.size());
    const auto least = std::min(options_.peers_min, most);
    const auto more = random_.below(most - least + 1);
    const auto count = least + std::min(more, random_.below(most - least + 1));  // Rather fewer.
    for (std::size_t i = 0; i < count; ++i) {
      peers_.emplace_back(names[i]);
      users_.emplace_back(names[i]);
      auto line = "peer " + peers_.back() + where();
      if (random_.chance(0.2)) line += " direct=" + one_of(directs);
      add(std::move(line));
    }
    if (random_.chance(0.15)) {
      peers_.emplace_back("twin");
      auto line = "peer twin" + where();
      line += " user=" + one_of(users_);
      add(std::move(line));
    }
  }

  std::string where() {
    const auto number = random_.below(sites_.size() + 1);
    return number == sites_.size() ? std::string{} : " at " + sites_[number];
  }

  void draw_base_link() {
    if (random_.chance(0.2)) return;
    auto line = "change internet latency=" + sim::to_text(span({}, milliseconds{100}));
    if (random_.chance(0.5)) line += " jitter=" + sim::to_text(span({}, milliseconds{30}));
    if (random_.chance(0.3)) line += " loss=0.01";
    happens({}, std::move(line));
  }

  void draw_traffic() {
    const auto count = random_.below(options_.messages_max + 1);
    for (std::size_t i = 1; i <= count; ++i) {
      const auto from = random_.below(peers_.size());
      auto to = one_of(users_);
      if (random_.chance(0.02)) to = "nobody";
      auto line = peers_[from];
      if (random_.chance(0.6)) {
        line += " says " + to;
      } else {
        line += " sends " + to + ' ' + one_of(channels);
      }
      line += " m" + std::to_string(i);
      // Some are big enough to be on their way for a while.
      if (random_.chance(0.1)) line += ' ' + std::string(1 + random_.below(100), 'x');
      happens(some_time(), std::move(line));
    }
  }

  /// Half of them while links come up, so that messages change their path on the way.
  void draw_bursts() {
    if (random_.chance(0.6)) return;
    for (auto count = 1 + random_.below(3); count > 0; --count) {
      auto line = one_of(peers_) + " pours " + one_of(users_);
      line += ' ' + one_of(channels);
      line += ' ' + std::to_string(1 + random_.below(options_.burst_max));
      line += ' ' + one_of(burst_sizes);
      happens(random_.chance(0.5) ? some_time() : span({}, std::min(length_, milliseconds{3'000})),
              std::move(line));
    }
  }

  /// Each kind is in the mix of every other schedule.
  void draw_program_faults() {
    struct kind {
      std::string_view does, undoes;
    };
    constexpr std::array kinds{kind{"stop", "start"}, kind{"kill", "start"}, kind{"crash", "start"},
                               kind{"pause", "resume"}, kind{"jump", ""}};
    std::vector<kind> mix;
    for (const auto& each : kinds) {
      if (random_.chance(0.5)) mix.push_back(each);
    }
    if (random_.chance(0.05)) happens(some_time(), "stop relay");  // For good, mostly.
    const auto mean_gap = span(milliseconds{1'000}, milliseconds{15'000});
    const auto lasts_max = span(milliseconds{1}, milliseconds{15'000});
    if (mix.empty()) return;
    for (auto at = span({}, 2 * mean_gap); at < length_;
         at += span(milliseconds{1}, 2 * mean_gap)) {
      const auto [does, undoes] = mix[random_.below(mix.size())];
      const auto whom = random_.chance(0.2) ? std::string{"relay"} : one_of(peers_);
      auto line = std::string{does} + ' ' + whom;
      if (undoes.empty()) line += random_.chance(0.5) ? " 3600s" : " -3600s";
      happens(at, std::move(line));
      const auto back = at + span({}, lasts_max);
      // What is stopped in good order may also stay away.
      if (undoes.empty() || (does == "stop" && whom != "relay" && random_.chance(0.3))) continue;
      happens(std::min(back, length_), std::string{undoes} + ' ' + whom);
    }
  }

  /// On a network that has the same nodes and nothing on them.
  void draw_network_faults() {
    if (random_.chance(0.2)) return;
    sim::simulation nothing{seed_};
    sim::fabric net{nothing};
    place_table places{net};
    for (const auto& site : sites_) places.add_site(site, {}, places.internet());
    places.add_host("relay", {&places.internet()});
    for (const auto& peer : peers_) places.add_host(peer, {&places.internet()});
    auto mix = sim::draw_fault_mix(random_);
    mix.lasts_max = std::min<duration>(mix.lasts_max, length_ / 2);
    for (const auto& each : sim::draw_faults(random_, net, mix, length_)) {
      happens(std::chrono::duration_cast<milliseconds>(each.at), to_string(each.what));
    }
  }

  /// Last, and from a generator of their own: the rest of a schedule does not depend on them.
  void draw_disk_faults() {
    random_ = sim::random_source{seed_}.fork("disks");
    if (random_.chance(0.6)) return;
    for (auto count = 1 + random_.below(3); count > 0; --count) {
      const auto whom = random_.chance(0.5) ? std::string{"relay"} : one_of(peers_);
      const auto at = random_.chance(0.5) ? milliseconds{0} : some_time();  // Or at first logins.
      const auto back = std::min(at + span({}, milliseconds{15'000}), length_);
      if (random_.chance(0.4)) {
        happens(at, "disk_full " + whom);
        happens(back, "disk_free " + whom);
      } else {
        happens(at, "crash_at_write " + whom + ' ' + std::to_string(1 + random_.below(30)));
        happens(back, "start " + whom);
      }
    }
  }

  // What not every world has. After all else and from a generator of its own, as the disks.

  void draw_rarities() {
    random_ = sim::random_source{seed_}.fork("rarities");
    if (random_.chance(0.4)) return;
    if (sites_.size() > 1 && random_.chance(0.4)) put_behind(sites_[1], sites_[0]);
    const bool floods = random_.chance(0.06);  // Costs as much as ten others.
    if (!floods && random_.chance(0.15)) draw_second_relay();
    if (random_.chance(0.4)) draw_v6();
    if (random_.chance(0.25)) draw_further_interface();
    if (random_.chance(0.4)) draw_circuits();
    if (random_.chance(0.4)) draw_cuts();
    if (random_.chance(0.25)) draw_gifts();
    if (floods) draw_flood();
  }

  std::string& line_of(std::string_view kind, std::string_view name) {
    const auto begin = std::string{kind} + ' ' + std::string{name};
    return *std::ranges::find_if(
        lines_, [&](const auto& line) { return line == begin || line.starts_with(begin + ' '); });
  }

  void put_behind(const std::string& site, const std::string& outer) {
    auto& line = line_of("site", site);
    line.insert(std::string_view{"site "}.size() + site.size(), " behind " + outer);
  }

  void draw_second_relay() {
    const auto& first = line_of("relay", "relay");
    lines_.insert(lines_.begin() + (&first - lines_.data()) + 1, "relay other");
    for (const auto& peer : peers_) {
      if (random_.chance(0.4)) line_of("peer", peer) += " relay=other";
    }
    if (random_.chance(0.7)) return;
    const auto at = some_time();
    happens(at, "crash other");
    happens(std::min(at + span({}, milliseconds{15'000}), length_), "start other");
  }

  void draw_v6() {
    for (const auto& peer : peers_) {
      if (random_.chance(0.7)) line_of("peer", peer) += " v6=yes";
    }
  }

  void draw_further_interface() {
    auto& line = line_of("peer", one_of(peers_));
    const auto number = random_.below(sites_.size() + 1);
    const auto further = number == sites_.size() ? std::string{"internet"} : sites_[number];
    const bool there = line.find(" at " + further) != line.npos ||
                       (further == "internet" && line.find(" at ") == line.npos);
    if (!there) line += " also=" + further;
  }

  void draw_circuits() {
    for (const auto& peer : peers_) {
      if (random_.chance(0.7)) line_of("peer", peer) += " circuits=always";
    }
  }

  /// Between two peers, with messages under way when it begins and while nobody has noticed.
  void draw_cuts() {
    for (auto count = 1 + random_.below(2); count > 0; --count) {
      const auto one = one_of(users_), other = one_of(users_);
      if (one == other) continue;
      const auto at = span({}, length_ / 2);
      const auto lasts = span(milliseconds{1'000}, milliseconds{25'000});
      happens(at, "partition " + one + " from " + other);
      happens(std::min(at + lasts, length_), "heal " + one + " from " + other);
      for (auto messages = 1 + random_.below(6); messages > 0; --messages) {
        const bool there = random_.chance(0.5);
        auto line = there ? one + " pours " + other : other + " pours " + one;
        line += ' ' + one_of(channels);
        line += ' ' + std::to_string(1 + random_.below(5)) + " 100";
        const auto before = random_.chance(0.5);
        happens(before ? std::max(at - span({}, milliseconds{100}), milliseconds{})
                       : std::min(at + span({}, lasts), length_),
                std::move(line));
      }
    }
  }

  /// More than the relay keeps for one who reads slowly: some is refused, and what comes after it
  /// is held back for it.
  void draw_flood() {
    const auto from = one_of(users_);
    auto to = one_of(users_);
    while (to == from) to = one_of(users_);
    happens({}, "partition " + from + " from " + to);
    happens({}, "change " + to + " rate=150000");
    auto at = span(std::min(length_ / 4, milliseconds{3'000}), length_ / 2);
    for (int i = 0; i < 3; ++i, at += span(milliseconds{1'000}, milliseconds{3'000}))
      happens(std::min(at, length_), from + " pours " + to + " board 45 60000");
    happens(length_, "restore " + to);
  }

  void draw_gifts() {
    constexpr std::array sizes{"0", "1000", "60000", "300000"};
    for (auto count = 1 + random_.below(3); count > 0; --count) {
      auto line = one_of(peers_) + " gives " + one_of(users_);
      line += " file" + std::to_string(count) + ' ' + one_of(sizes);
      happens(some_time(), std::move(line));
    }
  }

  /// Not shown in the directory, and told nothing by it.
  void draw_hidden() {
    random_ = sim::random_source{seed_}.fork("hidden");
    if (random_.chance(0.8)) return;
    for (const auto& peer : peers_) {
      if (random_.chance(0.4)) line_of("peer", peer) += " hidden=yes";
    }
  }

  /// So long that the link is given up, and what is written then could only wait for its end if
  /// nobody thought of the relay.
  void draw_long_cut() {
    random_ = sim::random_source{seed_}.fork("long cut");
    if (users_.size() < 2 || heartbeat_ > milliseconds{2'000} || random_.chance(0.8)) return;
    const auto one = one_of(users_);
    auto other = one_of(users_);
    while (other == one) other = one_of(users_);
    const auto at = span(milliseconds{3'000}, std::max(length_ / 2, milliseconds{4'000}));
    const auto healed = at + 12 * heartbeat_ + milliseconds{12'000};
    happens(at, "partition " + one + " from " + other);
    happens(healed, "heal " + one + " from " + other);
    happens(at + 4 * heartbeat_ + span({}, milliseconds{1'000}),
            one + " pours " + other + ' ' + one_of(channels) + " 3 100");
    length_ = std::max(length_, healed);
  }

  /// A site with addresses of its own on the internet, whose router lets in what its filter does.
  void draw_firewall() {
    random_ = sim::random_source{seed_}.fork("firewall");
    if (sites_.empty() || random_.chance(0.85)) return;
    line_of("site", one_of(sites_)) += " translate=no";
  }

  std::uint64_t seed_;
  swarm_options options_;
  sim::random_source random_;
  milliseconds length_{}, heartbeat_{};
  std::vector<std::string> sites_, peers_, users_;
  std::vector<event> events_;
  schedule lines_;
};

}  // namespace

schedule draw_schedule(std::uint64_t seed, const swarm_options& options) {
  return plan_drawer{seed, options}.draw();
}

std::string joined(const schedule& lines) {
  std::string result;
  for (const auto& line : lines) result += line + '\n';
  return result;
}

schedule to_schedule(std::string_view text) {
  schedule result;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty()) result.emplace_back(line);
  }
  return result;
}

}  // namespace hobnob::testing
