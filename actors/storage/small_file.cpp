#include "actors/storage/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace hobnob {
namespace {

std::error_code last_error() { return {errno, std::generic_category()}; }

}  // namespace

std::error_code write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error();
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::error_code sync_folder(const std::filesystem::path& folder) {
  const char* const name = folder.empty() ? "." : folder.c_str();
  const owned_fd fd{::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0) return last_error();
  return {};
}

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

file_content read_small_file(const std::filesystem::path& path, std::size_t size_max) {
  const owned_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return {last_error(), {}};
  std::string content;
  char block[4096];
  while (true) {
    const auto got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {last_error(), {}};
    if (got == 0) return {{}, std::move(content)};
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > size_max) return {std::make_error_code(std::errc::file_too_large), {}};
  }
}

std::error_code replace_file(const std::filesystem::path& path, std::string_view content,
                             unsigned mode) {
  auto temporary = path;
  temporary += ".new";
  std::error_code error;
  {
    // O_EXCL: the file cannot be someone else's with other rights. One left by a crash is removed.
    ::unlink(temporary.c_str());
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const owned_fd fd{::open(temporary.c_str(), flags, static_cast<mode_t>(mode))};
    if (!fd) return last_error();
    error = write_all(fd.get(), content);
    if (!error && ::fsync(fd.get()) != 0) error = last_error();
  }
  if (!error && ::rename(temporary.c_str(), path.c_str()) != 0) error = last_error();
  if (error) {
    ::unlink(temporary.c_str());
    return error;
  }
  return sync_folder(path.parent_path());
}

}  // namespace hobnob
