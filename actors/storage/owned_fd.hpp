#pragma once

#include <string_view>
#include <system_error>

namespace hobnob {

/// A file descriptor that closes itself.
class owned_fd {
 public:
  owned_fd() = default;
  explicit owned_fd(int fd) noexcept : fd_(fd) {}
  owned_fd(owned_fd&& other) noexcept : fd_(other.release()) {}
  owned_fd& operator=(owned_fd&& other) noexcept;
  ~owned_fd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept;
  void reset() noexcept;

 private:
  int fd_ = -1;
};

/// Writes all of `content`, however often the system takes a part only.
std::error_code write_all(int fd, std::string_view content);

}  // namespace hobnob
