#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/file_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

/// From here on a file is worth a sync of its own.
constexpr std::uint64_t synced_alone_min = 8 * 1024 * 1024;

/// So much waits for its name before it is given, and as much again while others get theirs.
constexpr std::uint64_t sealed_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t sealed_count_max = 1024;

}  // namespace

file_sink::fault file_sink::finish(std::uint64_t entry, bool candidate_serves, std::string& shown) {
  if (auto error = check(entry)) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  if (entries_.kind(index) == core::entry_kind::folder) {
    std::string path;
    if (auto error = stand_folder(index, path)) return error;
    shown = shown_path(path, "");
    if (folder_names_.contains(index)) renamed_.add(shown, std::string{entries_.name(index)});
  } else if (candidate_serves) {
    owned_fd file;
    if (auto error = open_candidate(index, file, shown)) {
      if (!candidates_.contains(index)) lose(index);
      return error;
    }
    if (candidates_.at(index).name != entries_.name(index))
      renamed_.add(shown, std::string{entries_.name(index)});
    forget_part(entry);
  } else if (finished_.contains(entry)) {
    return predict(index, shown);
  } else {
    sealed_part sealed;
    if (auto error = seal(index, sealed)) return error;
    if (entries_.bytes(index) >= synced_alone_min) {
      if (auto error = take_named(namer().give_name(std::move(sealed)), shown)) return error;
    } else {
      if (auto error = predict(index, shown)) return error;
      if (!shown.empty()) promised_.insert(shown);
      sealed_bytes_ += entries_.bytes(index);
      sealed_.push_back(std::move(sealed));
    }
  }
  candidates_.erase(index);
  finished_.add({entry, entry + 1});
  if (sealed_.size() < sealed_count_max && sealed_bytes_ < sealed_bytes_max) return std::nullopt;
  auto error = end_naming();
  if (!sealed_.empty()) begin_naming();
  return error;
}

/// All that a finished file is, but its name.
file_sink::fault file_sink::seal(std::uint32_t entry, sealed_part& sealed) {
  open_part* part = nullptr;
  std::string folder;
  if (auto error = stand_folder(entries_.folder(entry), folder)) return error;
  const auto size = entries_.bytes(entry);
  // Only what is empty may do without ever having been written.
  if (size > 0 && !with_part_.contains(entry)) return gone(entry);
  if (auto error = need_part(entry, part)) return error;
  const int fd = part->fd.get();
  struct stat status {};
  bool whole = ::fstat(fd, &status) == 0;
  const bool sized = whole && static_cast<std::uint64_t>(status.st_size) == size;
  const bool has_mode = whole && (status.st_mode & 07777) == file_mode_;
  whole = whole && (sized || ::ftruncate(fd, static_cast<off_t>(size)) == 0) &&
          (has_mode || ::fchmod(fd, file_mode_) == 0) &&
          set_modified(fd, entries_.modified_ns(entry));
  bool synced = true;
  if (whole && size >= synced_alone_min) whole = synced = ::fsync(fd) == 0;
  const int error = errno;
  parts_.close(entry);
  // What the system could not store it takes for stored the next time: it is to be written anew.
  if (!synced) lose(entry);
  if (!whole) return sink_fault(error, "finish " + entries_.path(entry));
  sealed = {entry, status.st_ino, std::move(folder), std::string{entries_.name(entry)}};
  return std::nullopt;
}

/// Where it will stand, if nobody is faster.
file_sink::fault file_sink::predict(std::uint32_t entry, std::string& shown) {
  if (!is_outermost(entry)) return std::nullopt;
  std::string name{entries_.name(entry)};
  shown = shown_path({}, name);
  for (unsigned number = 2; conflicts_ == conflict_policy::rename && number <= file_numbers_max;
       ++number) {
    const bool promised = promised_.contains(shown) || promised_naming_.contains(shown);
    if (!promised && !download_folder::status(folder_->descriptor(), name)) break;
    name = core::numbered_name(entries_.name(entry), number);
    shown = shown_path({}, name);
  }
  return std::nullopt;
}

/// Keeps the books of a part that has got its name, or has not.
file_sink::fault file_sink::take_named(const named_part& named, std::string& shown) {
  using enum named_part::outcome;
  const auto entry = named.part.entry;
  if (named.what == gone) return this->gone(entry);
  if (named.what == failed) return named.fault;
  with_part_.remove({entry, std::uint64_t{entry} + 1});
  if (is_outermost(entry)) shown = shown_path({}, named.name);
  if (named.what == omitted) omit(shown_path(named.part.folder, named.name));
  if (named.what == placed && named.name != named.part.name)
    renamed_.add(shown_path(named.part.folder, named.name), named.part.name);
  note_change(named.part.folder);
  return std::nullopt;
}

