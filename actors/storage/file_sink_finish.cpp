#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/file_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

/// From here on a file is worth a sync of its own.
constexpr std::uint64_t synced_alone_min = 8 * 1024 * 1024;

/// So much waits for its name at most.
constexpr std::uint64_t sealed_bytes_max = 256 * 1024 * 1024;
constexpr std::size_t sealed_count_max = 4096;

constexpr unsigned file_numbers_max = 10'000;

}  // namespace

file_sink::fault file_sink::finish(std::uint64_t entry, bool candidate_serves, std::string& shown) {
  if (auto error = check(entry)) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  if (entries_.kind(index) == core::entry_kind::folder) {
    std::string path;
    if (auto error = stand_folder(index, path)) return error;
    shown = shown_path(path, "");
  } else if (candidate_serves) {
    owned_fd file;
    if (auto error = open_candidate(index, file, shown)) {
      if (!candidates_.contains(index)) lose(index);
      return error;
    }
    forget_part(entry);
  } else if (finished_.contains(entry)) {
    return predict(index, shown);
  } else {
    sealed_part sealed;
    if (auto error = seal(index, sealed)) return error;
    if (entries_.bytes(index) >= synced_alone_min) {
      folder_in_use folder;
      if (auto error = place(sealed, folder, shown)) return error;
    } else {
      if (auto error = predict(index, shown)) return error;
      if (!shown.empty()) promised_.insert(shown);
      sealed_.push_back(sealed);
      sealed_bytes_ += entries_.bytes(index);
    }
  }
  candidates_.erase(index);
  finished_.add({entry, entry + 1});
  const bool many = sealed_.size() >= sealed_count_max || sealed_bytes_ >= sealed_bytes_max;
  return many ? settle() : std::nullopt;
}

/// All that a finished file is, but its name.
file_sink::fault file_sink::seal(std::uint32_t entry, sealed_part& sealed) {
  open_part* part = nullptr;
  const auto size = entries_.bytes(entry);
  // Only what is empty may do without ever having been written.
  if (size > 0 && !with_part_.contains(entry)) return gone(entry);
  if (auto error = need_part(entry, part)) return error;
  const int fd = part->fd.get();
  struct stat status {};
  const bool sized = part->end == size || ::ftruncate(fd, static_cast<off_t>(size)) == 0;
  bool whole = sized && ::fchmod(fd, file_mode_) == 0 &&
               set_modified(fd, entries_.modified_ns(entry)) && ::fstat(fd, &status) == 0;
  bool synced = true;
  if (whole && size >= synced_alone_min) whole = synced = ::fsync(fd) == 0;
  const int error = errno;
  parts_.close(entry);
  // What the system could not store it takes for stored the next time: it is to be written anew.
  if (!synced) lose(entry);
  if (!whole) return sink_fault(error, "finish " + entries_.path(entry));
  sealed = {entry, status.st_ino};
  return std::nullopt;
}

/// Where `place` will put it, if nobody is faster.
file_sink::fault file_sink::predict(std::uint32_t entry, std::string& shown) {
  if (!is_outermost(entry)) return std::nullopt;
  std::string name{entries_.name(entry)};
  shown = shown_path({}, name);
  for (unsigned number = 2; conflicts_ == conflict_policy::rename && number <= file_numbers_max;
       ++number) {
    if (!promised_.contains(shown) && !download_folder::status(folder_->descriptor(), name)) break;
    name = core::numbered_name(entries_.name(entry), number);
    shown = shown_path({}, name);
  }
  return std::nullopt;
}

file_sink::fault file_sink::place(const sealed_part& sealed, folder_in_use& folder,
                                  std::string& shown) {
  const auto entry = sealed.entry;
  if (auto error = open_folder(entries_.folder(entry), folder)) return error;

  const auto part = part_of(entry);
  const auto ours = download_folder::status(folder_->descriptor(), part);
  if (!ours || !S_ISREG(ours->st_mode) || ours->st_ino != sealed.inode) return gone(entry);
  const std::string declared{entries_.name(entry)};
  for (unsigned number = 1; number <= file_numbers_max; ++number) {
    const auto name = number == 1 ? declared : core::numbered_name(declared, number);
    bool replace = false;
    if (conflicts_ == conflict_policy::overwrite) {
      const auto there = download_folder::status(folder.fd, name);
      replace = there && (S_ISREG(there->st_mode) || S_ISLNK(there->st_mode));
    }
    const int error = folder_->place(part, folder.fd, name, replace);
    if (error == EEXIST && conflicts_ != conflict_policy::skip) continue;
    if (error != 0 && error != EEXIST) return sink_fault(error, "name " + entries_.path(entry));
    with_part_.remove({entry, std::uint64_t{entry} + 1});
    if (is_outermost(entry)) shown = shown_path({}, name);
    if (error == EEXIST) {
      folder_->remove_part(part);
      omit(shown_path(folder.path, name));
    }
    note_change(folder.path);
    return std::nullopt;
  }
  return sink_fault(EEXIST, "name " + entries_.path(entry));
}

