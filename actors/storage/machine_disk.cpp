#include "actors/storage/disk.hpp"
#include "actors/storage/owned_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace hobnob {
namespace {

std::error_code errno_code() { return {errno, std::generic_category()}; }
std::error_code outcome_of(int result) { return result == 0 ? std::error_code{} : errno_code(); }

int flags_of(open_mode how) {
  switch (how) {
    case open_mode::read:
      return O_RDONLY;
    case open_mode::write:
      return O_RDWR;
    case open_mode::create:
      return O_RDWR | O_CREAT | O_NOFOLLOW;
    case open_mode::create_new:
      return O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  }
  return O_RDONLY;
}

class machine_file final : public disk_file {
 public:
  explicit machine_file(owned_fd fd) : fd_(std::move(fd)) {}

  read_result read_at(std::uint64_t offset, std::span<std::byte> out) override {
    read_result result;
    while (result.size < out.size()) {
      const auto rest = out.subspan(result.size);
      auto got =
          ::pread(fd_.get(), rest.data(), rest.size(), static_cast<off_t>(offset + result.size));
      // A pipe, as a shell makes for `<(...)`, has no offsets: it is read in order.
      if (got < 0 && errno == ESPIPE) got = ::read(fd_.get(), rest.data(), rest.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) result.error = errno_code();
      if (got <= 0) break;
      result.size += static_cast<std::size_t>(got);
    }
    return result;
  }

  std::error_code write_at(std::uint64_t offset, byte_view data) override {
    while (!data.empty()) {
      const auto written =
          ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno_code();
      offset += static_cast<std::uint64_t>(written);
      data = data.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  std::error_code resize(std::uint64_t size) override {
    return outcome_of(::ftruncate(fd_.get(), static_cast<off_t>(size)));
  }

  size_result size() override {
    struct stat found {};
    if (::fstat(fd_.get(), &found) != 0) return {errno_code(), 0};
    return {{}, static_cast<std::uint64_t>(found.st_size)};
  }

  std::error_code sync() override { return outcome_of(::fsync(fd_.get())); }

 private:
  owned_fd fd_;
};

class machine_files final : public disk {
 public:
  open_result open(const path& file, open_mode how, unsigned mode) override {
    owned_fd fd{::open(file.c_str(), flags_of(how) | O_CLOEXEC, static_cast<mode_t>(mode))};
    if (!fd) return {errno_code(), nullptr};
    return {{}, std::make_unique<machine_file>(std::move(fd))};
  }

  std::error_code rename(const path& from, const path& to) override {
    return outcome_of(::rename(from.c_str(), to.c_str()));
  }

  // Every file system knows links that do not replace; not every one such renames.
  std::error_code rename_new(const path& from, const path& to) override {
    if (::link(from.c_str(), to.c_str()) != 0) return errno_code();
    return outcome_of(::unlink(from.c_str()));
  }

  std::error_code remove(const path& file) override { return outcome_of(::unlink(file.c_str())); }

  std::error_code make_directory(const path& name, unsigned mode) override {
    return outcome_of(::mkdir(name.c_str(), static_cast<mode_t>(mode)));
  }

  std::error_code sync_directory(const path& name) override {
    const owned_fd fd{::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) return errno_code();
    return outcome_of(::fsync(fd.get()));
  }

  list_result list(const path& directory) override {
    list_result result;
    for (std::filesystem::directory_iterator next{directory, result.error}, end;
         !result.error && next != end; next.increment(result.error)) {
      result.names.push_back(next->path().filename().string());
    }
    return result;
  }

  status_result status(const path& name) override {
    struct stat found {};
    status_result result;
    if (::stat(name.c_str(), &found) != 0) {
      result.error = errno_code();
      return result;
    }
    result.is_directory = S_ISDIR(found.st_mode);
    result.size = static_cast<std::uint64_t>(found.st_size);
    result.mode = found.st_mode & 07777;
    result.own = found.st_uid == ::geteuid();
    return result;
  }
};

}  // namespace

const std::shared_ptr<disk>& machine_disk() {
  static const std::shared_ptr<disk> files = std::make_shared<machine_files>();
  return files;
}

}  // namespace hobnob
