#include "actors/storage/data_directory.hpp"

#include "actors/storage/small_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace hobnob {
namespace {

std::filesystem::path xdg_directory(const char* variable, const char* below_home) {
  // The specification: a relative path is invalid and to be ignored.
  if (const char* value = std::getenv(variable); value != nullptr && value[0] == '/') return value;
  const char* home = std::getenv("HOME");
  return std::filesystem::path{home != nullptr ? home : "."} / below_home;
}

std::string system_message(int error) { return std::generic_category().message(error); }

}  // namespace

std::filesystem::path default_data_directory(std::string_view program) {
  return xdg_directory("XDG_DATA_HOME", ".local/share") / "hobnob" / program;
}

std::filesystem::path default_config_file(std::string_view program) {
  return xdg_directory("XDG_CONFIG_HOME", ".config") / "hobnob" / (std::string{program} + ".conf");
}

core::checked<data_directory> data_directory::open(const std::filesystem::path& path, disk& where) {
  using result = core::checked<data_directory>;
  const auto name = "the data directory " + path.string();

  const auto error = make_directories(path, 0700, where);
  const auto found = where.status(path);
  if (!found.error && !found.is_directory)
    return result::failure(name + " is no directory; name another one with --data-dir");
  if (error) return result::failure("cannot create " + name + ": " + error.message());
  if (found.error) return result::failure("cannot use " + name + ": " + found.error.message());
  if (!found.own || (found.mode & 0022) != 0)
    return result::failure(
        name + " can be written by other users; take one of your own, or run: chmod 700 " +
        path.string());
  if ((found.mode & 0700) != 0700)
    return result::failure("cannot use " + name + ": its owner lacks permissions; run: chmod 700 " +
                           path.string());
  return data_directory{path};
}

data_directory::lock_result data_directory::try_lock() {
  lock_result result;
  owned_fd fd{::open(file("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd) {
    result.error = "cannot open " + file("lock").string() + ": " + system_message(errno);
    return result;
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      result.error = "cannot lock " + file("lock").string() + ": " + system_message(errno);
      return result;
    }
    result.holder = static_cast<pid_t>(
        std::strtol(read_small_file(file("lock"), 64).content.c_str(), nullptr, 10));
    return result;
  }
  // Only for people and for the message above; the lock itself is flock's. A full disk may not take
  // it: no reason to refuse the lock.
  if (::ftruncate(fd.get(), 0) == 0) write_all(fd.get(), std::to_string(::getpid()) + "\n");
  lock_ = std::move(fd);
  result.locked = true;
  return result;
}

}  // namespace hobnob
