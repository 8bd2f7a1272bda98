#pragma once

#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/storage/download_folder.hpp"
#include "actors/storage/entry_table.hpp"
#include "actors/storage/part_files.hpp"
#include "actors/storage/part_names.hpp"

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

/// Receives a transfer into a folder. Offered folders that exist there are filled up; what is taken
/// is never replaced unless the policy says so. A folder whose name something else has goes beside
/// it, numbered, whatever the policy.
///
/// Content is collected in hidden files of the download folder (`.hobnob-part-...`, for their owner
/// only unless it comes in one piece) and gets its name when it is complete and on disk: large
/// files one by one, small ones many together, on a thread beside the caller's and at the latest in
/// `settle`. So no crash or power cut leaves a file under its name that is not whole. What has a
/// part is not finished, whatever else is remembered of it. Holes stay holes.
///
/// Received files have the sender's modification time and the permissions of a new file (never
/// executable); new folders have them too, the time once all is there, whichever sink of the
/// transfer made them.
class file_sink final : public core::transfer_sink {
 public:
  /// `finished`: the entries that are remembered as finished from an earlier run.
  file_sink(std::filesystem::path folder, const core::transfer_id& transfer,
            conflict_policy conflicts = conflict_policy::rename, core::block_set finished = {});
  ~file_sink() override;

  std::optional<core::transfer_fault> open(const core::transfer_summary& offered) override;
  std::optional<core::transfer_fault> declare(
      std::uint64_t first, std::span<const core::transfer_entry> entries) override;
  std::optional<core::transfer_fault> look(std::uint64_t entry, standing& found) override;
  std::optional<core::transfer_fault> read(std::uint64_t entry, std::uint64_t offset,
                                           std::span<std::byte> bytes) override;
  std::optional<core::transfer_fault> write(std::uint64_t entry, std::uint64_t offset,
                                            std::span<const std::byte> bytes) override;
  std::optional<core::transfer_fault> write_zeros(std::uint64_t entry, std::uint64_t offset,
                                                  std::uint64_t size) override;
  bool keeps_holes() const override { return true; }
  std::optional<core::transfer_fault> stretch_at(std::uint64_t entry, std::uint64_t offset,
                                                 std::uint64_t size_max,
                                                 core::content_stretch& found) override;
  std::optional<core::transfer_fault> finish(std::uint64_t entry, bool candidate_serves,
                                             std::string& shown) override;
  std::optional<core::transfer_fault> settle() override;
  std::vector<std::uint64_t> take_lost() override { return std::exchange(lost_, {}); }
  std::optional<core::transfer_fault> close() override;
  core::omitted_entries omitted() const override { return omitted_; }
  core::renamed_entries renamed() const override { return renamed_; }
  void discard() override;

 private:
  using fault = std::optional<core::transfer_fault>;

  /// A file that may have the wanted content, as it was when it was found.
  struct candidate {
    std::string name;
    ino_t inode = 0;
    std::int64_t modified_ns = 0;
  };

  /// A folder of the manifest, open to look at names in.
  struct folder_in_use {
    std::string path;
    owned_fd own;  ///< Empty for the download folder itself.
    int fd = -1;   ///< Of either.
  };

  fault check(std::uint64_t entry) const;
  bool is_outermost(std::uint32_t entry) const {
    return entries_.folder(entry) == entry_table::none;
  }
  fault check_room(std::uint64_t space_of_parts) const;
  fault check_holes();
  fault check_range(std::uint64_t entry, std::uint64_t offset, std::uint64_t size) const;
  fault declare_one(const core::transfer_entry& entry);

  // Folders: where those of the manifest stand, by paths beneath the download folder.
  fault stand_folder(std::uint32_t folder, std::string& path);
  fault stand_in(int parent, const std::string& parent_path, std::uint32_t folder,
                 std::string& path);
  int note_made(std::uint32_t folder, const std::string& path);
  int open_made_list();
  std::string made_list() const;
  std::vector<std::uint32_t> made_folders();
  std::string folder_path(std::uint32_t folder) const;
  fault open_folder(std::uint32_t folder, folder_in_use& opened);
  std::string shown_path(const std::string& folder, const std::string& name) const;
  void note_change(const std::string& folder);
  void omit(const std::string& shown);

  // Parts.
  std::string part_of(std::uint64_t entry) const;
  int find_part(std::uint64_t entry, open_part*& part);
  fault need_part(std::uint64_t entry, open_part*& part, bool comes_whole = false);
  fault part_to_write(std::uint64_t entry, open_part*& part, bool comes_whole = false);
  fault open_standing(std::uint32_t entry, open_part*& part, owned_fd& candidate);
  void forget_part(std::uint64_t entry);
  void lose(std::uint32_t entry);
  void lose_unsynced();
  core::transfer_fault gone(std::uint32_t entry);

  std::optional<candidate> find_candidate(std::uint32_t entry, int folder) const;
  fault open_candidate(std::uint32_t entry, owned_fd& opened, std::string& shown);

  // Names.
  fault seal(std::uint32_t entry, sealed_part& sealed);
  fault predict(std::uint32_t entry, std::string& shown);
  part_namer namer() const { return {*folder_, transfer_, conflicts_}; }
  void begin_naming();
  fault end_naming();
  fault name_all_sealed();
  fault take_named(const named_part& named, std::string& shown);
  fault sync_all() const;
  fault sync_names();
  void set_folder_times();
  void remove_own_parts();
  void remove_if_empty(const std::filesystem::path& folder);

  std::filesystem::path where_;
  core::transfer_id transfer_;
  conflict_policy conflicts_;
  mode_t file_mode_ = 0600;  ///< Of finished files.

  std::optional<download_folder> folder_;
  core::transfer_summary offered_;
  std::uint64_t declared_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;  ///< By this sink, holes not among them.
  entry_table entries_;
  core::block_set finished_;
  core::omitted_entries omitted_;  ///< By the policy `skip`.
  core::renamed_entries renamed_;  ///< Numbered.
  core::block_set with_part_;      ///< Entries that have a part on disk.
  part_files parts_;
  std::map<std::uint32_t, candidate> candidates_;
  std::vector<std::uint64_t> lost_;

  core::block_set folders_standing_;
  core::block_set folders_new_;                        ///< Made by this sink.
  std::map<std::uint32_t, std::string> folder_names_;  ///< Where it is not the declared one.

  // Which folders are ours is kept beside the parts, for a later sink to set their times.
  std::map<std::uint32_t, std::string> made_before_;  ///< By an earlier one, and their paths.
  owned_fd made_list_;
  std::uint64_t made_list_end_ = 0;

  std::vector<sealed_part> sealed_;  ///< They wait for their names.
  std::uint64_t sealed_bytes_ = 0;
  std::set<std::string> promised_;         ///< Where they will stand,
  std::set<std::string> promised_naming_;  ///< and those that get their names now.
  std::future<named_parts> naming_;
  std::set<std::string> changed_folders_;  ///< Names in them would not outlast a power cut: a few,
  bool many_folders_changed_ = false;      ///< or more.
};

}  // namespace hobnob
