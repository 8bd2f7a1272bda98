#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/file_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace hobnob {
namespace {

constexpr unsigned folder_numbers_max = 1000;
constexpr std::size_t changed_folders_max = 8;
constexpr unsigned names_at_once = 32;

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + '/' + name;
}

}  // namespace

std::string file_sink::folder_path(std::uint32_t folder) const {
  if (folder == entry_table::none) return {};
  if (folder_names_.empty()) return entries_.path(folder);
  const auto other = folder_names_.find(folder);
  const auto name =
      other == folder_names_.end() ? std::string{entries_.name(folder)} : other->second;
  return joined(folder_path(entries_.folder(folder)), name);
}

/// Makes the folder if it is not there yet; `path` is where it stands.
file_sink::fault file_sink::stand_folder(std::uint32_t folder, std::string& path) {
  if (folder == entry_table::none || folders_standing_.contains(folder)) {
    path = folder_path(folder);
    return std::nullopt;
  }
  folder_in_use parent;
  if (auto error = open_folder(entries_.folder(folder), parent)) return error;
  return stand_in(parent.fd, parent.path, folder, path);
}

file_sink::fault file_sink::stand_in(int parent, const std::string& parent_path,
                                     std::uint32_t folder, std::string& path) {
  const std::string declared{entries_.name(folder)};
  for (unsigned number = 1; number <= folder_numbers_max; ++number) {
    const auto name = number == 1 ? declared : core::numbered_name(declared, number);
    path = joined(parent_path, name);
    const bool made = ::mkdirat(parent, name.c_str(), 0777) == 0;
    if (!made && errno != EEXIST) return sink_fault(errno, "make the folder " + path);
    const auto found = download_folder::status(parent, name);
    if (!found || !S_ISDIR(found->st_mode)) continue;
    if (made) {
      folders_made_.push_back(folder);
      folders_new_.add({folder, std::uint64_t{folder} + 1});
      note_change(parent_path);
    }
    if (number > 1) folder_names_[folder] = name;
    folders_standing_.add({folder, std::uint64_t{folder} + 1});
    return std::nullopt;
  }
  return sink_fault(EEXIST, "make the folder " + path);
}

/// Looked up anew each time, or for a few names that are given in a row: what was put in the place
/// of a folder meanwhile is not written to.
file_sink::fault file_sink::open_folder(std::uint32_t folder, folder_in_use& opened) {
  if (opened.entry == folder && opened.names_left > 0) {
    --opened.names_left;
    return std::nullopt;
  }
  opened = {};
  if (auto error = stand_folder(folder, opened.path)) return error;
  opened.fd = folder_->descriptor();
  if (folder != entry_table::none) {
    auto found = folder_->open_folder(opened.path);
    if (found.error != 0) return sink_fault(found.error, "open the folder " + opened.path);
    opened.own = std::move(found.fd);
    opened.fd = opened.own.get();
  }
  opened.entry = folder;
  opened.names_left = names_at_once - 1;
  return std::nullopt;
}

std::string file_sink::shown_path(const std::string& folder, const std::string& name) const {
  return (folder_->path() / joined(folder, name)).string();
}

void file_sink::note_change(const std::string& folder) {
  if (many_folders_changed_) return;
  changed_folders_.insert(folder);
  many_folders_changed_ = changed_folders_.size() > changed_folders_max;
}

/// From the innermost out: what is made in a folder changes its time.
void file_sink::set_folder_times() {
  for (auto folder = folders_made_.rbegin(); folder != folders_made_.rend(); ++folder) {
    const auto opened = folder_->open_folder(folder_path(*folder));
    if (!opened.fd) continue;
    set_modified(opened.fd.get(), entries_.modified_ns(*folder));
  }
}

}  // namespace hobnob
