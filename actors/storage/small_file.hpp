#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace hobnob {

struct file_content {
  std::error_code error;  ///< `no_such_file_or_directory`, `file_too_large`, ...
  std::string content;
};

/// Reads a whole file of at most `size_max` bytes.
file_content read_small_file(const std::filesystem::path& path, std::size_t size_max);

/// Replaces a file, or creates it with `mode`, so that a crash at any moment leaves the old content
/// or the new one, never a part: temporary file in the same folder, fsync, rename, fsync of the
/// folder.
std::error_code replace_file(const std::filesystem::path& path, std::string_view content,
                             unsigned mode = 0600);

/// Makes the names in `folder` (the working directory, if empty) outlast a power cut.
std::error_code sync_folder(const std::filesystem::path& folder);

/// Writes all of `content`, however often the system takes a part only.
std::error_code write_all(int fd, std::string_view content);

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

}  // namespace hobnob
