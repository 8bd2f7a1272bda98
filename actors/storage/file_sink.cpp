#include "actors/storage/file_sink.hpp"

#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"
#include "actors/storage/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

/// Larger files are refused before they begin if there is no room; of others the disk says it.
constexpr std::uint64_t checked_size_min = 1024 * 1024;
constexpr unsigned candidate_names_max = 16;

/// May come again, because it was damaged or lost.
constexpr std::uint64_t repeated_bytes_max = 256 * 1024 * 1024;
constexpr std::uint64_t received_size_max = INT64_MAX;

/// The umask of the process. The call umask(2) would change it for other threads.
mode_t current_umask() {
  constexpr std::string_view key = "\nUmask:\t";
  const auto status = read_small_file("/proc/self/status", 64 * 1024).content;
  const auto found = status.find(key);
  if (found == std::string::npos) return 077;
  return static_cast<mode_t>(std::strtoul(status.c_str() + found + key.size(), nullptr, 8)) & 0777;
}

std::string candidate_name(std::string_view name, unsigned number) {
  return number == 1 ? std::string{name} : core::numbered_name(name, number);
}

core::transfer_fault bad_path(std::string detail) {
  return transfer_fault_of("bad-path", std::move(detail));
}

}  // namespace

file_sink::file_sink(std::filesystem::path folder, const core::transfer_id& transfer,
                     conflict_policy conflicts, core::block_set finished)
    : where_(std::move(folder)),
      transfer_(transfer),
      conflicts_(conflicts),
      finished_(std::move(finished)) {}

file_sink::~file_sink() = default;

file_sink::fault file_sink::open(const core::transfer_summary& offered) {
  if (auto error = end_naming()) return error;
  auto folder = download_folder::open(where_);
  if (!folder) return transfer_fault_of("disk-error", folder.error());
  folder_.emplace(*std::move(folder));
  file_mode_ = 0666 & ~current_umask();
  offered_ = offered;
  parts_.clear();
  with_part_ = {};
  // What has another number is no entry's, but the list of made folders or a stranger's.
  const auto entries_max = std::min<std::uint64_t>(offered.entries, entry_table::count_max);
  std::uint64_t space_of_parts = 0;
  for (const auto& part : folder_->parts()) {
    if (part.transfer != transfer_ || part.entry >= entries_max) continue;
    with_part_.add({part.entry, part.entry + 1});
    finished_.remove({part.entry, part.entry + 1});
    space_of_parts += part.space;
  }
  if (const int error = open_made_list(); error != 0) {
    return sink_fault(error, "read what was made in " + where_.string());
  }
  return check_room(space_of_parts);
}

file_sink::fault file_sink::check_room(std::uint64_t space_of_parts) const {
  // Of an earlier run it is not known how much of it still needs room: the disk will say it.
  if (!finished_.empty()) return std::nullopt;
  auto room = folder_->available();
  room.bytes += std::min(space_of_parts, UINT64_MAX - room.bytes);
  if (offered_.stored() > room.bytes) {
    return transfer_fault_of("disk-full",
                             "there is room for " + std::to_string(room.bytes) + " bytes in " +
                                 where_.string() + ", " + std::to_string(offered_.stored()) +
                                 " are offered",
                             true);
  }
  if (offered_.entries > room.files) {
    return transfer_fault_of("disk-full", "no room for so many files in " + where_.string(), true);
  }
  return std::nullopt;
}

file_sink::fault file_sink::declare(std::uint64_t first,
                                    std::span<const core::transfer_entry> entries) {
  if (first != entries_.size()) return bad_path("the list of files has a gap");
  for (const auto& entry : entries) {
    if (entries_.size() >= std::min<std::uint64_t>(offered_.entries, entry_table::count_max)) {
      return transfer_fault_of("too-large", "there are more files than were offered");
    }
    if (auto error = declare_one(entry)) return error;
  }
  return std::nullopt;
}

