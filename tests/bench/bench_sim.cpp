// How much simulated life a minute of CPU buys: teams of 5 and of 50 with light chat (each peer
// writes to another one a minute), and 1,000 peers at one relay without links: hidden, which costs
// a login each, and with everyone in everyone's roster, which costs the check of a million signed
// records. With the plain handshake and with real TLS (the rosters with the plain one alone). Then
// the swarm's seeds, of small worlds (at most three peers) and of all, and events that do nothing.

#include "actors/storage/freed_pages.hpp"
#include "actors/testing/swarm.hpp"
#include "actors/testing/world.hpp"
#include "measure.hpp"
#include "tests/sim/plain_sodium.hpp"
#include "transport/sim/simulation.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

using namespace hobnob;
using namespace hobnob::bench;
using namespace std::chrono_literals;

namespace {

double cpu_seconds() { return std::chrono::duration<double>(cpu_time(getpid())).count(); }

struct setting {
  std::string name;
  int peers = 5;
  direct_mode direct = direct_mode::both;
  std::chrono::minutes length{60};
  bool hidden = false;
};

bool everyone_is_there(const testing::world& w, const setting& what) {
  if (what.hidden) {
    return std::ranges::all_of(w.peers(), [](const auto& peer) { return peer->online(); });
  }
  return w.everyone_sees_everyone() && (what.direct == direct_mode::off || w.everyone_is_linked());
}

void measure(const setting& what, bool plain) {
  const testing::real_sodium proven;
  const auto memory_before = pss_bytes(getpid());
  auto start = cpu_seconds();
  testing::world w{1, {.plain_handshake = plain}};
  w.add_relay();
  for (int i = 0; i < what.peers; ++i) {
    testing::peer_options options;
    options.user = "user" + std::to_string(i);
    options.config.direct = what.direct;
    options.config.hidden = what.hidden;
    w.add_peer(options);
  }
  // Asked once a simulated second: the question itself is dear among many.
  for (int s = 0; s < 600 && !everyone_is_there(w, what); ++s) w.run_for(1s);
  if (!everyone_is_there(w, what)) throw std::runtime_error{"no settled team"};
  const auto settled = cpu_seconds() - start;
  const auto memory = pss_bytes(getpid()) - memory_before;

  start = cpu_seconds();
  const auto events = w.simulation().events_run();
  for (auto minute = 0min; minute < what.length; ++minute) {
    for (const auto& peer : w.peers()) {
      const auto number = w.simulation().random().below(w.peers().size());
      peer->send_text(w.peers()[number]->user(), "a line of light chat");
    }
    w.run_for(1min);
  }
  const auto spent = cpu_seconds() - start;
  const auto hours = std::chrono::duration<double, std::ratio<3600>>(what.length).count();
  print_result(
      {{"bench", "sim"},
       {"world", what.name},
       {"handshake", plain ? "plain" : "tls"},
       {"peers", std::int64_t{what.peers}},
       {"settle_cpu_s", settled},
       {"settled_bytes", memory},
       {"hours_per_cpu_minute", hours / spent * 60},
       {"events_per_cpu_s", static_cast<double>(w.simulation().events_run() - events) / spent},
       {"events_per_simulated_s",
        static_cast<double>(w.simulation().events_run() - events) / (hours * 3600)}});
}

void measure_swarm(const char* name, std::size_t peers_max, std::uint64_t seeds, bool tls) {
  std::optional<testing::real_sodium> proven;
  if (tls) proven.emplace();
  testing::swarm_options options;
  options.peers_max = peers_max;
  options.tls = tls;
  std::uint64_t events = 0;
  std::chrono::nanoseconds simulated{};
  const auto start = cpu_seconds();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto result = testing::run_seed(seed, options);
    events += result.events;
    simulated += result.simulated;
  }
  const auto spent = cpu_seconds() - start;
  const auto hours = std::chrono::duration<double, std::ratio<3600>>(simulated).count();
  print_result({{"bench", "sim"},
                {"world", name},
                {"peers_max", static_cast<std::int64_t>(peers_max)},
                {"handshake", tls ? "tls" : "plain"},
                {"seeds_per_cpu_s", static_cast<double>(seeds) / spent},
                {"hours_per_cpu_minute", hours / spent * 60},
                {"events_per_cpu_s", static_cast<double>(events) / spent}});
}

/// A hundred timers that arm themselves again and again: the queue and the loop alone.
struct bare_timer {
  sim::simulation& owner;
  std::chrono::nanoseconds interval;

  void operator()() const { owner.after(interval, *this); }
};

void measure_bare_events(std::chrono::seconds length) {
  sim::simulation owner{1};
  for (int i = 1; i <= 100; ++i) bare_timer{owner, 1ms + i * 1us}();
  const auto start = cpu_seconds();
  owner.run_for(length);
  print_result(
      {{"bench", "sim"},
       {"world", "bare events"},
       {"events_per_cpu_s", static_cast<double>(owner.events_run()) / (cpu_seconds() - start)}});
}

void run(const bench_options& options) {
  const bool smoke = options.smoke();
  const auto only = options.text("--world", "");  // Of those below; else all.
  const auto wanted = [&](std::string_view name) { return only.empty() || only == name; };
  const auto handshake = options.text("--handshake", "");
  std::vector<bool> plains;
  if (handshake != "tls") plains.push_back(true);
  if (handshake != "plain") plains.push_back(false);
  const std::chrono::minutes minutes{options.number("--minutes", smoke ? 5 : 1200)};
  const setting small{"team of 5", 5, direct_mode::both, minutes};
  const setting middle{"team of 50", smoke ? 8 : 50, direct_mode::both, smoke ? 1min : 5min};
  for (const bool plain : plains) {
    if (wanted("team5")) measure(small, plain);
    if (wanted("team50")) measure(middle, plain);
  }
  const auto many = static_cast<int>(options.number("--peers", smoke ? 20 : 1000));
  const setting large{"many hidden", many, direct_mode::off, 1min, true};
  const setting listed{"many listed", large.peers, direct_mode::off, 1min};
  for (const bool plain : plains) {
    if (wanted("relay1000")) measure(large, plain);
  }
  if (wanted("directory1000")) measure(listed, true);
  for (const bool plain : plains) {
    const auto count = options.number("--seeds", smoke ? 5 : plain ? 1000 : 200);
    const auto seeds = static_cast<std::uint64_t>(count);
    if (wanted("small_swarm")) measure_swarm("small swarm", 3, seeds, !plain);
    if (wanted("swarm")) measure_swarm("swarm", testing::swarm_options{}.peers_max, seeds, !plain);
  }
  if (wanted("events")) measure_bare_events(smoke ? 1s : 60s);
}

}  // namespace

int main(int argc, char** argv) try {
  hobnob::keep_freed_pages(256 * 1024 * 1024);  // As sim_soak does.
  run(bench_options{argc, argv});
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "bench_sim: %s\n", e.what());
  return 1;
}
