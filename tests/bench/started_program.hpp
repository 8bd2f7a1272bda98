#pragma once

#include <sys/types.h>
#include <chrono>
#include <string>
#include <vector>

namespace hobnob::bench {

/// A program started for a bench; killed, by pid, when this goes, and with this program.
class started_program {
 public:
  /// Where it reads, writes, and complains. -1: where this program does.
  struct ends {
    int input = -1;
    int output = -1;
    int errors = -1;
  };

  /// `prepare` is called in the new process, which has one thread; what it answers false to does
  /// not start.
  started_program(const std::vector<std::string>& command, ends at, bool (*prepare)() = nullptr);
  ~started_program();

  started_program(const started_program&) = delete;
  started_program& operator=(const started_program&) = delete;

  pid_t pid() const noexcept { return pid_; }

  struct ending {
    bool well = false;               ///< With exit code 0.
    std::chrono::nanoseconds cpu{};  ///< That of its own children included.
  };

  /// Waits until it ends by itself.
  ending wait();

 private:
  pid_t pid_ = -1;
};

}  // namespace hobnob::bench