/// The policy says so.
void file_sink::omit(const std::string& shown) {
  omitted_.add(shown, "there is a file of that name");
}

file_sink::fault file_sink::settle() {
  if (!folder_) return std::nullopt;
  auto error = name_all_sealed();
  if (auto later = sync_names(); !error) error = std::move(later);
  return error;
}

file_sink::fault file_sink::name_all_sealed() {
  auto error = end_naming();
  if (sealed_.empty()) return error;
  begin_naming();
  auto later = end_naming();
  return error ? error : later;
}

void file_sink::begin_naming() {
  promised_naming_ = std::exchange(promised_, {});
  sealed_bytes_ = 0;
  // Copied, not moved: std::async takes it a second time if there can be no thread, and then it
  // runs when it is waited for.
  const auto parts = std::make_shared<std::vector<sealed_part>>(std::exchange(sealed_, {}));
  const auto give = [namer = namer(), parts] { return namer.give_names(std::move(*parts)); };
  naming_ = std::async(std::launch::async | std::launch::deferred, give);
}

/// What fails for want of something waits for the next time.
file_sink::fault file_sink::end_naming() {
  if (!naming_.valid()) return std::nullopt;
  auto done = naming_.get();
  const auto places = std::exchange(promised_naming_, {});
  if (done.sync_error != 0) {
    lose_unsynced();
    return sink_fault(done.sync_error, "write to " + where_.string());
  }
  fault first_error;
  for (auto& named : done.parts) {
    std::string shown;
    auto error = take_named(named, shown);
    if (!error) continue;
    const auto entry = named.part.entry;
    if (!error->passing) finished_.remove({entry, std::uint64_t{entry} + 1});
    if (finished_.contains(entry)) {
      promised_.insert(places.begin(), places.end());
      sealed_bytes_ += entries_.bytes(entry);
      sealed_.push_back(std::move(named.part));
    }
    if (!first_error) first_error = std::move(error);
  }
  return first_error;
}

/// Content could not be put on disk. Nobody knows of which file that is true, and the next time the
/// system says all is well; only large files ask for themselves.
void file_sink::lose_unsynced() {
  sealed_.clear();
  sealed_bytes_ = 0;
  promised_.clear();
  const auto with_part = with_part_;
  for (const auto& range : with_part.ranges()) {
    for (auto entry = range.first; entry < range.end; ++entry) {
      const auto index = static_cast<std::uint32_t>(entry);
      if (entry >= entries_.size()) {
        forget_part(entry);  // Of an earlier run; how large it was to be is not told yet.
      } else if (entries_.bytes(index) < synced_alone_min) {
        lose(index);
      }
    }
  }
}

file_sink::fault file_sink::sync_all() const {
  if (::syncfs(folder_->descriptor()) == 0) return std::nullopt;
  return sink_fault(errno, "write to " + where_.string());
}

/// What fails here is still to be done the next time.
file_sink::fault file_sink::sync_names() {
  if (many_folders_changed_) {
    if (auto error = sync_all()) {
      lose_unsynced();
      return error;
    }
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
  if (!with_part_.empty()) {
    return transfer_fault_of("disk-error", "a finished file has no name yet");
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
  if (!made_list_) open_made_list();
  remove_own_parts();
  // Those of an earlier sink may be all that is known.
  auto paths = std::exchange(made_before_, {});
  for (const auto folder : made_folders()) paths[folder] = folder_path(folder);
  for (auto each = paths.rbegin(); each != paths.rend(); ++each) remove_if_empty(each->second);
  folder_.reset();
}

/// A folder that nothing came into.
void file_sink::remove_if_empty(const std::filesystem::path& folder) {
  const auto parent = folder_->open_folder(folder.parent_path().string());
  if (parent.fd) ::unlinkat(parent.fd.get(), folder.filename().c_str(), AT_REMOVEDIR);
}

void file_sink::remove_own_parts() {
  for (const auto& part : folder_->parts()) {
    if (part.transfer == transfer_) folder_->remove_part(part_of(part.entry));
  }
  with_part_ = {};
  made_list_ = {};
}

}  // namespace hobnob
