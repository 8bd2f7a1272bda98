#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace hobnob {

/// What `condition` answers in a process of its own that can make files but write nothing to them:
/// as on a full disk.
template <class Condition>
bool without_disk_space(Condition condition) {
  const auto child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit nothing{0, 0};
    ::_exit(::setrlimit(RLIMIT_FSIZE, &nothing) == 0 && condition() ? 0 : 1);
  }
  int status = -1;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace hobnob
