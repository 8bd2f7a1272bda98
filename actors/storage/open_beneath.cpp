#include "actors/storage/open_beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

namespace hobnob {

owned_fd open_beneath(int folder, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags) | O_CLOEXEC | O_NOFOLLOW;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed while the system looked whether a `..` stays beneath.
  for (int tries = 0; tries < 100; ++tries) {
    const auto fd = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
    if (fd >= 0) return owned_fd{static_cast<int>(fd)};
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return {};
}

}  // namespace hobnob
