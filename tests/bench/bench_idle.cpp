// What a login costs the relay, and what a session that says nothing does: relay_main beside the
// bare relay (whose "login" is a mutual TLS handshake and one frame each way), each a process of
// its own. One round of each logs in, with 500 logins a second, for about a minute:
//
//   --only login            --logins 5000 (twice to either relay)
//   --only announced_login  --announced 2000 --subscribers 1000
//   --only idle             --sessions 10000 (and 40 s of silence)
//   --rounds 3

#include "bare_relay.hpp"
#include "loaded_relay.hpp"
#include "measure.hpp"

#include <map>

using namespace hobnob;
using namespace hobnob::bench;

namespace {

// The relay pings silent sessions, which has a figure of its own and is kept out of the logins'.
const std::vector<std::string> seldom_pinging{"--heartbeat", "600"};
constexpr auto notices_gathered_for = std::chrono::milliseconds{600};

struct login_figures {
  samples us;
  samples per_second;
  samples us_to_bare;  ///< Each share of the logins with the bare relay's right after it.
};

/// All sessions log in, a share at a time to either relay in turn, so that what else goes on in the
/// machine troubles both alike.
void measure_logins(loaded_relay& relay, loaded_relay& bare, std::size_t sessions,
                    login_figures& of_relay, login_figures& of_bare) {
  const std::size_t share = std::max<std::size_t>(1, sessions / 20);
  for (std::size_t done = 0; done < sessions; done += share) {
    const auto cost = relay.log_in(share);
    const auto bare_cost = bare.log_in(share);
    of_relay.us.add(cost.us_per_login);
    of_relay.per_second.add(cost.logins_per_second);
    of_relay.us_to_bare.add(cost.us_per_login / bare_cost.us_per_login);
    of_bare.us.add(bare_cost.us_per_login);
    of_bare.per_second.add(bare_cost.logins_per_second);
  }
  relay.log_out();
  bare.log_out();
}

void report_logins(const std::string& bench, const std::string& system, std::int64_t sessions,
                   std::int64_t subscribers, const login_figures& of) {
  std::vector<json_field> fields{
      {"bench", bench}, {"system", system}, {"sessions", sessions}, {"subscribers", subscribers}};
  append_spread(fields, "logins_per_second", of.per_second);
  append_spread(fields, "server_us_per_login", of.us);
  append_spread(fields, "server_us_to_bare", of.us_to_bare);
  print_result(fields);
}

/// The first login of a user binds his name to his key, on disk.
void bench_logins(std::int64_t rounds, std::size_t sessions) {
  login_figures first, first_bare, later, later_bare;
  for (std::int64_t round = 0; round < rounds; ++round) {
    loaded_relay relay{relay_under_test::hobnob(seldom_pinging)};
    loaded_relay bare{relay_under_test::bare()};
    measure_logins(relay, bare, sessions, first, first_bare);
    measure_logins(relay, bare, sessions, later, later_bare);
  }
  const auto count = static_cast<std::int64_t>(sessions);
  report_logins("first_login", "relay_main", count, 0, first);
  report_logins("login", "relay_main", count, 0, later);
  report_logins("login", "bare", count, 0, later_bare);
}

/// First logins while `subscribers` want to hear of each.
void bench_announced_logins(std::int64_t rounds, std::size_t sessions, std::size_t subscribers) {
  login_figures figures;
  const std::size_t share = std::max<std::size_t>(1, sessions / 4);
  for (std::int64_t round = 0; round < rounds; ++round) {
    loaded_relay relay{relay_under_test::hobnob(seldom_pinging)};
    relay.log_in(subscribers, true, notices_gathered_for);
    for (std::size_t done = 0; done < sessions; done += share) {
      const auto cost = relay.log_in(share, false, notices_gathered_for);
      figures.us.add(cost.us_per_login);
      figures.per_second.add(cost.logins_per_second);
    }
  }
  report_logins("announced_login", "relay_main", static_cast<std::int64_t>(sessions),
                static_cast<std::int64_t>(subscribers), figures);
}

struct idle_figures {
  samples pss;
  samples kernel;         ///< Slab of both ends.
  samples us_per_second;  ///< CPU time of the relay, for a session and second.
};

void measure_idle(loaded_relay relay, std::size_t sessions, std::chrono::milliseconds silence,
                  idle_figures& to) {
  relay.log_in(10);  // Touches what is made once.
  const auto pss_before = pss_bytes(relay.pid());
  const auto slab_before = slab_bytes();
  relay.log_in(sessions);
  let_pass(silence);
  const auto cpu_before = cpu_time(relay.pid());
  let_pass(silence);
  const std::chrono::duration<double, std::micro> cpu = cpu_time(relay.pid()) - cpu_before;
  const auto count = static_cast<double>(sessions);
  to.us_per_second.add(cpu.count() / count / std::chrono::duration<double>(silence).count());
  to.pss.add(static_cast<double>(pss_bytes(relay.pid()) - pss_before) / count);
  to.kernel.add(static_cast<double>(slab_bytes() - slab_before) / count);
}

/// With the heartbeat that relay_main has if nobody says otherwise; `silence` is two of them.
void bench_idle(std::int64_t rounds, std::size_t sessions, std::chrono::milliseconds silence) {
  std::map<std::string, idle_figures> figures;
  for (std::int64_t round = 0; round < rounds; ++round) {
    measure_idle(loaded_relay{relay_under_test::hobnob()}, sessions, silence,
                 figures["relay_main"]);
    measure_idle(loaded_relay{relay_under_test::bare()}, sessions, silence, figures["bare"]);
  }
  for (const auto& [system, of] : figures) {
    std::vector<json_field> fields{{"bench", std::string{"idle"}},
                                   {"system", system},
                                   {"sessions", static_cast<std::int64_t>(sessions)}};
    append_spread(fields, "pss_bytes_per_session", of.pss);
    append_spread(fields, "kernel_bytes_per_session", of.kernel);
    append_spread(fields, "server_us_per_session_second", of.us_per_second);
    print_result(fields);
  }
}

int run(const bench_options& options) {
  const auto role = options.text("--role", "");
  if (role == "bare_relay") return bare_relay_main();
  if (role == "load") return load_process_main(options);
  const auto smoke = options.smoke();
  const auto rounds = smoke ? 1 : options.number("--rounds", 3);
  const auto number = [&](std::string_view flag, std::int64_t otherwise, std::int64_t of_smoke) {
    return static_cast<std::size_t>(smoke ? of_smoke : options.number(flag, otherwise));
  };
  const auto only = options.text("--only", "");
  if (only.empty() || only == "login") bench_logins(rounds, number("--logins", 5000, 40));
  if (only.empty() || only == "announced_login") {
    bench_announced_logins(rounds, number("--announced", 2000, 20),
                           number("--subscribers", 1000, 5));
  }
  if (only.empty() || only == "idle") {
    bench_idle(rounds, number("--sessions", 10'000, 50),
               std::chrono::milliseconds{smoke ? 100 : 10'000});
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_idle", argc, argv, run); }
