// What an idle logged-in session costs the relay, and what a login costs: relay_main beside the
// bare relay (whose "login" is a mutual TLS handshake and one frame each way), in turn, each a
// process of its own.

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

struct figures {
  samples pss_per_session;
  samples kernel_per_session;  ///< Slab of both ends.
  samples logins_per_second;
  samples server_us_per_login;
  samples server_us_per_first_login;  ///< Which binds the name to the key, on disk.
};

using users_type = std::vector<load_session_ptr>;

/// Logs `count` users in; what that cost the relay goes to `us_per_login`. Notices to subscribers
/// are gathered: they belong to the logins, so a moment for them is included.
users_type log_in_measured(load_loop& loop, const relay_under_test& relay, std::size_t count,
                           samples& us_per_login, samples* per_second) {
  const auto cpu_before = cpu_time(relay.pid());
  const auto start = std::chrono::steady_clock::now();
  auto users = log_in_users(loop, relay.where(), count, 0, false);
  if (per_second) per_second->add(static_cast<double>(count) / seconds_since(start));
  loop.run_for(std::chrono::milliseconds{600});
  us_per_login.add(
      std::chrono::duration<double, std::micro>(cpu_time(relay.pid()) - cpu_before).count() /
      static_cast<double>(count));
  return users;
}

/// `sessions` users log in, and again, and then say nothing; before them, `subscribers` who want
/// the whole directory.
void measure_once(const relay_under_test& relay, std::size_t sessions, std::size_t subscribers,
                  figures& to) {
  load_loop loop;
  const auto listening = log_in_users(loop, relay.where(), subscribers, 1'000'000, true);
  log_in_users(loop, relay.where(), 10, 2'000'000, false);  // Touches what is made once.
  const auto pss_before = pss_bytes(relay.pid());
  const auto slab_before = slab_bytes();
  auto users = log_in_measured(loop, relay, sessions, to.server_us_per_first_login, nullptr);
  const auto count = static_cast<double>(sessions);
  to.pss_per_session.add(static_cast<double>(pss_bytes(relay.pid()) - pss_before) / count);
  to.kernel_per_session.add(static_cast<double>(slab_bytes() - slab_before) / count);
  users.clear();
  loop.run_for(std::chrono::milliseconds{600});  // The relay sees them go.
  users = log_in_measured(loop, relay, sessions, to.server_us_per_login, &to.logins_per_second);
  for (const auto& user : users) {
    if (user->closed()) throw std::runtime_error("a session ended: " + user->trouble());
  }
}

void report(const std::string& bench, const std::string& system, std::int64_t sessions,
            std::int64_t subscribers, const figures& of) {
  std::vector<json_field> fields{
      {"bench", bench}, {"system", system}, {"sessions", sessions}, {"subscribers", subscribers}};
  append_spread(fields, "pss_bytes_per_session", of.pss_per_session);
  append_spread(fields, "kernel_bytes_per_session", of.kernel_per_session);
  append_spread(fields, "logins_per_second", of.logins_per_second);
  append_spread(fields, "server_us_per_login", of.server_us_per_login);
  append_spread(fields, "server_us_per_first_login", of.server_us_per_first_login);
  print_result(fields);
}

int run(const bench_options& options) {
  if (options.text("--role", "") == "bare_relay") return bare_relay_main();
  const auto rounds = options.smoke() ? 1 : options.number("--rounds", 3);
  const auto sessions = options.smoke() ? 50 : options.number("--sessions", 9500);
  const auto subscribers = options.smoke() ? 5 : options.number("--subscribers", 1000);
  std::map<std::string, figures> idle;
  figures announced;
  for (std::int64_t round = 0; round < rounds; ++round) {
    const auto count = static_cast<std::size_t>(sessions);
    measure_once(*relay_under_test::hobnob(), count, 0, idle["relay_main"]);
    measure_once(*relay_under_test::bare(), count, 0, idle["bare"]);
    measure_once(*relay_under_test::hobnob(), std::min<std::size_t>(count, 2000),
                 static_cast<std::size_t>(subscribers), announced);
  }
  for (const auto& [system, result] : idle) report("idle", system, sessions, 0, result);
  report("announced_logins", "relay_main", std::min<std::int64_t>(sessions, 2000), subscribers,
         announced);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_idle", argc, argv, run); }
