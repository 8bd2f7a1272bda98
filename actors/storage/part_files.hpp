#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/storage/owned_fd.hpp"

#include <sys/stat.h>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hobnob {

/// An unfinished file that is open.
struct open_part {
  std::uint64_t entry = 0;
  owned_fd fd;
  std::uint64_t end = 0;       ///< Its size on disk: what lies behind it reads as zeros.
  std::uint64_t unsynced = 0;  ///< Bytes written since the system was last told to store them.
};

/// The open parts of a transfer: those used last, a few.
class part_files {
 public:
  /// Nullptr if it is not open.
  open_part* find(std::uint64_t entry);

  /// May close another one.
  open_part& add(std::uint64_t entry, owned_fd fd, std::uint64_t size);

  void close(std::uint64_t entry);
  void clear() { open_.clear(); }

 private:
  std::vector<open_part> open_;  ///< The last one used is the last.
};

/// Writes at `offset`. Zeros behind the end of the file are left out: they need no space there.
/// The number of errno(3); 0 is none.
int write_part(open_part& part, std::uint64_t offset, std::span<const std::byte> bytes);

/// Writes zeros, or rather a hole, which needs no space. The number of errno(3).
int write_hole(open_part& part, std::uint64_t offset, std::uint64_t size);

/// What an open file begins with at `offset`, at most `size_max` bytes of it. Where the system does
/// not tell, it is data.
core::content_stretch stretch_of(int fd, std::uint64_t offset, std::uint64_t size_max);

/// Fills `bytes`; what lies behind the end is zeros. The number of errno(3).
int read_part(const open_part& part, std::uint64_t offset, std::span<std::byte> bytes);

/// Reads up to the end of the file; how many bytes came, or -1 with errno set.
std::int64_t read_fully(int fd, std::uint64_t offset, std::span<std::byte> bytes);

/// Writes all; the number of errno(3).
int write_fully(int fd, std::uint64_t offset, std::span<const std::byte> bytes);

/// When a file or folder changed last, in nanoseconds of Unix time.
std::int64_t modified_ns_of(const struct stat& status);

/// Sets when an open file or folder changed last, in nanoseconds of Unix time. False: see errno.
bool set_modified(int fd, std::int64_t modified_ns);

}  // namespace hobnob
