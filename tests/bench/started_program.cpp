#include "started_program.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace hobnob::bench {

namespace {

std::chrono::nanoseconds time_of(const timeval& from) {
  return std::chrono::seconds{from.tv_sec} + std::chrono::microseconds{from.tv_usec};
}

void put(int from, int to) {
  if (from >= 0) dup2(from, to);
}

}  // namespace

started_program::started_program(const std::vector<std::string>& command, ends at,
                                 bool (*prepare)()) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot start " + command[0]);
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // A bench that is killed leaves nothing behind.
  put(at.input, STDIN_FILENO);
  put(at.output, STDOUT_FILENO);
  put(at.errors, STDERR_FILENO);
  unsetenv("HOBNOB_BIN_DIR");  // Programs take HOBNOB_* for settings of theirs.
  unsetenv("HOBNOB_SOURCE_DIR");
  if (!prepare || prepare()) execvp(arguments[0], arguments.data());
  _exit(127);
}

started_program::~started_program() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
}

started_program::ending started_program::wait() {
  int status = 0;
  rusage used{};
  if (wait4(std::exchange(pid_, -1), &status, 0, &used) < 0) return {};
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0,
          time_of(used.ru_utime) + time_of(used.ru_stime)};
}

}  // namespace hobnob::bench
