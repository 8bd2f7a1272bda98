#pragma once

#include "actors/core/checked.hpp"
#include "actors/storage/disk.hpp"
#include "actors/storage/owned_fd.hpp"

#include <sys/types.h>
#include <filesystem>
#include <string>
#include <string_view>

namespace hobnob {

/// `$XDG_DATA_HOME/hobnob/PROGRAM`, or `~/.local/share/hobnob/PROGRAM` (XDG Base Directory
/// Specification). Relative if there is no home either.
std::filesystem::path default_data_directory(std::string_view program);

/// `$XDG_CONFIG_HOME/hobnob/PROGRAM.conf`, or `~/.config/hobnob/PROGRAM.conf`.
std::filesystem::path default_config_file(std::string_view program);

/// The folder in which one peer or relay keeps all that outlives it: identity, known keys,
/// database, control socket. One program at a time works in it.
class data_directory {
 public:
  /// Makes the folder (mode 0700) and its parents if need be. An error if others may write to it:
  /// they could swap the keys in it.
  static core::checked<data_directory> open(const std::filesystem::path& path,
                                            disk& where = *machine_disk());

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }

  struct lock_result {
    bool locked = false;
    pid_t holder = 0;   ///< Who holds it if someone else does; 0 while that one is just starting.
    std::string error;  ///< For people, when it could not even be tried.
  };

  /// Takes the directory for this process until the object is destroyed or the process ends,
  /// however that happens (flock(2) on the file `lock`, which holds the process id). Does not wait.
  /// Of this machine's disk only.
  lock_result try_lock();

 private:
  explicit data_directory(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  owned_fd lock_;
};

}  // namespace hobnob
