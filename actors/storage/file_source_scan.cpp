#include "actors/core/sanitise.hpp"
#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/download_folder.hpp"
#include "actors/storage/file_source.hpp"
#include "actors/storage/folder_listing.hpp"
#include "actors/storage/offered_name.hpp"
#include "actors/storage/part_files.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

/// Where holes are no smaller than the disk's blocks.
constexpr std::uint64_t hole_size_min = 4096;

/// Bytes for which the disk has no room set aside: holes.
std::uint64_t missing_on_disk(const struct stat& status) {
  const auto size = static_cast<std::uint64_t>(status.st_size);
  return size - std::min(size, static_cast<std::uint64_t>(status.st_blocks) * 512);
}

/// Empty for a file and a folder.
std::string other_kind(mode_t mode) {
  if (S_ISREG(mode) || S_ISDIR(mode)) return {};
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISFIFO(mode)) return "a pipe";
  return "a device";
}

/// Where `path`, as a user wrote it, is, and what it is called there: `.` and `photos/` have names
/// as well. A link is its own place.
std::filesystem::path place_of(std::filesystem::path path) {
  if (path.filename().empty()) path = path.parent_path();
  const auto name = path.filename();
  std::error_code error;
  if (name.empty() || name == "." || name == "..") return std::filesystem::canonical(path, error);
  const auto folder = std::filesystem::canonical(path.parent_path(), error);
  return error ? path : folder / name;
}

}  // namespace

file_source::fault file_source::scan(core::transfer_summary& found) {
  entries_.clear();
  inodes_.clear();
  tops_.clear();
  other_names_.clear();
  omitted_ = {};
  unreadable_ = {};
  unread_in_.clear();
  with_holes_ = {};
  holes_ = 0;
  user_ = ::geteuid();
  std::set<std::filesystem::path> places;
  std::set<std::string> names;
  for (const auto& path : paths_) {
    if (auto error = scan_top(path, places, names)) return error;
  }
  if (auto error = scan_folders()) return error;
  if (auto error = check_any_readable()) return error;
  if (entries_.size() == 0) return transfer_fault_of("source-unreadable", "nothing to send");
  found = {std::string{entries_.name(0)}, entries_.size(), 0, 0};
  for (std::uint32_t next = 0; next < entries_.size(); ++next) {
    if (entries_.kind(next) == core::entry_kind::file) ++found.files;
    found.bytes += entries_.bytes(next);
  }
  found.holes = holes_;
  return std::nullopt;
}

file_source::fault file_source::scan_top(const std::filesystem::path& path,
                                         std::set<std::filesystem::path>& places,
                                         std::set<std::string>& names) {
  const auto shown = core::quoted(path.string());
  struct stat status {};
  const bool readable = ::stat(path.c_str(), &status) == 0 &&
                        ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
  if (!readable) {
    return transfer_fault_of("source-unreadable", "cannot read " + shown + ": " +
                                                      std::generic_category().message(errno));
  }
  if (const auto kind = other_kind(status.st_mode); !kind.empty()) {
    return transfer_fault_of("source-unreadable",
                             shown + " is " + kind + ": only files and folders can be sent");
  }
  const auto place = place_of(path);
  const auto name = place.filename().string();
  if (name.empty()) return transfer_fault_of("bad-path", shown + " has no name to offer it under");
  if (!places.insert(place).second) return std::nullopt;
  const auto entry =
      add(entry_table::none, name, distinct_name(offered_name(name, true), names), status);
  tops_[entry] = path;
  return std::nullopt;
}

/// Folders that are found are added behind, and so come to their turn. While one is read the next
/// one is, too, on a thread of its own, if there is enough in them to be worth it.
file_source::fault file_source::scan_folders() {
  listing_ahead ahead;
  std::size_t last_size = 0;
  for (std::uint32_t next = 0; next < entries_.size(); ++next) {
    if (entries_.kind(next) != core::entry_kind::folder) continue;
    folder_listing names;
    int error = EMFILE;
    if (ahead.reads(next)) error = ahead.take(names);
    if (error == EMFILE || error == ENFILE) {  // For one alone there may be descriptors enough.
      names = {};
      if (last_size >= listing_ahead::worth_a_thread) read_ahead(next, ahead);
      owned_fd folder;
      error = open_folder(next, folder);
      if (error == 0) error = names.read(std::move(folder));
    }
    if (error != 0 && tops_.contains(next))
      return source_fault(error, "read the folder " + core::quoted(disk_path(next)));
    if (error != 0) {
      if (auto fault_found = skip_unreadable(entries_.folder(next), disk_name(next), error))
        return fault_found;
      names = {};
    }
    last_size = names.size();
    if (auto fault_found = scan_folder(next, names)) return fault_found;
  }
  return std::nullopt;
}

