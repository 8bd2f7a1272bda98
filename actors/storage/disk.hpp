#pragma once

#include "transport/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace hobnob {

/// An open file. Offsets and sizes are in bytes. Closed when it is destroyed, which makes nothing
/// durable. Used by one thread at a time.
class disk_file {
 public:
  virtual ~disk_file() = default;

  struct read_result {
    std::error_code error;
    std::size_t size = 0;  ///< Less than was asked for only at the end of the file.
  };
  virtual read_result read_at(std::uint64_t offset, std::span<std::byte> out) = 0;

  /// Makes the file longer if need be; a gap reads as zeros. After an error (`no_space_on_device`,
  /// `io_error`, ...) any part of `data` may be in it.
  virtual std::error_code write_at(std::uint64_t offset, byte_view data) = 0;

  virtual std::error_code resize(std::uint64_t size) = 0;

  struct size_result {
    std::error_code error;
    std::uint64_t size = 0;
  };
  virtual size_result size() = 0;

  /// Content and size survive a power cut once this returned without an error; the file's name
  /// only after `disk::sync_directory`. After an error it is unknown what does: write it anew.
  virtual std::error_code sync() = 0;
};

/// What is to be opened.
enum class open_mode : std::uint8_t {
  read,        ///< `no_such_file_or_directory` if it is missing.
  write,       ///< The same; for reading too.
  create,      ///< As `write`, and made if it is missing. Never through a symbolic link.
  create_new,  ///< The same, but `file_exists` if there is anything of that name.
};

/// The disk as a data directory sees it: the seam between real files and simulated ones. Names
/// made, changed or removed survive a power cut once `sync_directory` of their directory returned
/// without an error, content once `disk_file::sync` did; of what was not synced any part may be
/// lost. Every call may wait for the hardware. May be used by several threads.
///
/// Errors are those of POSIX, in the generic category.
class disk {
 public:
  using path = std::filesystem::path;

  virtual ~disk() = default;

  struct open_result {
    std::error_code error;
    std::unique_ptr<disk_file> file;
  };

  /// `mode`: the permissions of a file that is made, less what the process's umask forbids.
  virtual open_result open(const path& file, open_mode how, unsigned mode = 0600) = 0;

  /// Replaces what has the name `to`, at once for whoever looks.
  virtual std::error_code rename(const path& from, const path& to) = 0;

  /// `file_exists` if anything has the name `to`. A power cut may leave both names.
  virtual std::error_code rename_new(const path& from, const path& to) = 0;

  virtual std::error_code remove(const path& file) = 0;
  virtual std::error_code make_directory(const path& name, unsigned mode) = 0;
  virtual std::error_code sync_directory(const path& name) = 0;

  struct list_result {
    std::error_code error;
    std::vector<std::string> names;  ///< Of all that is in the directory, in no order.
  };
  virtual list_result list(const path& directory) = 0;

  struct status_result {
    std::error_code error;
    bool is_directory = false;
    std::uint64_t size = 0;
    unsigned mode = 0;  ///< Permission bits.
    bool own = true;    ///< Belongs to the user whom the program runs as.
  };

  /// Of what a symbolic link leads to.
  virtual status_result status(const path& name) = 0;
};

/// The files of this machine.
const std::shared_ptr<disk>& machine_disk();

}  // namespace hobnob
