// Runs the swarm on as many seeds as there is time for, on all cores, and says what came of it:
//
//     sim_soak --seconds 3600 --jobs 8 --first-seed 1000000
//
// Each seed that fails is printed with its schedule made small; one that kills its process (an
// assertion, a sanitizer's find) or hangs it, with its number, and the next seed is gone on with.
// Exit status 1 then. Asked to end (SIGINT, SIGTERM), it prints the figures so far.

#include "actors/storage/freed_pages.hpp"
#include "actors/testing/shrink.hpp"
#include "actors/testing/swarm.hpp"
#include "tests/sim/plain_sodium.hpp"
#include "tests/sim/seed_workers.hpp"

#include <boost/program_options.hpp>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

namespace {

namespace options = boost::program_options;
using namespace hobnob::testing;

struct settings {
  seed_workers::plan plan;
  bool make_small = true;
  swarm_options swarm;
};

struct totals {
  std::uint64_t seeds = 0, violating = 0, died = 0, messages = 0, events = 0;
  double simulated_s = 0;
  std::map<std::string, std::uint64_t> faults;
};

/// What a worker tells of a seed.
std::string to_line(const swarm_result& result) {
  std::ostringstream out;
  out << result.failed() << ' ' << result.messages << ' ' << result.events << ' '
      << std::chrono::duration<double>(result.simulated).count();
  for (const auto& [kind, count] : result.faults) out << ' ' << kind << ' ' << count;
  return out.str();
}

void add_line(const std::string& line, totals& sum) {
  std::istringstream in{line};
  std::uint64_t violating = 0, messages = 0, events = 0;
  double simulated_s = 0;
  in >> violating >> messages >> events >> simulated_s;
  ++sum.seeds;
  sum.violating += violating;
  sum.messages += messages;
  sum.events += events;
  sum.simulated_s += simulated_s;
  std::string kind;
  for (std::uint64_t count = 0; in >> kind >> count;) sum.faults[kind] += count;
}

std::string failure_text(const settings& how, swarm_result result) {
  std::ostringstream out;
  out << "== seed " << result.seed << '\n';
  if (how.make_small) {
    const auto small = shrink(result.lines, [&how](const schedule& lines) {
      alarm(how.plan.hang_after_s);
      return violates(lines);
    });
    out << "(made small in " << small.runs << " runs)\n";
    result = run_schedule(small.lines);
  }
  write_failure(out, result);
  return out.str();
}

/// The counts first: making it small may kill the process.
void run_one(const settings& how, std::uint64_t seed, const seed_workers::tell& tell) {
  auto result = run_seed(seed, how.swarm);
  tell(to_line(result));
  if (result.failed()) std::cout << failure_text(how, std::move(result)) << std::flush;
}

void write_death(const seed_workers::death& death) {
  std::cout << "== seed " << death.seed << " ended its process";
  if (death.told) std::cout << " while its schedule was made small";
  if (WIFSIGNALED(death.status)) {
    const auto signal = WTERMSIG(death.status);
    std::cout << (signal == SIGALRM ? ": it hangs" : ": signal " + std::to_string(signal));
  }
  std::cout << std::endl;
}

void write_totals(const settings& how, const totals& all, double cpu_s) {
  std::cout << all.seeds << " seeds from " << how.plan.first_seed << " on, "
            << all.simulated_s / 3600 << " h simulated in " << cpu_s
            << " s of CPU: " << static_cast<double>(all.seeds) / cpu_s << " seeds/s, "
            << static_cast<double>(all.events) / cpu_s << " events/s; " << all.messages
            << " messages\nfaults:";
  for (const auto& [kind, count] : all.faults) std::cout << ' ' << kind << '=' << count;
  std::cout << "\nseeds with violations: " << all.violating << ", of which " << all.died
            << " ended their process\n";
}

int soak(const settings& how) {
  totals all;
  seed_workers::news to;
  to.told = [&all](const std::string& line) { add_line(line, all); };
  to.died = [&all](const seed_workers::death& death) {
    write_death(death);
    if (death.told) return;
    ++all.seeds;
    ++all.violating;
    ++all.died;
  };
  seed_workers workers{
      how.plan, [&how](std::uint64_t seed, const auto& tell) { run_one(how, seed, tell); }, to};
  workers.run();
  write_totals(how, all, workers.cpu_seconds());
  return all.violating == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  hobnob::keep_freed_pages(256 * 1024 * 1024);  // Worlds come and go.
  settings how;
  how.plan.jobs = std::max(1U, std::thread::hardware_concurrency());
  options::options_description shown{"usage: sim_soak [OPTION...]"};
  shown.add_options()("help,h", "this text")("seconds", options::value(&how.plan.seconds),
                                             "how long; 10 if not given")(
      "jobs", options::value(&how.plan.jobs), "processes; one for each core if not given")(
      "first-seed", options::value(&how.plan.first_seed), "1 if not given")(
      "seeds", options::value(&how.plan.seeds_max), "stop after so many")(
      "tls", options::bool_switch(&how.swarm.tls), "real TLS handshakes")(
      "as-drawn", "do not make failing schedules small");
  options::variables_map given;
  options::store(options::parse_command_line(argc, argv, shown), given);
  options::notify(given);
  if (given.count("help")) {
    std::cout << shown;
    return 0;
  }
  how.make_small = given.count("as-drawn") == 0;
  std::optional<real_sodium> proven;
  if (how.swarm.tls) proven.emplace();
  return soak(how);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
