#pragma once

#include "started_program.hpp"

#include <sys/types.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hobnob::bench {

/// Waits: a span of time over which something is measured.
void let_pass(std::chrono::milliseconds time);

/// Figures of several rounds.
class samples {
 public:
  void add(double value) { values_.push_back(value); }
  bool empty() const noexcept { return values_.empty(); }
  std::size_t count() const noexcept { return values_.size(); }

  /// `fraction` from 0 (the least) to 1 (the greatest); 0.5 is the median.
  double quantile(double fraction) const;
  double median() const { return quantile(0.5); }

  /// Of each round by itself; of as many rounds as both have.
  samples ratios_to(const samples& other) const;

 private:
  std::vector<double> values_;
};

using json_value = std::variant<double, std::int64_t, std::string>;
using json_field = std::pair<std::string, json_value>;

/// Median, least and greatest as three fields `name`, `name_min`, `name_max`; nothing without
/// values.
void append_spread(std::vector<json_field>& to, const std::string& name, const samples& from);

/// Prints one JSON object on a line of its own.
void print_result(const std::vector<json_field>& fields);

/// `--smoke`, `--rounds N`, `--seconds S`, `--role NAME` and whatever else a bench asks for.
class bench_options {
 public:
  bench_options(int argc, char** argv) : arguments_(argv + 1, argv + argc) {}

  bool has(std::string_view flag) const;
  std::string text(std::string_view flag, std::string otherwise) const;
  std::int64_t number(std::string_view flag, std::int64_t otherwise) const;
  bool smoke() const { return has("--smoke"); }

 private:
  std::vector<std::string> arguments_;
};

/// The `main` of a bench: `body` answers the exit code; what it throws becomes a line on stderr.
int bench_main(const char* name, int argc, char** argv, int (*body)(const bench_options&));

/// A program started for a bench, spoken to in lines; killed, by pid, when this goes.
class child_process {
 public:
  /// Waits for its first line on stdout; throws if there is none.
  explicit child_process(const std::vector<std::string>& command);
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t pid() const noexcept { return program_->pid(); }
  const std::string& first_line() const noexcept { return first_line_; }

  void write_line(const std::string& line);

  /// The next line of its stdout; empty at its end.
  std::string read_line();

 private:
  std::unique_ptr<started_program> program_;
  int input_ = -1;
  int output_ = -1;
  std::string first_line_;
};

/// This program itself, to be started again in another role.
std::string own_path();

/// `HOBNOB_BIN_DIR/name`, or beside this program's build tree.
std::string program_path(const std::string& name);

/// CPU time of all threads of `pid` so far, those that have ended included.
std::chrono::nanoseconds cpu_time(pid_t pid);

/// Of the children of `pid` that it has waited for, and of theirs; in steps of 10 ms.
std::chrono::nanoseconds cpu_time_of_children(pid_t pid);

/// How many files and sockets `pid` has open.
std::size_t open_descriptors(pid_t pid);

/// Proportional set size of `pid`.
std::int64_t pss_bytes(pid_t pid);

/// Kernel slab memory of the whole machine.
std::int64_t slab_bytes();

}  // namespace hobnob::bench
