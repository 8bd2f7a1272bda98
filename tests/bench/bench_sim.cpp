// How much simulated life a minute of CPU buys: teams of 5 and of 50 with light chat (each peer
// writes to another one a minute), and 1,000 peers at one relay without links. With the plain
// handshake and with real TLS.

#include "actors/testing/world.hpp"
#include "measure.hpp"
#include "transport/sim/simulation.hpp"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

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
};

void measure(const setting& what, bool plain) {
  const auto memory_before = pss_bytes(getpid());
  auto start = cpu_seconds();
  testing::world w{1, {.plain_handshake = plain}};
  w.add_relay();
  for (int i = 0; i < what.peers; ++i) {
    testing::peer_options options;
    options.user = "user" + std::to_string(i);
    options.config.direct = what.direct;
    w.add_peer(options);
  }
  const auto all_online = [&] {
    return what.direct == direct_mode::off ? w.everyone_sees_everyone() : w.everyone_is_linked();
  };
  // Asked once a simulated second: the question itself is dear among many.
  for (int s = 0; s < 600 && !(w.everyone_sees_everyone() && all_online()); ++s) w.run_for(1s);
  if (!w.everyone_sees_everyone() || !all_online()) throw std::runtime_error{"no settled team"};
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

void run(const bench_options& options) {
  const bool smoke = options.smoke();
  const setting small{"team of 5", 5, direct_mode::both, smoke ? 5min : 1200min};
  for (const bool plain : {true, false}) measure(small, plain);
  const setting middle{"team of 50", smoke ? 8 : 50, direct_mode::both, smoke ? 1min : 5min};
  for (const bool plain : {true, false}) measure(middle, plain);
  measure({"relay of 1,000", smoke ? 20 : 1000, direct_mode::off, 1min}, true);
}

}  // namespace

int main(int argc, char** argv) try {
  run(bench_options{argc, argv});
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "bench_sim: %s\n", e.what());
  return 1;
}
