// A direct link between two processes: round trips of 64 bytes one at a time, and messages one way;
// beside asio::ssl::stream as it comes and Asio coroutines on hobnob's own TLS engine, in turn.
// hobnob's messages are unacknowledged application messages; round trips of acknowledged ones have
// a line of their own.
// `--only round_trip` or `--only one_way`.

#include "echo_ends.hpp"

#include <unistd.h>
#include <map>

using namespace hobnob::bench;

namespace {

using system_maker = std::unique_ptr<echo_client> (*)();
constexpr std::pair<const char*, system_maker> systems[] = {
    {"hobnob", hobnob_client},
    {"hobnob_acknowledged", hobnob_acknowledged_client},
    {"bare", bare_client},
    {"asio_ssl", stock_client}};

struct round_trip_figures {
  samples us_p50;
  samples us_p99;
  samples cpu_us;  ///< Of both ends, for each round trip.
};

std::chrono::nanoseconds cpu_of_both(const echo_client& client) {
  return cpu_time(getpid()) + cpu_time(client.other_end());
}

void measure_round_trips(std::int64_t rounds, std::chrono::nanoseconds length) {
  std::map<std::string, round_trip_figures> figures;
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (const auto& [name, make] : systems) {
      const auto client = make();
      samples warm_up;
      client->round_trips(64, length / 5, warm_up);
      samples times;
      const auto cpu_before = cpu_of_both(*client);
      client->round_trips(64, length, times);
      const std::chrono::duration<double, std::micro> cpu = cpu_of_both(*client) - cpu_before;
      auto& to = figures[name];
      to.us_p50.add(times.quantile(0.5));
      to.us_p99.add(times.quantile(0.99));
      to.cpu_us.add(cpu.count() / static_cast<double>(times.count()));
    }
  }
  for (const auto& [name, result] : figures) {
    std::vector<json_field> fields{
        {"bench", "link_round_trip_64B"}, {"system", name}, {"rounds", rounds}};
    append_spread(fields, "us_p50", result.us_p50);
    append_spread(fields, "us_p99", result.us_p99);
    append_spread(fields, "cpu_us_per_round_trip", result.cpu_us);
    print_result(fields);
  }
}

void measure_one_way(std::size_t size, std::int64_t rounds, std::chrono::nanoseconds length) {
  std::map<std::string, samples> rates;
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (const auto& [name, make] : systems) {
      if (make == stock_client || make == hobnob_acknowledged_client) continue;
      const auto client = make();
      client->one_way(size, length / 5);
      rates[name].add(client->one_way(size, length));
    }
  }
  for (const auto& [name, result] : rates) {
    std::vector<json_field> fields{{"bench", "link_one_way_" + std::to_string(size) + "B"},
                                   {"system", name},
                                   {"rounds", rounds}};
    append_spread(fields, "messages_per_second", result);
    print_result(fields);
  }
}

int run(const bench_options& options) {
  const auto role = options.text("--role", "");
  if (role == "stock_echo") return stock_echo_main();
  if (role == "bare_echo") return bare_echo_main();
  if (role == "hobnob_echo") return hobnob_echo_main(options.text("--relay", ""));
  const auto rounds = options.smoke() ? 1 : options.number("--rounds", 5);
  const std::chrono::milliseconds length{options.smoke() ? 50
                                                         : options.number("--milliseconds", 2000)};
  const auto only = options.text("--only", "");
  if (only != "one_way") measure_round_trips(rounds, length);
  if (only == "round_trip") return 0;
  measure_one_way(64, rounds, length);
  measure_one_way(1024, rounds, length);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_link", argc, argv, run); }
