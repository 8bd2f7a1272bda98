#include "actors/storage/owned_fd.hpp"

#include <unistd.h>
#include <cerrno>
#include <utility>

namespace hobnob {

owned_fd& owned_fd::operator=(owned_fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int owned_fd::release() noexcept { return std::exchange(fd_, -1); }

void owned_fd::reset() noexcept {
  if (fd_ >= 0) ::close(release());
}

std::error_code write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return {errno, std::generic_category()};
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace hobnob