file_sink::fault file_sink::declare_one(const core::transfer_entry& entry) {
  const auto path = core::transfer_path::parse(entry.path);
  if (!path) return bad_path(path.error());
  auto folder = entry_table::none;
  for (std::size_t i = 0; i + 1 < path->names().size(); ++i) {
    folder = entries_.find_folder(folder, path->names()[i]);
    if (folder == entry_table::none) return bad_path("a folder is not declared: " + entry.path);
  }
  if (entry.kind == core::entry_kind::folder) {
    if (entries_.find_folder(folder, path->name()) != entry_table::none) {
      return bad_path("a folder is declared twice: " + entry.path);
    }
    entries_.add(folder, path->name(), entry.kind, 0, entry.modified_ns);
    return std::nullopt;
  }
  if (entry.kind != core::entry_kind::file) return bad_path("neither file nor folder");
  if (entry.size > received_size_max || entry.size > offered_.bytes - declared_bytes_) {
    return transfer_fault_of("too-large", "there is more than was offered: " + entry.path);
  }
  declared_bytes_ += entry.size;
  entries_.add(folder, path->name(), entry.kind, entry.size, entry.modified_ns);
  return std::nullopt;
}

file_sink::fault file_sink::check(std::uint64_t entry) const {
  if (!folder_) return transfer_fault_of("disk-error", "the download folder is not open");
  if (entry >= entries_.size()) return bad_path("there is no such file in the list");
  return std::nullopt;
}

file_sink::fault file_sink::check_range(std::uint64_t entry, std::uint64_t offset,
                                        std::uint64_t size) const {
  if (auto error = check(entry)) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  if (entries_.kind(index) == core::entry_kind::folder) return bad_path("a folder has no content");
  const auto declared = entries_.bytes(index);
  if (offset > declared || size > declared - offset) {
    return transfer_fault_of("too-large", "more than was declared: " + entries_.path(index));
  }
  return std::nullopt;
}

file_sink::fault file_sink::look(std::uint64_t entry, standing& found) {
  found = {};
  if (auto error = check(entry)) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  found.finished = finished_.contains(entry);
  if (found.finished || entries_.kind(index) == core::entry_kind::folder) return std::nullopt;

  if (open_part* part = nullptr; find_part(entry, part) == 0) {
    found.unfinished = std::min(part->end, entries_.bytes(index));
    if (found.unfinished > 0) return std::nullopt;
  }
  if (folders_new_.contains(entries_.folder(index))) return std::nullopt;  // Nothing was in it.
  folder_in_use folder;
  if (auto error = open_folder(entries_.folder(index), folder)) return error;
  if (auto best = find_candidate(index, folder.fd)) {
    forget_part(entry);
    candidates_[index] = *std::move(best);
    found.candidate = true;
  } else if (conflicts_ == conflict_policy::skip &&
             download_folder::status(folder.fd, std::string{entries_.name(index)})) {
    forget_part(entry);
    finished_.add({entry, entry + 1});
    found.finished = true;
    omit(shown_path(folder.path, std::string{entries_.name(index)}));
  }
  return std::nullopt;
}

/// The first of the numbered names may be those under which an earlier run finished this file, just
/// before it could remember so.
std::optional<file_sink::candidate> file_sink::find_candidate(std::uint32_t entry,
                                                              int folder) const {
  std::optional<candidate> best;
  const unsigned last = conflicts_ == conflict_policy::overwrite ? 1 : candidate_names_max;
  for (unsigned number = 1; number <= last; ++number) {
    auto name = candidate_name(entries_.name(entry), number);
    const auto found = download_folder::status(folder, name);
    if (!found) break;
    if (!S_ISREG(found->st_mode)) continue;
    if (static_cast<std::uint64_t>(found->st_size) != entries_.bytes(entry)) continue;
    const bool same_time = modified_ns_of(*found) == entries_.modified_ns(entry);
    if (!best || same_time)
      best = candidate{std::move(name), found->st_ino, modified_ns_of(*found)};
    if (same_time) break;
  }
  return best;
}