/// The policy says so.
void file_sink::omit(const std::string& shown) {
  omitted_.add(shown, "there is a file of that name");
}

file_sink::fault file_sink::settle() {
  if (!folder_) return std::nullopt;
  auto error = place_all_sealed();
  if (auto later = sync_names(); !error) error = std::move(later);
  return error;
}

/// First all content is put on disk, then it gets its names. What fails for want of something waits
/// for the next time.
file_sink::fault file_sink::place_all_sealed() {
  if (sealed_.empty()) return std::nullopt;
  auto first_error = sync_all();
  const bool synced = !first_error;
  const auto places = std::exchange(promised_, {});
  std::vector<sealed_part> waiting;
  sealed_bytes_ = 0;
  folder_in_use folder;
  for (const auto& sealed : std::exchange(sealed_, {})) {
    // Nobody knows of which it is true, and the next time the system says all is well.
    if (!synced) lose(sealed.entry);
    if (!synced) continue;
    std::string shown;
    auto error = place(sealed, folder, shown);
    if (!error) continue;
    if (!error->passing) finished_.remove({sealed.entry, std::uint64_t{sealed.entry} + 1});
    if (finished_.contains(sealed.entry)) {
      waiting.push_back(sealed);
      sealed_bytes_ += entries_.bytes(sealed.entry);
    }
    if (!first_error) first_error = std::move(error);
  }
  sealed_ = std::move(waiting);
  if (!sealed_.empty()) promised_ = places;
  return first_error;
}

file_sink::fault file_sink::sync_all() const {
  if (::syncfs(folder_->descriptor()) == 0) return std::nullopt;
  return sink_fault(errno, "write to " + where_.string());
}

/// What fails here is still to be done the next time.
file_sink::fault file_sink::sync_names() {
  if (many_folders_changed_) {
    if (auto error = sync_all()) return error;
    many_folders_changed_ = false;
    changed_folders_.clear();
  }
  while (!changed_folders_.empty()) {
    const auto path = *changed_folders_.begin();
    const auto folder = folder_->open_folder(path);
    const bool synced = folder.fd && ::fsync(folder.fd.get()) == 0;
    auto error = sink_fault(folder.fd ? errno : folder.error, "write to " + shown_path(path, ""));
    // What was moved away since is somebody else's.
    if (!synced && (folder.fd || error.passing)) return error;
    changed_folders_.erase(changed_folders_.begin());
  }
  return std::nullopt;
}

file_sink::fault file_sink::close() {
  if (!folder_) return std::nullopt;
  if (auto error = settle()) return error;
  if (entries_.size() < offered_.entries ||
      finished_.first_gap(0, offered_.entries, offered_.entries)) {
    return transfer_fault_of("disk-error", "not all of it is finished");
  }
  set_folder_times();
  remove_own_parts();
  parts_.clear();
  folder_.reset();
  return std::nullopt;
}

void file_sink::discard() {
  std::error_code ignored;
  if (!folder_ && std::filesystem::is_directory(where_, ignored)) {
    if (auto folder = download_folder::open(where_)) folder_.emplace(*std::move(folder));
  }
  if (!folder_) return;
  settle();  // What was said to be finished stays.
  parts_.clear();
  remove_own_parts();
  // Folders that nothing came into; others are not empty.
  const auto made = made_folders();
  for (auto folder = made.rbegin(); folder != made.rend(); ++folder) {
    const std::filesystem::path path = folder_path(*folder);
    const auto parent = folder_->open_folder(path.parent_path().string());
    if (parent.fd) ::unlinkat(parent.fd.get(), path.filename().c_str(), AT_REMOVEDIR);
  }
  folder_.reset();
}

void file_sink::remove_own_parts() {
  for (const auto& part : folder_->parts()) {
    if (part.transfer == transfer_) folder_->remove_part(part_of(part.entry));
  }
  with_part_ = {};
  made_list_ = {};
}

}  // namespace hobnob
