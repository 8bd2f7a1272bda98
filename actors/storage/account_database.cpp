#include "actors/storage/account_database.hpp"

#include <sqlite3.h>
#include <algorithm>
#include <cstring>

namespace hobnob {
namespace {

// Version 1 of the file; `user_version` lets a later hobnob know what it finds.
constexpr const char* schema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS accounts("
    "  user TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, bound_at INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

// An exclusive lock also spares the shared-memory file that WAL otherwise needs.
constexpr const char* settings =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;";

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

}  // namespace

account_database::open_result account_database::open(const std::filesystem::path& file,
                                                     const char* file_system) {
  open_result result;
  std::unique_ptr<account_database> made{new account_database};
  const std::string path = file.empty() ? ":memory:" : file.string();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &made->database_, flags, file_system) != SQLITE_OK) {
    result.error = path + ": " + made->fault();
    return result;
  }
  std::string error = made->execute(settings);
  if (error.empty()) error = made->make_schema();
  if (error.empty()) {
    error = made->prepare("INSERT OR REPLACE INTO accounts VALUES(?, ?, ?)", made->bind_);
  }
  if (error.empty()) error = made->prepare("DELETE FROM accounts WHERE user = ?", made->unbind_);
  if (!error.empty()) {
    result.error = path + ": " + error;
    return result;
  }
  result.database = std::move(made);
  return result;
}

// Nothing is written where it is there: a relay whose disk is full can start, and serve whom it
// knows.
std::string account_database::make_schema() {
  sqlite3_stmt* version = nullptr;
  auto error = prepare("PRAGMA user_version", version);
  if (!error.empty()) return error;
  if (sqlite3_step(version) != SQLITE_ROW) error = fault();
  const bool is_new = error.empty() && sqlite3_column_int(version, 0) == 0;
  sqlite3_finalize(version);
  if (!is_new) return error;
  error = execute(schema);
  if (!error.empty()) execute("ROLLBACK");
  return error;
}

account_database::~account_database() {
  sqlite3_finalize(bind_);
  sqlite3_finalize(unbind_);
  sqlite3_close(database_);
}

account_database::list_result account_database::list() {
  list_result result;
  sqlite3_stmt* rows = nullptr;
  result.error = prepare("SELECT user, fingerprint, bound_at FROM accounts ORDER BY user", rows);
  if (!result.error.empty()) return result;
  int step = SQLITE_DONE;
  while ((step = sqlite3_step(rows)) == SQLITE_ROW) {
    account row;
    const auto* user = reinterpret_cast<const char*>(sqlite3_column_text(rows, 0));
    row.user.assign(user, static_cast<std::size_t>(sqlite3_column_bytes(rows, 0)));
    if (sqlite3_column_bytes(rows, 1) == static_cast<int>(row.id.octets.size())) {
      std::memcpy(row.id.octets.data(), sqlite3_column_blob(rows, 1), row.id.octets.size());
    }
    row.bound_at_s = sqlite3_column_int64(rows, 2);
    result.accounts.push_back(std::move(row));
  }
  if (step != SQLITE_DONE) result.error = fault();
  sqlite3_finalize(rows);
  return result;
}

std::string account_database::apply(const std::vector<account_change>& changes) {
  std::string error = execute("BEGIN IMMEDIATE");
  if (!error.empty()) return error;
  for (const auto& change : changes) {
    error = apply_one(change);
    if (!error.empty()) break;
  }
  if (error.empty()) error = execute("COMMIT");
  if (!error.empty()) execute("ROLLBACK");
  return error;
}

std::string account_database::apply_one(const account_change& change) {
  auto* statement = change.remove ? unbind_ : bind_;
  bind_text(statement, 1, change.what.user);
  if (!change.remove) {
    const auto& octets = change.what.id.octets;
    sqlite3_bind_blob(statement, 2, octets.data(), static_cast<int>(octets.size()), SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, change.what.bound_at_s);
  }
  std::string error;
  if (sqlite3_step(statement) != SQLITE_DONE) error = fault();
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return error;
}

std::string account_database::execute(const char* sql) {
  return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? "" : fault();
}

std::string account_database::prepare(const char* sql, sqlite3_stmt*& statement) {
  return sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK ? "" : fault();
}

std::string account_database::fault() const {
  if (database_ == nullptr) return "out of memory";
  if (sqlite3_errcode(database_) == SQLITE_BUSY) return "in use by another relay";
  return sqlite3_errmsg(database_);
}

}  // namespace hobnob
