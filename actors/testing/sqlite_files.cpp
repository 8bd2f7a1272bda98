#include "actors/testing/sqlite_files.hpp"

#include "actors/storage/small_file.hpp"

#include <sqlite3.h>
#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <utility>

namespace hobnob::testing {
namespace {

/// Longer than any path in a data directory.
constexpr int path_size_max = 4096;

/// What SQLite expects of a disk whose sectors are written whole or not at all, as its own files
/// are described on Linux.
constexpr int sector_size = 4096;

/// What becomes of a file that SQLite has open.
struct open_file {
  std::shared_ptr<disk> where;
  disk::path name;
  std::unique_ptr<disk_file> file;
  bool name_is_new = false;  // Its directory is to be synced with it.
  bool removed_at_close = false;
};

/// SQLite allocates this itself, and knows the first member only.
struct file_handle {
  sqlite3_file base;
  open_file* state;
};

open_file& state_of(sqlite3_file* file) { return *reinterpret_cast<file_handle*>(file)->state; }
disk& disk_of(sqlite3_vfs* files) { return **static_cast<std::shared_ptr<disk>*>(files->pAppData); }

int answer(std::error_code error, int otherwise) {
  if (!error) return SQLITE_OK;
  return error == std::errc::no_space_on_device ? SQLITE_FULL : otherwise;
}

// --- Of a file ---

int close(sqlite3_file* file) {
  const std::unique_ptr<open_file> state{&state_of(file)};
  state->file.reset();
  if (state->removed_at_close) state->where->remove(state->name);
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  const std::span wanted{static_cast<std::byte*>(out), static_cast<std::size_t>(size)};
  const auto got = state_of(file).file->read_at(static_cast<std::uint64_t>(offset), wanted);
  if (got.error) return SQLITE_IOERR_READ;
  if (got.size == wanted.size()) return SQLITE_OK;
  std::ranges::fill(wanted.subspan(got.size), std::byte{0});
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const byte_view all{static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
  return answer(state_of(file).file->write_at(static_cast<std::uint64_t>(offset), all),
                SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return answer(state_of(file).file->resize(static_cast<std::uint64_t>(size)),
                SQLITE_IOERR_TRUNCATE);
}

// A journal whose name is lost in a power cut would not be played back.
int sync(sqlite3_file* file, int) {
  auto& state = state_of(file);
  if (state.file->sync()) return SQLITE_IOERR_FSYNC;
  if (!state.name_is_new) return SQLITE_OK;
  if (sync_folder(state.name.parent_path(), *state.where)) return SQLITE_IOERR_DIR_FSYNC;
  state.name_is_new = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* out) {
  const auto size = state_of(file).file->size();
  *out = static_cast<sqlite3_int64>(size.size);
  return size.error ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

// Nobody else has the file.
int take_lock(sqlite3_file*, int) { return SQLITE_OK; }
int give_lock(sqlite3_file*, int) { return SQLITE_OK; }
int is_reserved(sqlite3_file*, int* out) {
  *out = 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector(sqlite3_file*) { return sector_size; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1: no shared memory, no mapping of files.
constexpr sqlite3_io_methods methods{
    .iVersion = 1,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = take_lock,
    .xUnlock = give_lock,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control,
    .xSectorSize = sector,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// --- Of the disk ---

int open(sqlite3_vfs* files, const char* name, sqlite3_file* out, int flags, int* flags_out) {
  out->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;  // A temporary file: those are to be in memory.
  auto& where = disk_of(files);
  const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
  const bool is_new = where.status(name).error == std::errc::no_such_file_or_directory;
  const auto how = (flags & SQLITE_OPEN_READWRITE) == 0 ? open_mode::read
                   : creates                            ? open_mode::create
                                                        : open_mode::write;
  auto opened = where.open(name, how);
  if (opened.error) return answer(opened.error, SQLITE_CANTOPEN);
  auto state = std::make_unique<open_file>();
  state->where = *static_cast<std::shared_ptr<disk>*>(files->pAppData);
  state->name = name;
  state->file = std::move(opened.file);
  constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  state->name_is_new = is_new && (flags & journals) != 0;
  state->removed_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  if (flags_out != nullptr) *flags_out = flags;
  reinterpret_cast<file_handle*>(out)->state = state.release();
  out->pMethods = &methods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* files, const char* name, int sync_directory) {
  auto& where = disk_of(files);
  const auto error = where.remove(name);
  if (error == std::errc::no_such_file_or_directory) return SQLITE_IOERR_DELETE_NOENT;
  if (error) return SQLITE_IOERR_DELETE;
  if (sync_directory == 0) return SQLITE_OK;
  return answer(sync_folder(disk::path{name}.parent_path(), where), SQLITE_IOERR_DIR_FSYNC);
}

// An empty file counts as none: a journal that a crash left without content.
int access(sqlite3_vfs* files, const char* name, int what, int* out) {
  const auto found = disk_of(files).status(name);
  *out = !found.error && (what != SQLITE_ACCESS_EXISTS || found.size > 0) ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
  if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, name);
  return SQLITE_OK;
}

// SQLite asks the usual VFS for random numbers and the time; these are for extensions.
int randomness(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 0, static_cast<std::size_t>(size));
  return size;
}
int wait(sqlite3_vfs*, int) { return 0; }
int no_time(sqlite3_vfs*, double* out) {
  *out = 0;
  return SQLITE_OK;
}
int no_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

struct sqlite_files::impl {
  std::shared_ptr<disk> where;
  std::string name;
  sqlite3_vfs files{};
};

sqlite_files::sqlite_files(std::shared_ptr<disk> where) : impl_(std::make_unique<impl>()) {
  static std::atomic<unsigned> number{0};  // SQLite knows them by name.
  impl_->where = std::move(where);
  impl_->name = "hobnob-" + std::to_string(++number);
  auto& files = impl_->files;
  files.iVersion = 1;
  files.szOsFile = sizeof(file_handle);
  files.mxPathname = path_size_max;
  files.zName = impl_->name.c_str();
  files.pAppData = &impl_->where;
  files.xOpen = open;
  files.xDelete = remove;
  files.xAccess = access;
  files.xFullPathname = full_name;
  files.xRandomness = randomness;
  files.xSleep = wait;
  files.xCurrentTime = no_time;
  files.xGetLastError = no_error;
  sqlite3_vfs_register(&files, 0);
}

sqlite_files::~sqlite_files() { sqlite3_vfs_unregister(&impl_->files); }

const char* sqlite_files::name() const noexcept { return impl_->name.c_str(); }

}  // namespace hobnob::testing
