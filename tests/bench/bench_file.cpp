// Files between two processes, out of the page cache: thrown away at the other end, and into files;
// four times as large; 10,000 small ones; through a circuit of the relay; two and four at once, and
// the round trip of a message meanwhile. Each row of hobnob is followed by its ratios to the
// others, of each round by itself. In turn with
//   bare         Asio coroutines on hobnob's own TLS engine that move the same bytes and do nothing
//                else (through a relay that does nothing but splice),
//   bare_joined_by_hobnob  the bare ends, joined by hobnob's own circuit: the two relays compared,
//   bare_hashed  as bare, and both ends hash what they move, on the thread that moves it,
//   bare_synced  as bare, which like hobnob stores what it wrote before it says that it is there,
//   tar          `tar -c` into that TLS engine, out of it into `tar -x`, for the small ones; as
//   tar_synced   all that is on disk in the end,
//   hobnob_unhashed  hobnob itself with nothing in place of its hashes (bench_file_unhashed): what
//                the proof of integrity costs.
// `--only large|huge|small|circuit|shared`, `--rounds N`, `--mib N` (of the large file), `--folder
// DIR` (where files are made; the default is a new folder in the temporary one: on a disk, and with
// `--folder /dev/shm` in memory). ext4 looks long for new inodes among those that were deleted in
// the last minutes: leave it that time before small files are measured again.
//
// Only when asked for: `--only scp`, a large file into a file beside `scp` (and `scp_synced`) with
// AES-128-GCM through an sshd of its own on loopback, if there is one. Each scp connects anew,
// which is in its figures and told as `connecting_s`. Root's sshd wants /run/sshd: where that is
// missing it sees another, empty /run.

#include "file_ends.hpp"

#include "actors/storage/freed_pages.hpp"

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <thread>

using namespace hobnob::bench;
namespace fs = std::filesystem;

namespace {

constexpr double mib = 1024 * 1024;

using file_systems =
    std::vector<std::pair<std::string, std::function<std::unique_ptr<file_client>(file_route)>>>;

std::function<std::unique_ptr<file_client>(file_route)> bare(bare_content content) {
  return [content](file_route route) { return bare_file_client(route, content); };
}

struct workplace {
  explicit workplace(const std::string& base)
      : folder(fs::path{base} / ("bench_file-" + std::to_string(getpid()))) {
    create_directories(folder);
  }
  ~workplace() { remove_all(folder); }

