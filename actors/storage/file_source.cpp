#include "actors/storage/file_source.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/open_beneath.hpp"
#include "actors/storage/part_files.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <system_error>

namespace hobnob {
namespace {

constexpr std::uint64_t read_ahead_min = 1024 * 1024;

/// Stays what it means when the working directory changes.
std::filesystem::path absolute_path(const std::filesystem::path& path) {
  std::error_code error;
  auto result = std::filesystem::absolute(path, error);
  return error ? path : result;
}

}  // namespace

file_source::file_source(const std::vector<std::filesystem::path>& paths) {
  for (const auto& path : paths) paths_.push_back(absolute_path(path));
}

std::vector<core::transfer_entry> file_source::entries(std::uint64_t first, std::size_t count_max) {
  std::vector<core::transfer_entry> result;
  for (auto next = first; next < entries_.size() && result.size() < count_max; ++next) {
    result.push_back(entries_.entry(static_cast<std::uint32_t>(next)));
  }
  return result;
}

/// What could not be read comes first: it is missed more than links are.
core::omitted_entries file_source::omitted() const {
  auto all = unreadable_;
  for (const auto& each : omitted_.first) all.add(each.path, each.reason);
  all.count = unreadable_.count + omitted_.count;
  return all;
}

core::renamed_entries file_source::renamed() const {
  core::renamed_entries all;
  for (const auto& each : other_names_) {
    if (all.count == all.first_max) break;
    all.add(disk_path(each.first), std::string{entries_.name(each.first)});
  }
  all.count = other_names_.size();
  return all;
}

file_source::fault file_source::read(std::uint64_t entry, std::uint64_t offset,
                                     std::span<std::byte> bytes) {
  if (auto error = check_wanted()) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  const bool known = entry < entries_.size() && entries_.kind(index) == core::entry_kind::file;
  if (!known || offset > entries_.bytes(index) || bytes.size() > entries_.bytes(index) - offset) {
    return transfer_fault_of("source-unreadable", "no such part of a file was offered");
  }
  if (auto error = need_file(index)) return error;
  const auto got = read_fully(file_.get(), offset, bytes);
  if (got < 0) return source_fault(errno, "read " + core::quoted(disk_path(index)));
  return check_unchanged(index, static_cast<std::size_t>(got) == bytes.size());
}

file_source::fault file_source::stretch_at(std::uint64_t entry, std::uint64_t offset,
                                           std::uint64_t size_max, core::content_stretch& found) {
  found = {size_max, false};
  const auto index = static_cast<std::uint32_t>(entry);
  if (!with_holes_.contains(entry) || offset >= entries_.bytes(index)) return std::nullopt;
  if (auto error = check_wanted()) return error;
  if (auto error = need_file(index)) return error;
  if (offset < stretch_begin_ || offset - stretch_begin_ >= stretch_.size) {
    stretch_begin_ = offset;
    stretch_ = stretch_of(file_.get(), offset, entries_.bytes(index) - offset);
  }
  found = {std::min(size_max, stretch_.size - (offset - stretch_begin_)), stretch_.hole};
  return found.hole ? check_unchanged(index, true) : std::nullopt;
}

file_source::fault file_source::need_file(std::uint32_t entry) {
  if (file_entry_ == entry) return std::nullopt;
  const int error = open_file(entry);
  if (error == 0) return std::nullopt;
  return source_fault(error, "read " + core::quoted(disk_path(entry)));
}

file_source::fault file_source::check_wanted() const {
  if (!given_up_) return std::nullopt;
  return transfer_fault_of("source-unreadable", "nobody waits for it any more");
}

/// After what was read: so it is true of that as well.
file_source::fault file_source::check_unchanged(std::uint32_t entry, bool all_read) {
  struct stat found {};
  if (::fstat(file_.get(), &found) != 0) {
    return source_fault(errno, "read " + core::quoted(disk_path(entry)));
  }
  const auto size = static_cast<std::uint64_t>(found.st_size);
  const auto modified = modified_ns_of(found);
  const char* change = nullptr;
  if (!S_ISREG(found.st_mode) || found.st_ino != inodes_[entry]) {
    change = " was replaced";
  } else if (size < entries_.bytes(entry)) {
    change = " became shorter";
  } else if (size > entries_.bytes(entry)) {
    change = " became longer";
  } else if (modified != entries_.modified_ns(entry)) {
    change = " was written to";
  } else if (!all_read) {
    change = " ended before its end";
  }
  if (change == nullptr) return std::nullopt;
  file_entry_ = entry_table::none;
  return transfer_fault_of("source-changed",
                           core::quoted(disk_path(entry)) + change + " since it was offered");
}

int file_source::open_file(std::uint32_t entry) {
  file_entry_ = entry_table::none;
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const auto folder = entries_.folder(entry);
  if (folder == entry_table::none) {
    file_ = owned_fd{::open(tops_.at(entry).c_str(), flags)};
  } else {
    if (folder_entry_ != folder) {
      folder_entry_ = entry_table::none;
      if (const int error = open_folder(folder, folder_); error != 0) return error;
      folder_entry_ = folder;
    }
    file_ = owned_fd{::openat(folder_.get(), disk_name(entry).c_str(), flags | O_NOFOLLOW)};
  }
  if (!file_) return errno;
  file_entry_ = entry;
  stretch_ = {};
  if (entries_.bytes(entry) >= read_ahead_min) {
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return 0;
}

/// For reading its list, or names in it. The number of errno(3).
int file_source::open_folder(std::uint32_t folder, owned_fd& opened) const {
  std::string below;
  auto top = folder;
  for (; entries_.folder(top) != entry_table::none; top = entries_.folder(top)) {
    below = below.empty() ? disk_name(top) : disk_name(top) + '/' + below;
  }
  opened = owned_fd{::open(tops_.at(top).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened && !below.empty()) {
    opened = open_beneath(opened.get(), below, O_RDONLY | O_DIRECTORY);
  }
  return opened ? 0 : errno;
}

std::string file_source::disk_name(std::uint32_t entry) const {
  const auto other = other_names_.find(entry);
  return other == other_names_.end() ? std::string{entries_.name(entry)} : other->second;
}

std::string file_source::disk_path(std::uint32_t entry) const {
  const auto folder = entries_.folder(entry);
  if (folder == entry_table::none) return tops_.at(entry).string();
  return disk_path(folder) + '/' + disk_name(entry);
}

}  // namespace hobnob