/// The folder that comes behind this one, if it is known and can be opened.
void file_source::read_ahead(std::uint32_t folder, listing_ahead& ahead) {
  auto next = folder + 1;
  while (next < entries_.size() && entries_.kind(next) != core::entry_kind::folder) ++next;
  owned_fd opened;
  if (next < entries_.size() && open_folder(next, opened) == 0)
    ahead.begin(next, std::move(opened));
}

file_source::fault file_source::scan_folder(std::uint32_t folder, const folder_listing& names) {
  const auto path = entries_.path(folder) + '/';
  std::set<std::string> changed;  // Offered names that no file here has.
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name{names[i]};
    auto offered = name;
    if (!core::transfer_path::parse(path + name)) {  // Almost all are taken as they are.
      offered = offered_name(name, false);
      if (offered != name) {
        for (unsigned number = 2; names.contains(offered) || changed.contains(offered); ++number) {
          offered = core::numbered_name(offered_name(name, false), number);
        }
        changed.insert(offered);
      }
      if (!core::transfer_path::parse(path + offered)) offered.clear();
    }
    if (auto error = check_wanted()) return error;
    struct stat status {};
    const int error = names.look(i, status);
    if (error == ENOENT) continue;  // It is no longer there.
    if (auto fault_found = error != 0 ? skip_unreadable(folder, name, error)
                                      : scan_name(folder, names.folder(), name, offered, status))
      return fault_found;
  }
  return std::nullopt;
}

/// Nobody else's permissions have a say then: the system need not be asked.
bool file_source::is_own_readable(const struct stat& status) const {
  return status.st_uid == user_ && (status.st_mode & S_IRUSR) != 0;
}

/// Without an `offered` name it cannot be told where it is.
file_source::fault file_source::scan_name(std::uint32_t folder, int fd, const std::string& name,
                                          const std::string& offered, const struct stat& status) {
  if (auto kind = other_kind(status.st_mode); !kind.empty()) {
    skip(folder, name, std::move(kind));
    return std::nullopt;
  }
  if (download_folder::is_part_name(name)) {
    skip(folder, name, "an unfinished file");
    return std::nullopt;
  }
  if (offered.empty()) {
    skip(folder, name, "too deep in folders");
    return std::nullopt;
  }
  if (!is_own_readable(status) && ::faccessat(fd, name.c_str(), R_OK, AT_EACCESS) != 0)
    return skip_unreadable(folder, name, errno);
  if (entries_.size() >= entry_table::count_max) {
    return transfer_fault_of("too-large", "too many files for one transfer");
  }
  add(folder, name, offered, status);
  return std::nullopt;
}

std::uint32_t file_source::add(std::uint32_t folder, const std::string& name,
                               const std::string& offered, const struct stat& status) {
  const bool is_folder = S_ISDIR(status.st_mode);
  const auto modified = modified_ns_of(status);
  const auto entry =
      entries_.add(folder, offered, is_folder ? core::entry_kind::folder : core::entry_kind::file,
                   is_folder ? 0 : static_cast<std::uint64_t>(status.st_size), modified);
  inodes_.push_back(status.st_ino);
  const auto missing = is_folder ? 0 : missing_on_disk(status);
  if (missing >= hole_size_min) {
    with_holes_.add({entry, std::uint64_t{entry} + 1});
    holes_ += missing;
  }
  if (offered != name) other_names_[entry] = name;
  return entry;
}

void file_source::skip(std::uint32_t folder, const std::string& name, std::string reason) {
  omitted_.add(disk_path(folder) + '/' + name, std::move(reason));
}

/// A fault only where this process lacks something: another time it could be read.
file_source::fault file_source::skip_unreadable(std::uint32_t folder, const std::string& name,
                                                int error) {
  auto path = disk_path(folder) + '/' + name;
  if (auto failed = source_fault(error, "read " + core::quoted(path)); failed.passing)
    return failed;
  unreadable_.add(std::move(path), "cannot be read: " + std::generic_category().message(error));
  unread_in_.try_emplace(outermost(folder), error);
  return std::nullopt;
}

/// A folder that has files is not sent as an empty one.
file_source::fault file_source::check_any_readable() const {
  auto unread = unread_in_;
  for (std::uint32_t next = 0; next < entries_.size() && !unread.empty(); ++next) {
    if (entries_.kind(next) == core::entry_kind::file) unread.erase(outermost(next));
  }
  if (unread.empty()) return std::nullopt;
  const auto [folder, error] = *unread.begin();
  return source_fault(error, "read any file in " + core::quoted(disk_path(folder)));
}

std::uint32_t file_source::outermost(std::uint32_t entry) const {
  while (entries_.folder(entry) != entry_table::none) entry = entries_.folder(entry);
  return entry;
}

}  // namespace hobnob
