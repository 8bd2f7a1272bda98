#pragma once

#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/storage/entry_table.hpp"
#include "actors/storage/owned_fd.hpp"

#include <sys/stat.h>
#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace hobnob {

class folder_listing;
class listing_ahead;

/// Offers files and whole folders of this machine. A symbolic link is followed where the user named
/// it, and left out inside a folder, as sockets, pipes and devices are, and what cannot be read.
/// What the user named and cannot be read, or is a folder of which that leaves no file, is a fault
/// of the scan, before anything is sent. What is named twice is offered once.
///
/// The same files make the same manifest: folders are read in the order of their names. Names that
/// a receiver would refuse are offered in a form that it takes. Some 50 bytes of memory a file, and
/// two open descriptors; two more, and a thread, during a scan.
class file_source final : public core::transfer_source {
 public:
  /// Relative paths are taken from the working directory of this moment.
  explicit file_source(const std::vector<std::filesystem::path>& paths);

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override;
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override;
  std::optional<core::transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                           std::span<std::byte> bytes) override;
  std::optional<core::transfer_fault> stretch_at(std::uint64_t entry, std::uint64_t offset,
                                                 std::uint64_t size_max,
                                                 core::content_stretch& found) override;
  void give_up() override { given_up_ = true; }

  /// What is offered, for a later start of the program: absolute.
  const std::vector<std::filesystem::path>& paths() const noexcept { return paths_; }

  core::omitted_entries omitted() const override;
  core::renamed_entries renamed() const override;

 private:
  using fault = std::optional<core::transfer_fault>;

  fault scan_top(const std::filesystem::path& path, std::set<std::filesystem::path>& places,
                 std::set<std::string>& names);
  fault scan_folders();
  void read_ahead(std::uint32_t folder, listing_ahead& ahead);
  fault scan_folder(std::uint32_t folder, const folder_listing& names);
  fault scan_name(std::uint32_t folder, int fd, const std::string& name, const std::string& offered,
                  const struct stat& status);
  bool is_own_readable(const struct stat& status) const;
  std::uint32_t add(std::uint32_t folder, const std::string& name, const std::string& offered,
                    const struct stat& status);
  void skip(std::uint32_t folder, const std::string& name, std::string reason);
  fault skip_unreadable(std::uint32_t folder, const std::string& name, int error);
  fault check_any_readable() const;

  std::uint32_t outermost(std::uint32_t entry) const;
  std::string disk_name(std::uint32_t entry) const;
  std::string disk_path(std::uint32_t entry) const;
  int open_folder(std::uint32_t folder, owned_fd& opened) const;
  fault check_wanted() const;
  fault need_file(std::uint32_t entry);
  int open_file(std::uint32_t entry);
  fault check_unchanged(std::uint32_t entry, bool all_read);

  std::vector<std::filesystem::path> paths_;
  std::atomic<bool> given_up_ = false;
  uid_t user_ = 0;
  entry_table entries_;
  std::deque<ino_t> inodes_;
  std::map<std::uint32_t, std::filesystem::path> tops_;  ///< Entries that the user named.
  std::map<std::uint32_t, std::string> other_names_;     ///< On disk, where not the offered ones.
  core::omitted_entries omitted_;
  core::omitted_entries unreadable_;
  std::map<std::uint32_t, int> unread_in_;  ///< Of `tops_`, and the number of the first errno(3).
  core::block_set with_holes_;              ///< Entries.
  std::uint64_t holes_ = 0;                 ///< Their bytes in all.

  // What was read last is read on.
  owned_fd folder_;
  std::uint32_t folder_entry_ = entry_table::none;
  owned_fd file_;
  std::uint32_t file_entry_ = entry_table::none;
  std::uint64_t stretch_begin_ = 0;  ///< Of that file, what was looked for last.
  core::content_stretch stretch_;
};

}  // namespace hobnob
