// Relayed envelopes: relay_main beside the bare relay, in turn, each a process of its own, driven
// by the same generator of logged-in sessions. Sealing is the peers' work and not in here: the
// envelopes hold opaque bytes.

#include "bare_relay.hpp"
#include "load_loop.hpp"
#include "load_session.hpp"
#include "measure.hpp"
#include "relay_under_test.hpp"

#include <map>
#include <stdexcept>

using namespace hobnob;
using namespace hobnob::bench;

namespace {

using clock_type = std::chrono::steady_clock;

struct pair_of_users {
  load_session_ptr sender;
  load_session_ptr receiver;
  std::size_t in_flight = 0;
};

struct workload {
  const char* name;
  std::size_t pairs;
  std::size_t size;
  std::size_t window;  ///< Messages under way, all pairs together; 0: a round trip at a time.
};

constexpr workload workloads[] = {
    {"relay_64B_1_pair", 1, 64, 5000},     {"relay_64B_50_pairs", 50, 64, 5000},
    {"relay_1KiB_1_pair", 1, 1024, 1250},  {"relay_1KiB_50_pairs", 50, 1024, 1250},
    {"relay_round_trip_1_pair", 1, 64, 0}, {"relay_round_trip_50_pairs", 50, 64, 0},
};

struct figures {
  samples messages_per_second;
  samples server_us_per_message;
  samples round_trip_us_p50;
  samples round_trip_us_p99;
};

std::vector<pair_of_users> log_in_pairs(load_loop& loop, endpoint relay, std::size_t count) {
  const auto users = log_in_users(loop, relay, 2 * count, 0, false);
  std::vector<pair_of_users> pairs;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back({users[2 * i], users[2 * i + 1]});
  return pairs;
}

void check(const std::vector<pair_of_users>& pairs) {
  for (const auto& pair : pairs) {
    for (const auto& user : {pair.sender, pair.receiver}) {
      if (!user->trouble().empty())
        throw std::runtime_error("a session failed: " + user->trouble());
    }
  }
}

/// One way, a closed loop: as many under way as the window allows.
void measure_stream(load_loop& loop, pid_t server, std::vector<pair_of_users>& pairs,
                    const workload& work, std::chrono::nanoseconds length, figures& to) {
  const auto body = shared_slice::of(bytes(work.size, std::byte{'x'}));
  const std::size_t window = std::max<std::size_t>(1, work.window / pairs.size());
  std::size_t received = 0;
  bool stopping = false;
  for (auto& pair : pairs) {
    pair.receiver->on_envelopes = [&, at = &pair](std::size_t count) {
      received += count;
      at->in_flight -= count;
      if (stopping || at->in_flight > window * 3 / 4) return;
      at->sender->send_envelopes(at->receiver->session(), body, window - at->in_flight);
      at->in_flight = window;
    };
    pair.sender->send_envelopes(pair.receiver->session(), body, window);
    pair.in_flight = window;
  }
  loop.run_for(length / 5);  // Warm-up.
  const auto received_before = received;
  const auto cpu_before = cpu_time(server);
  const auto start = clock_type::now();
  loop.run_for(length);
  const auto seconds = seconds_since(start);
  const auto cpu = std::chrono::duration<double, std::micro>(cpu_time(server) - cpu_before).count();
  const auto count = static_cast<double>(received - received_before);
  to.messages_per_second.add(count / seconds);
  to.server_us_per_message.add(cpu / count);
  stopping = true;
  for (auto& pair : pairs)
    loop.run_until([&] { return pair.in_flight == 0 || pair.receiver->closed(); });
  check(pairs);
}

/// A -> relay -> B -> relay -> A, each pair one at a time.
void measure_round_trips(load_loop& loop, pid_t server, std::vector<pair_of_users>& pairs,
                         const workload& work, std::chrono::nanoseconds length, figures& to) {
  const auto body = shared_slice::of(bytes(work.size, std::byte{'x'}));
  samples times;
  bool stopping = false;
  std::vector<clock_type::time_point> sent(pairs.size());
  std::size_t waiting = pairs.size();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    auto& pair = pairs[i];
    pair.receiver->on_envelopes = [&pair, &body](std::size_t) {
      pair.receiver->send_envelopes(pair.sender->session(), body, 1);
    };
    pair.sender->on_envelopes = [&, i](std::size_t) {
      times.add(std::chrono::duration<double, std::micro>(clock_type::now() - sent[i]).count());
      if (stopping) {
        --waiting;
        return;
      }
      sent[i] = clock_type::now();
      pairs[i].sender->send_envelopes(pairs[i].receiver->session(), body, 1);
    };
    sent[i] = clock_type::now();
    pair.sender->send_envelopes(pair.receiver->session(), body, 1);
  }
  loop.run_for(length / 5);
  times = {};
  const auto cpu_before = cpu_time(server);
  loop.run_for(length);
  const auto cpu = std::chrono::duration<double, std::micro>(cpu_time(server) - cpu_before).count();
  to.round_trip_us_p50.add(times.quantile(0.5));
  to.round_trip_us_p99.add(times.quantile(0.99));
  to.server_us_per_message.add(cpu / static_cast<double>(2 * times.count()));
  stopping = true;
  loop.run_until([&] { return waiting == 0; });
  check(pairs);
}

void measure_once(const relay_under_test& relay, const workload& work,
                  std::chrono::nanoseconds length, figures& to) {
  load_loop loop;
  auto pairs = log_in_pairs(loop, relay.where(), work.pairs);
  if (work.window > 0)
    measure_stream(loop, relay.pid(), pairs, work, length, to);
  else
    measure_round_trips(loop, relay.pid(), pairs, work, length, to);
}

void report(const workload& work, const std::string& system, std::int64_t rounds,
            const figures& of) {
  std::vector<json_field> fields{{"bench", work.name}, {"system", system}, {"rounds", rounds}};
  append_spread(fields, "messages_per_second", of.messages_per_second);
  append_spread(fields, "round_trip_us_p50", of.round_trip_us_p50);
  append_spread(fields, "round_trip_us_p99", of.round_trip_us_p99);
  append_spread(fields, "server_us_per_message", of.server_us_per_message);
  print_result(fields);
}

int run(const bench_options& options) {
  if (options.text("--role", "") == "bare_relay") return bare_relay_main();
  const auto rounds = options.smoke() ? 1 : options.number("--rounds", 5);
  const auto length =
      std::chrono::milliseconds{options.smoke() ? 50 : options.number("--milliseconds", 2000)};
  const auto only = options.text("--only", "");
  for (const auto& work : workloads) {
    if (!only.empty() && only != work.name) continue;
    std::map<std::string, figures> of;
    for (std::int64_t round = 0; round < rounds; ++round) {
      measure_once(*relay_under_test::hobnob(), work, length, of["relay_main"]);
      measure_once(*relay_under_test::bare(), work, length, of["bare"]);
    }
    for (const auto& [system, result] : of) report(work, system, rounds, result);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_relay", argc, argv, run); }