  fs::path folder;
};

void make_content(const fs::path& path, std::size_t size, std::uint32_t seed) {
  std::string block(std::min<std::size_t>(size, 1 << 20), '\0');
  std::ofstream out{path, std::ios::binary};
  for (std::size_t done = 0; done < size; done += block.size()) {
    for (auto& each : block) {
      seed = seed * 1'664'525 + 1'013'904'223;
      each = static_cast<char>(seed >> 24);
    }
    out.write(block.data(), static_cast<std::streamsize>(std::min(block.size(), size - done)));
  }
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

/// From now on: see clear_refs in proc(5).
void forget_peak(pid_t pid) { std::ofstream{"/proc/" + std::to_string(pid) + "/clear_refs"} << 5; }

/// The greatest resident size of `pid` so far.
double peak_mib(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

struct file_figures {
  samples mib_per_second, sender_cpu, receiver_cpu, relay_cpu, peak_sender, peak_receiver;
  samples connecting;
};

/// Of a process that may not be there.
std::chrono::nanoseconds cpu_time_if_any(pid_t pid) {
  return pid == 0 ? std::chrono::nanoseconds{} : cpu_time(pid);
}

/// CPU in seconds a GiB.
void measure_send(file_client& client, const file_job& job, double size, file_figures& to) {
  const auto end = client.other_end();
  for (const auto pid : {getpid(), end}) forget_peak(pid);
  const auto cpu_here = client.cpu_here();
  const auto cpu_there = client.cpu_there();
  const auto cpu_between = cpu_time_if_any(client.relay());
  const auto took = client.send(job);
  const double gib = size / mib / 1024;
  const std::chrono::duration<double> here = client.cpu_here() - cpu_here;
  const std::chrono::duration<double> there = client.cpu_there() - cpu_there;
  const std::chrono::duration<double> between = cpu_time_if_any(client.relay()) - cpu_between;
  to.mib_per_second.add(size / mib / took.count());
  if (client.relay() != 0) to.relay_cpu.add(between.count() / gib);
  to.sender_cpu.add(here.count() / gib);
  to.receiver_cpu.add(there.count() / gib);
  if (client.connecting().count() > 0) to.connecting.add(client.connecting().count());
  if (end == 0) return;
  to.peak_sender.add(peak_mib(getpid()));
  to.peak_receiver.add(peak_mib(end));
}

void print_figures(const std::string& bench, const std::string& system,
                   const file_figures& result) {
  std::vector<json_field> fields{{"bench", bench}, {"system", system}};
  append_spread(fields, "mib_per_second", result.mib_per_second);
  append_spread(fields, "sender_cpu_s_per_gib", result.sender_cpu);
  append_spread(fields, "receiver_cpu_s_per_gib", result.receiver_cpu);
  append_spread(fields, "relay_cpu_s_per_gib", result.relay_cpu);
  append_spread(fields, "sender_peak_mib", result.peak_sender);
  append_spread(fields, "receiver_peak_mib", result.peak_receiver);
  append_spread(fields, "connecting_s", result.connecting);
  print_result(fields);
}

/// Throughput of one to that of another in the same round.
void print_ratio(const std::string& bench, const std::string& of, const samples& these,
                 const std::string& to, const samples& those) {
  std::vector<json_field> fields{{"bench", bench}, {"system", of}, {"to", to}};
  append_spread(fields, "throughput_ratio", these.ratios_to(those));
  print_result(fields);
}

void measure_files(const std::string& bench, const file_systems& systems, const fs::path& source,
                   double size, const fs::path& target, std::int64_t rounds,
                   file_route route = file_route::direct) {
  std::map<std::string, file_figures> figures;
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (const auto& [name, make] : systems) {
      const auto client = make(route);
      const auto folder = target.empty() ? target : target / (name + std::to_string(round));
      measure_send(*client, {source, folder}, size, figures[name]);
      // Many stay to the end: ext4 looks long for new inodes among those that were just deleted.
      if (!target.empty() && !is_directory(source)) remove_all(folder);
    }
  }
  const auto& first = systems.front().first;
  for (const auto& [name, make] : systems) {
    print_figures(bench, name, figures[name]);
    if (name != first) continue;
    for (const auto& [other, ignored] : systems) {
      if (other != first)
        print_ratio(bench, first, figures[first].mib_per_second, other,
                    figures[other].mib_per_second);
    }
  }
  for (const std::string of : {"bare_hashed", "bare_joined_by_hobnob"}) {
    if (figures.contains(of))
      print_ratio(bench, of, figures[of].mib_per_second, "bare", figures["bare"].mib_per_second);
  }
}

void measure_large(const workplace& at, double size, std::int64_t rounds) {
  const auto source = at.folder / "large";
  make_content(source, static_cast<std::size_t>(size), 1);
  file_systems systems{{"hobnob", hobnob_file_client},
                       {"hobnob_unhashed", [](file_route) { return unhashed_file_client(); }},
                       {"bare", bare(bare_content::files)},
                       {"bare_hashed", bare(bare_content::files_hashed)}};
  measure_files("file_large_to_null", systems, source, size, {}, rounds);
  systems.emplace_back("bare_synced", bare(bare_content::files_synced));
  measure_files("file_large_to_file", systems, source, size, at.folder / "received", rounds);
  remove(source);
}

/// Four times as large: whether it goes on as it began, and what it takes of memory.
void measure_huge(const workplace& at, double large_size, std::int64_t rounds) {
  const auto source = at.folder / "huge";
  const auto size = large_size * 4;
  make_content(source, static_cast<std::size_t>(size), 5);
  const file_systems systems{{"hobnob", hobnob_file_client}, {"bare", bare(bare_content::files)}};
  measure_files("file_huge_to_null", systems, source, size, {}, rounds);
  measure_files("file_huge_to_file", systems, source, size, at.folder / "received", rounds);
  remove(source);
}

void measure_circuit(const workplace& at, double size, std::int64_t rounds) {
  const auto source = at.folder / "relayed";
  make_content(source, static_cast<std::size_t>(size), 3);
  const file_systems systems{{"hobnob", hobnob_file_client},
                             {"bare", bare(bare_content::files)},
                             {"bare_joined_by_hobnob", [](file_route) {
                                return bare_file_client(file_route::joined_by_hobnob);
                              }}};
  measure_files("file_large_by_circuit_to_null", systems, source, size, {}, rounds,
                file_route::circuit);
}

void measure_small(const workplace& at, std::size_t files, std::int64_t rounds) {
  constexpr std::size_t size = 4096;
  for (std::size_t i = 0; i < files; ++i) {
    const auto folder = at.folder / "small" / std::to_string(i % 100);
    create_directories(folder);
    make_content(folder / std::to_string(i), size, static_cast<std::uint32_t>(i));
  }
  const file_systems systems{{"hobnob", hobnob_file_client},
                             {"bare", bare(bare_content::files)},
                             {"tar", bare(bare_content::tar)},
                             {"tar_synced", bare(bare_content::tar_synced)}};
  measure_files("file_small_4KiB_to_file", systems, at.folder / "small",
                static_cast<double>(files * size), at.folder / "received", rounds);
}

void measure_beside_scp(const workplace& at, double size, std::int64_t rounds) {
  const auto scp = [&](bool synced) {
    return [&, synced](file_route) { return scp_file_client(at.folder / "ssh", synced); };
  };
  const std::string bench = "file_large_beside_scp";
  try {
    scp(false)(file_route::direct);
    const auto source = at.folder / "copied";
    make_content(source, static_cast<std::size_t>(size), 4);
    measure_files(bench,
                  {{"hobnob", hobnob_file_client}, {"scp", scp(false)}, {"scp_synced", scp(true)}},
                  source, size, at.folder / "received", rounds);
  } catch (const std::runtime_error& missing) {
    print_result({{"bench", bench}, {"skipped", missing.what()}});
  }
}

/// MiB a second of as many bare pairs, each with a connection and a thread of its own.
double bare_at_once(const fs::path& source, double size, std::size_t at_once) {
  std::vector<std::unique_ptr<file_client>> clients;
  for (std::size_t i = 0; i < at_once; ++i) clients.push_back(bare_file_client(file_route::direct));
  std::vector<std::thread> sending;
  const auto started = std::chrono::steady_clock::now();
  for (auto& client : clients) sending.emplace_back([&] { client->send({source, {}}); });
  for (auto& each : sending) each.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  return size * static_cast<double>(at_once) / mib / took.count();
}

/// Several transfers at once, and what a message meets meanwhile.
void measure_shared(const workplace& at, double size, std::size_t at_once, std::int64_t rounds) {
  const auto source = at.folder / "shared";
  make_content(source, static_cast<std::size_t>(size), 2);
  samples idle_p50, idle_p99, busy_p50, busy_p99, together, bare_together;
  for (std::int64_t round = 0; round < rounds; ++round) {
    const auto client = hobnob_file_client(file_route::direct);
    samples idle, busy;
    for (int i = 0; i < 200; ++i) client->round_trip(idle);
    std::atomic<bool> over{false};
    std::thread asking{[&] {
      do {
        client->round_trip(busy);
        let_pass(std::chrono::milliseconds{5});
      } while (!over);
    }};
    const auto took = client->send({source, {}, at_once});
    over = true;
    asking.join();
    together.add(size * static_cast<double>(at_once) / mib / took.count());
    idle_p50.add(idle.quantile(0.5));
    idle_p99.add(idle.quantile(0.99));
    busy_p50.add(busy.quantile(0.5));
    busy_p99.add(busy.quantile(0.99));
    bare_together.add(bare_at_once(source, size, at_once));
  }
  const auto bench = "file_" + std::to_string(at_once) + "_at_once_to_null";
  std::vector<json_field> fields{{"bench", bench}, {"system", "hobnob"}};
  append_spread(fields, "mib_per_second", together);
  append_spread(fields, "idle_round_trip_us_p50", idle_p50);
  append_spread(fields, "idle_round_trip_us_p99", idle_p99);
  append_spread(fields, "round_trip_us_p50", busy_p50);
  append_spread(fields, "round_trip_us_p99", busy_p99);
  print_result(fields);
  print_ratio(bench, "hobnob", together, "bare", bare_together);
  std::vector<json_field> bare_fields{{"bench", bench}, {"system", "bare"}};
  append_spread(bare_fields, "mib_per_second", bare_together);
  print_result(bare_fields);
}

int run(const bench_options& options) {
  hobnob::keep_freed_pages();  // As the programs do; the bare ends reuse their buffers.
  const auto role = options.text("--role", "");
  if (role == "bare_files") return bare_files_main(options);
  if (role == "hobnob_files") return hobnob_files_main(options);
  if (role == "bare_splice") return bare_splice_main();
  if (role == "hobnob_splice") return hobnob_splice_main();
  if (role == "unhashed_files") return unhashed_files_main();
  const auto rounds = options.smoke() ? 1 : options.number("--rounds", 5);
  const auto size = static_cast<double>(options.smoke() ? 8 : options.number("--mib", 1024)) * mib;
  const auto only = options.text("--only", "");
  const workplace at{options.text("--folder", fs::temp_directory_path())};
  if (only.empty() || only == "large") measure_large(at, size, rounds);
  if (only.empty() || only == "huge") measure_huge(at, size, std::min<std::int64_t>(rounds, 3));
  if (only.empty() || only == "small") measure_small(at, options.smoke() ? 50 : 10'000, rounds);
  if (only.empty() || only == "circuit") measure_circuit(at, size, rounds);
  if (only.empty() || only == "shared") {
    measure_shared(at, size, 2, rounds);
    measure_shared(at, size, 4, rounds);
  }
  if (only == "scp") measure_beside_scp(at, size, rounds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench_main("bench_file", argc, argv, run); }
