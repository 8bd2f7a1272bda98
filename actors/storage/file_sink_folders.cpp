#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/file_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <span>
#include <utility>

namespace hobnob {
namespace {

constexpr unsigned folder_numbers_max = 1000;
constexpr std::size_t changed_folders_max = 8;
constexpr std::size_t made_list_max = 64 * 1024 * 1024;

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
    const bool missing = !download_folder::status(parent, name);
    const int error = missing ? note_made(folder, path) : 0;
    if (error != 0) return sink_fault(error, "make the folder " + path);
    const bool made = missing && ::mkdirat(parent, name.c_str(), 0777) == 0;
    if (missing && !made && errno != EEXIST) return sink_fault(errno, "make the folder " + path);
    const auto found = download_folder::status(parent, name);
    if (!found || !S_ISDIR(found->st_mode)) continue;
    if (made) {
      folders_new_.add({folder, std::uint64_t{folder} + 1});
      note_change(parent_path);
    }
    if (number > 1) folder_names_[folder] = name;
    folders_standing_.add({folder, std::uint64_t{folder} + 1});
    return std::nullopt;
  }
  return sink_fault(EEXIST, "make the folder " + path);
}

file_sink::fault file_sink::open_folder(std::uint32_t folder, folder_in_use& opened) {
  opened = {};
  if (auto error = stand_folder(folder, opened.path)) return error;
  opened.fd = folder_->descriptor();
  if (folder != entry_table::none) {
    auto found = folder_->open_folder(opened.path);
    if (found.error != 0) return sink_fault(found.error, "open the folder " + opened.path);
    opened.own = std::move(found.fd);
    opened.fd = opened.own.get();
  }
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

// --- Which of them are ours ---

/// No entry has this number.
std::string file_sink::made_list() const { return part_of(entry_table::count_max); }

/// Reads what an earlier sink has noted. The number of errno(3).
int file_sink::open_made_list() {
  made_list_ = {};
  made_list_end_ = 0;
  made_before_.clear();
  auto opened = folder_->open_part(made_list());
  if (opened.error != 0) return opened.error == ENOENT ? 0 : opened.error;
  struct stat found {};
  if (::fstat(opened.fd.get(), &found) != 0) return errno;
  std::string text(std::min<std::size_t>(static_cast<std::size_t>(found.st_size), made_list_max),
                   '\0');
  const auto got = read_fully(opened.fd.get(), 0, std::as_writable_bytes(std::span{text}));
  if (got < 0) return errno;
  text.resize(static_cast<std::size_t>(got));
  // What a crash has cut is written over.
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', made_list_end_)) {
    const char* const line = text.data() + made_list_end_;
    std::uint32_t folder = 0;
    const auto [rest, error] = std::from_chars(line, text.data() + end, folder);
    if (error == std::errc{} && *rest == ' ')
      made_before_[folder].assign(rest + 1, static_cast<const char*>(text.data() + end));
    made_list_end_ = end + 1;
  }
  made_list_ = std::move(opened.fd);
  return 0;
}

/// Before it is made: nobody sees it without having seen that it is ours.
int file_sink::note_made(std::uint32_t folder, const std::string& path) {
  if (!made_list_) {
    auto made = folder_->make_part(made_list());
    if (made.error != 0) return made.error;
    made_list_ = std::move(made.fd);
    made_list_end_ = 0;
  }
  const auto line = std::to_string(folder) + ' ' + path + '\n';
  const int error = write_fully(made_list_.get(), made_list_end_, std::as_bytes(std::span{line}));
  if (error == 0) made_list_end_ += line.size();
  return error;
}

/// From the outermost in.
std::vector<std::uint32_t> file_sink::made_folders() {
  auto made = folders_new_;
  for (const auto& [folder, path] : made_before_) {
    const auto name = path.substr(path.rfind('/') + 1);
    const bool known =
        folder < entries_.size() && entries_.kind(folder) == core::entry_kind::folder;
    if (!known || folders_new_.contains(folder)) continue;
    if (!folders_standing_.contains(folder) && name != entries_.name(folder))
      folder_names_[folder] = name;
    // It may be another one by now.
    if (folder_path(folder).ends_with(name)) made.add({folder, std::uint64_t{folder} + 1});
  }
  std::vector<std::uint32_t> result;
  for (const auto& range : made.ranges()) {
    for (auto folder = range.first; folder < range.end; ++folder)
      result.push_back(static_cast<std::uint32_t>(folder));
  }
  return result;
}

/// From the innermost out: what is made in a folder changes its time.
void file_sink::set_folder_times() {
  const auto made = made_folders();
  for (auto folder = made.rbegin(); folder != made.rend(); ++folder) {
    const auto opened = folder_->open_folder(folder_path(*folder));
    if (!opened.fd) continue;
    set_modified(opened.fd.get(), entries_.modified_ns(*folder));
  }
}

}  // namespace hobnob
