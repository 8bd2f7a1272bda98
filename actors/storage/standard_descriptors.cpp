#include "actors/storage/standard_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace hobnob {

void hold_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // open() takes the lowest number that is free: this one. The wrong direction keeps it unusable.
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace hobnob