file_sink::fault file_sink::open_candidate(std::uint32_t entry, owned_fd& opened,
                                           std::string& shown) {
  const auto known = candidates_.find(entry);
  if (known == candidates_.end()) {
    return transfer_fault_of("disk-error", "nothing is there of " + entries_.path(entry));
  }
  folder_in_use folder;
  if (auto error = open_folder(entries_.folder(entry), folder)) return error;
  shown = shown_path(folder.path, known->second.name);
  auto file = download_folder::open_file(folder.fd, known->second.name);
  struct stat found {};
  if (!file.fd || ::fstat(file.fd.get(), &found) != 0 || found.st_ino != known->second.inode ||
      modified_ns_of(found) != known->second.modified_ns ||
      static_cast<std::uint64_t>(found.st_size) != entries_.bytes(entry)) {
    candidates_.erase(known);
    return transfer_fault_of("folder-changed", shown + " was changed meanwhile", true);
  }
  opened = std::move(file.fd);
  return std::nullopt;
}

file_sink::fault file_sink::read(std::uint64_t entry, std::uint64_t offset,
                                 std::span<std::byte> bytes) {
  if (auto error = check_range(entry, offset, bytes.size())) return error;
  const auto index = static_cast<std::uint32_t>(entry);
  open_part* part = nullptr;
  owned_fd candidate;
  if (auto error = open_standing(index, part, candidate)) return error;
  int error = 0;
  if (part != nullptr) {
    error = read_part(*part, offset, bytes);
  } else {
    const auto got = read_fully(candidate.get(), offset, bytes);
    error = got < 0 ? errno : static_cast<std::size_t>(got) < bytes.size() ? EIO : 0;
  }
  if (error != 0) return sink_fault(error, "read " + entries_.path(index));
  return std::nullopt;
}

/// What is to be verified: a part, or else the candidate.
file_sink::fault file_sink::open_standing(std::uint32_t entry, open_part*& part,
                                          owned_fd& candidate) {
  const int error = find_part(entry, part);
  if (error == ESTALE) return gone(entry);
  if (error == 0) return std::nullopt;
  if (error != ENOENT) return sink_fault(error, "read " + entries_.path(entry));
  std::string shown;
  return open_candidate(entry, candidate, shown);
}

file_sink::fault file_sink::stretch_at(std::uint64_t entry, std::uint64_t offset,
                                       std::uint64_t size_max, core::content_stretch& found) {
  found = {size_max, false};
  if (auto error = check_range(entry, offset, size_max)) return error;
  open_part* part = nullptr;
  owned_fd candidate;
  if (auto error = open_standing(static_cast<std::uint32_t>(entry), part, candidate)) return error;
  found = stretch_of(part != nullptr ? part->fd.get() : candidate.get(), offset, size_max);
  return std::nullopt;
}

file_sink::fault file_sink::write(std::uint64_t entry, std::uint64_t offset,
                                  std::span<const std::byte> bytes) {
  if (auto error = check_range(entry, offset, bytes.size())) return error;
  open_part* part = nullptr;
  const bool whole = bytes.size() == entries_.bytes(static_cast<std::uint32_t>(entry));
  if (auto error = part_to_write(entry, part, whole)) return error;
  if (const int error = write_part(*part, offset, bytes); error != 0) {
    return sink_fault(error, "write " + entries_.path(static_cast<std::uint32_t>(entry)));
  }
  written_bytes_ += bytes.size();
  return check_holes();
}

/// Where there are fewer than the sender knew of, or said, there has to be room for all the rest.
file_sink::fault file_sink::check_holes() {
  if (offered_.holes == 0 || written_bytes_ <= offered_.stored() + repeated_bytes_max)
    return std::nullopt;
  offered_.holes = 0;
  const auto rest = offered_.bytes - std::min(offered_.bytes, written_bytes_);
  if (rest <= folder_->available().bytes) return std::nullopt;
  return sink_fault(ENOSPC, "write to " + where_.string());
}

