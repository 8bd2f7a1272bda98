#pragma once

#include "transport/fingerprint.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace hobnob {

/// A name bound to a key.
struct account {
  std::string user;
  fingerprint id;
  std::int64_t bound_at_s = 0;  ///< Unix time.
};

/// Binds a name to a key (replacing an older binding), or unbinds it.
struct account_change {
  account what;
  bool remove = false;
};

/// The bindings of a relay in one SQLite file (WAL, synchronous FULL), or in memory only. Used by
/// one thread at a time. Its process holds the file alone: a second one gets an error from `open`.
class account_database {
 public:
  struct open_result;

  /// `file` is made if missing; an empty path keeps everything in memory. `file_system`: the SQLite
  /// VFS that leads to it; null for this machine's files.
  static open_result open(const std::filesystem::path& file, const char* file_system = nullptr);

  ~account_database();
  account_database(const account_database&) = delete;
  account_database& operator=(const account_database&) = delete;

  /// All bindings, ordered by name.
  struct list_result {
    std::string error;
    std::vector<account> accounts;
  };
  list_result list();

  /// All changes in one transaction. When it returns without an error, they are on disk.
  std::string apply(const std::vector<account_change>& changes);

 private:
  account_database() = default;
  std::string make_schema();
  std::string execute(const char* sql);
  std::string prepare(const char* sql, sqlite3_stmt*& statement);
  std::string fault() const;
  std::string apply_one(const account_change& change);

  sqlite3* database_ = nullptr;
  sqlite3_stmt* bind_ = nullptr;
  sqlite3_stmt* unbind_ = nullptr;
};

struct account_database::open_result {
  std::string error;  ///< For people; empty if `database` is there.
  std::unique_ptr<account_database> database;
};

}  // namespace hobnob
