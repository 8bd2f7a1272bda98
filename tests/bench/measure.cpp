#include "measure.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace hobnob::bench {

namespace fs = std::filesystem;

void let_pass(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

double samples::quantile(double fraction) const {
  if (values_.empty()) return 0;
  auto sorted = values_;
  const auto last = static_cast<double>(sorted.size() - 1);
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(fraction * last + 0.5);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

samples samples::ratios_to(const samples& other) const {
  samples result;
  for (std::size_t i = 0; i < std::min(values_.size(), other.values_.size()); ++i)
    result.add(values_[i] / other.values_[i]);
  return result;
}

void append_spread(std::vector<json_field>& to, const std::string& name, const samples& from) {
  if (from.empty()) return;
  to.emplace_back(name, from.median());
  to.emplace_back(name + "_min", from.quantile(0));
  to.emplace_back(name + "_max", from.quantile(1));
}

void print_result(const std::vector<json_field>& fields) {
  std::string line = "{";
  for (const auto& [name, value] : fields) {
    if (line.size() > 1) line += ", ";
    line += '"' + name + "\": ";
    if (const auto* number = std::get_if<double>(&value)) {
      char text[40];
      std::snprintf(text, sizeof text, "%.5g", *number);
      line += text;
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      line += std::to_string(*whole);
    } else {
      line += '"' + std::get<std::string>(value) + '"';
    }
  }
  std::printf("%s}\n", line.c_str());
  std::fflush(stdout);
}

bool bench_options::has(std::string_view flag) const {
  return std::find(arguments_.begin(), arguments_.end(), flag) != arguments_.end();
}

std::string bench_options::text(std::string_view flag, std::string otherwise) const {
  const auto found = std::find(arguments_.begin(), arguments_.end(), flag);
  return found == arguments_.end() || found + 1 == arguments_.end() ? otherwise : found[1];
}

std::int64_t bench_options::number(std::string_view flag, std::int64_t otherwise) const {
  const auto given = text(flag, "");
  return given.empty() ? otherwise : std::atoll(given.c_str());
}

int bench_main(const char* name, int argc, char** argv, int (*body)(const bench_options&)) {
  try {
    return body(bench_options{argc, argv});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return 1;
  }
}

child_process::child_process(const std::vector<std::string>& command) {
  int to_it[2];
  int from_it[2];
  // Its ends only: what one child inherits of another's would keep that one from seeing the end.
  if (pipe2(to_it, O_CLOEXEC) != 0 || pipe2(from_it, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  program_ = std::make_unique<started_program>(
      command, started_program::ends{.input = to_it[0], .output = from_it[1]});
  close(to_it[0]);
  close(from_it[1]);
  input_ = to_it[1];
  output_ = from_it[0];
  first_line_ = read_line();
  if (first_line_.empty()) throw std::runtime_error(command[0] + " said nothing");
}

child_process::~child_process() {
  program_.reset();
  close(input_);
  close(output_);
}

void child_process::write_line(const std::string& line) {
  const auto text = line + '\n';
  if (write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("a program of the bench reads nothing any more");
}

std::string child_process::read_line() {
  std::string line;
  for (char c = 0; read(output_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

std::string own_path() { return fs::read_symlink("/proc/self/exe").string(); }

std::string program_path(const std::string& name) {
  if (const auto* folder = std::getenv("HOBNOB_BIN_DIR")) return (fs::path{folder} / name).string();
  for (auto folder = fs::path{own_path()}.parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (const auto found = folder / "bin" / name; fs::exists(found)) return found.string();
  }
  throw std::runtime_error("set HOBNOB_BIN_DIR to the folder of " + name);
}

std::chrono::nanoseconds cpu_time(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

std::chrono::nanoseconds cpu_time_of_children(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text;
  std::getline(file, text);
  std::istringstream fields{text.substr(text.rfind(')') + 1)};  // A name may hold anything.
  constexpr int fields_before = 13;                             // From the third one on.
  for (int i = 0; i < fields_before; ++i) fields >> text;
  std::int64_t user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * std::chrono::nanoseconds{std::chrono::seconds{1}} / sysconf(_SC_CLK_TCK);
}

std::size_t open_descriptors(pid_t pid) {
  const fs::directory_iterator all{"/proc/" + std::to_string(pid) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

namespace {

/// The value in KiB of `key` in a file of `key: value kB` lines, as bytes.
std::int64_t kib_of(const std::string& path, const std::string& key) {
  std::ifstream file{path};
  for (std::string word; file >> word;) {
    std::int64_t kib = 0;
    if (word == key && file >> kib) return kib * 1024;
  }
  throw std::runtime_error(path + " has no " + key);
}

}  // namespace

std::int64_t pss_bytes(pid_t pid) {
  return kib_of("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss:");
}

std::int64_t slab_bytes() { return kib_of("/proc/meminfo", "Slab:"); }

}  // namespace hobnob::bench
