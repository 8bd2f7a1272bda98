#pragma once

#include "actors/storage/disk.hpp"

#include <memory>

namespace hobnob::testing {

/// Lets SQLite keep its files on any `disk` (a "VFS": https://www.sqlite.org/vfs.html). For
/// databases that are opened with `locking_mode = EXCLUSIVE`, and by one program: nothing is
/// locked, and there is no shared memory.
class sqlite_files {
 public:
  explicit sqlite_files(std::shared_ptr<disk> where);

  /// After the last database on it.
  ~sqlite_files();

  sqlite_files(const sqlite_files&) = delete;
  sqlite_files& operator=(const sqlite_files&) = delete;

  /// What `sqlite3_open_v2` calls it.
  const char* name() const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace hobnob::testing
