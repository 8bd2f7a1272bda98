// Runs the swarm on as many seeds as there is time for, on all cores, and says what came of it:
//
//     sim_soak --seconds 3600 --jobs 8 --first-seed 1000000
//
// Each seed that fails is printed with its schedule made small; one that kills its process (an
// assertion, a sanitizer's find) or hangs it, with its number. Exit status 1 then.

#include "actors/testing/shrink.hpp"
#include "actors/testing/swarm.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/program_options.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace options = boost::program_options;
using namespace hobnob::testing;
using steady = std::chrono::steady_clock;

/// A single seed takes milliseconds; so many seconds are a hang.
constexpr unsigned hang_after_s = 60;

struct settings {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds_max = 0;  // 0: as many as there is time for.
  unsigned jobs = 1;
  double seconds = 10;
  bool make_small = true;
  swarm_options swarm;
};

struct totals {
  std::uint64_t seeds = 0, violating = 0, messages = 0, events = 0;
  double simulated_s = 0, cpu_s = 0;
  std::map<std::string, std::uint64_t> faults;

  void add(const swarm_result& result) {
    ++seeds;
    violating += result.failed();
    messages += result.messages;
    events += result.events;
    simulated_s += std::chrono::duration<double>(result.simulated).count();
    for (const auto& [kind, count] : result.faults) faults[kind] += count;
  }
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

std::string failure_text(swarm_result result, bool make_small) {
  std::ostringstream out;
  out << "== seed " << result.seed << '\n';
  if (make_small) {
    const auto small = shrink(result.lines, [](const schedule& lines) { return violates(lines); });
    out << "(made small in " << small.runs << " runs)\n";
    result = run_schedule(small.lines);
  }
  write_failure(out, result);
  return out.str();
}

/// What a worker tells of itself, to its parent and, if it dies, after it.
void write_totals(std::ostream& out, const totals& all) {
  out << all.seeds << ' ' << all.violating << ' ' << all.messages << ' ' << all.events << ' '
      << all.simulated_s << ' ' << all.cpu_s;
  for (const auto& [kind, count] : all.faults) out << ' ' << kind << ' ' << count;
  out << '\n';
}

void read_totals(std::istream& in, totals& sum) {
  totals one;
  in >> one.seeds >> one.violating >> one.messages >> one.events >> one.simulated_s >> one.cpu_s;
  sum.seeds += one.seeds;
  sum.violating += one.violating;
  sum.messages += one.messages;
  sum.events += one.events;
  sum.simulated_s += one.simulated_s;
  sum.cpu_s += one.cpu_s;
  std::string kind;
  for (std::uint64_t count = 0; in >> kind >> count;) sum.faults[kind] += count;
}

struct worker {
  pid_t pid = -1;
  int output = -1;
  std::shared_ptr<std::uint64_t> seed;  ///< What it is at; shared with the process.
};

std::shared_ptr<std::uint64_t> shared_number() {
  void* memory = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc{};
  return {new (memory) std::uint64_t{0},
          [](std::uint64_t* number) { munmap(number, sizeof *number); }};
}

void work(const settings& how, unsigned number, std::uint64_t& at, int output) {
  const auto end = steady::now() + std::chrono::duration<double>(how.seconds);
  totals all;
  for (std::uint64_t i = number; how.seeds_max == 0 || i < how.seeds_max; i += how.jobs) {
    if (steady::now() >= end) break;
    at = how.first_seed + i;
    alarm(hang_after_s);
    auto result = run_seed(at, how.swarm);
    all.add(result);
    if (!result.failed()) continue;
    alarm(0);
    std::cout << failure_text(std::move(result), how.make_small) << std::flush;
  }
  all.cpu_s = cpu_seconds();
  std::ostringstream text;
  write_totals(text, all);
  const auto line = text.str();
  if (write(output, line.data(), line.size()) < 0) std::cerr << "the parent is gone\n";
}

worker start_worker(const settings& how, unsigned number) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error{"no pipe"};
  worker result{-1, ends[0], shared_number()};
  result.pid = fork();
  if (result.pid == 0) {
    close(ends[0]);
    work(how, number, *result.seed, ends[1]);
    std::cout.flush();
    _exit(0);
  }
  close(ends[1]);
  return result;
}

/// Whether it came to a good end.
bool finish_worker(const worker& each, totals& sum) {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(each.output, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(each.output);
  int status = 0;
  waitpid(each.pid, &status, 0);
  std::istringstream in{text};
  if (!text.empty()) read_totals(in, sum);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::cout << "== seed " << *each.seed << " ended its process";
  if (WIFSIGNALED(status)) {
    std::cout << (WTERMSIG(status) == SIGALRM ? ": it hangs" : ": signal ");
    if (WTERMSIG(status) != SIGALRM) std::cout << WTERMSIG(status);
  }
  std::cout << '\n';
  return false;
}

int soak(const settings& how) {
  std::vector<worker> workers;
  for (unsigned i = 0; i < how.jobs; ++i) workers.push_back(start_worker(how, i));
  totals all;
  bool well = true;
  for (const auto& each : workers) well = finish_worker(each, all) && well;
  std::cout << all.seeds << " seeds from " << how.first_seed << " on, " << all.simulated_s / 3600
            << " h simulated in " << all.cpu_s
            << " s of CPU: " << static_cast<double>(all.seeds) / all.cpu_s << " seeds/s, "
            << static_cast<double>(all.events) / all.cpu_s << " events/s; " << all.messages
            << " messages\nfaults:";
  for (const auto& [kind, count] : all.faults) std::cout << ' ' << kind << '=' << count;
  std::cout << "\nseeds with violations: " << all.violating << '\n';
  return well && all.violating == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  settings how;
  how.jobs = std::max(1U, std::thread::hardware_concurrency());
  options::options_description shown{"usage: sim_soak [OPTION...]"};
  shown.add_options()("help,h", "this text")("seconds", options::value(&how.seconds),
                                             "how long; 10 if not given")(
      "jobs", options::value(&how.jobs), "processes; one for each core if not given")(
      "first-seed", options::value(&how.first_seed), "1 if not given")(
      "seeds", options::value(&how.seeds_max), "stop after so many")(
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
  return soak(how);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