file_sink::fault file_sink::write_zeros(std::uint64_t entry, std::uint64_t offset,
                                        std::uint64_t size) {
  if (auto error = check_range(entry, offset, size)) return error;
  open_part* part = nullptr;
  if (auto error = part_to_write(entry, part)) return error;
  if (const int error = write_hole(*part, offset, size); error != 0) {
    return sink_fault(error, "write " + entries_.path(static_cast<std::uint32_t>(entry)));
  }
  return std::nullopt;
}

file_sink::fault file_sink::part_to_write(std::uint64_t entry, open_part*& part, bool comes_whole) {
  if (finished_.contains(entry)) {
    return transfer_fault_of("disk-error",
                             entries_.path(static_cast<std::uint32_t>(entry)) + " is finished");
  }
  return need_part(entry, part, comes_whole);
}

std::string file_sink::part_of(std::uint64_t entry) const {
  return download_folder::part_name(transfer_, entry);
}

/// ENOENT if there is none; ESTALE if there was one, and somebody has removed it.
int file_sink::find_part(std::uint64_t entry, open_part*& part) {
  if (!with_part_.contains(entry)) return ENOENT;
  part = parts_.find(entry);
  if (part != nullptr) return 0;
  auto opened = folder_->open_part(part_of(entry));
  if (opened.error == ENOENT) {
    with_part_.remove({entry, entry + 1});
    return ESTALE;
  }
  if (opened.error != 0) return opened.error;
  struct stat found {};
  if (::fstat(opened.fd.get(), &found) != 0) return errno;
  part = &parts_.add(entry, std::move(opened.fd), static_cast<std::uint64_t>(found.st_size));
  return 0;
}

file_sink::fault file_sink::need_part(std::uint64_t entry, open_part*& part, bool comes_whole) {
  const auto attempt = [&] { return "write " + entries_.path(static_cast<std::uint32_t>(entry)); };
  int error = find_part(entry, part);
  if (error == 0) return std::nullopt;
  if (error == ESTALE) return gone(static_cast<std::uint32_t>(entry));
  if (error != ENOENT) return sink_fault(error, attempt());
  const auto size = std::min(entries_.bytes(static_cast<std::uint32_t>(entry)), offered_.stored());
  if (size >= checked_size_min && size > folder_->available().bytes) {
    return sink_fault(ENOSPC, attempt());
  }
  // What comes in one piece has its last mode from the beginning: a system call less a small file.
  auto made =
      folder_->make_part(part_of(entry), comes_whole ? file_mode_ | download_folder::part_mode
                                                     : download_folder::part_mode);
  if (made.error != 0) return sink_fault(made.error, attempt());
  with_part_.add({entry, entry + 1});
  part = &parts_.add(entry, std::move(made.fd), 0);
  return std::nullopt;
}

void file_sink::forget_part(std::uint64_t entry) {
  if (!with_part_.contains(entry)) return;
  parts_.close(entry);
  folder_->remove_part(part_of(entry));
  with_part_.remove({entry, entry + 1});
}

/// Nothing that was written of it counts any more.
void file_sink::lose(std::uint32_t entry) {
  forget_part(entry);
  finished_.remove({entry, std::uint64_t{entry} + 1});
  lost_.push_back(entry);
}

/// Its part is not where it was, or is another one: that is not ours to remove.
core::transfer_fault file_sink::gone(std::uint32_t entry) {
  parts_.close(entry);
  with_part_.remove({entry, std::uint64_t{entry} + 1});
  lose(entry);
  return transfer_fault_of("folder-changed", entries_.path(entry) + " is gone before it was whole",
                           true);
}

}  // namespace hobnob
