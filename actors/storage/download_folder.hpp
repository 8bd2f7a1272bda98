#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/storage/owned_fd.hpp"

#include <sys/stat.h>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// What becomes of a received file whose name is taken.
enum class conflict_policy : std::uint8_t {
  rename,     ///< It goes beside the other one, as `report (2).pdf`.
  skip,       ///< It is not received.
  overwrite,  ///< It replaces the other one, if that is a file.
};

/// The folder that files are received into. Whatever is opened, made or named here lies beneath it:
/// the system resolves the paths and follows no symbolic link on the way (openat2(2)), also while
/// somebody moves folders about. The folder itself may be reached through links; once it is open,
/// it is this one that is written to, whatever is put in its place.
///
/// Paths are relative, names joined by slashes; "" is the folder itself. Errors are numbers of
/// errno(3), 0 is none. Every call may wait for the hardware; several threads may make
/// them at once.
class download_folder {
 public:
  /// Makes the folder, and those it lies in, if they are missing.
  static core::checked<download_folder> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const noexcept { return path_; }
  int descriptor() const noexcept { return root_.get(); }

  struct opened {
    owned_fd fd;
    int error = 0;
  };

  /// A folder, to look up names in.
  opened open_folder(const std::string& path) const;

  /// An ordinary file with the name `name` in the open `folder`, for reading.
  static opened open_file(int folder, const std::string& name);

  /// What is called `name` in the open `folder`; a link is not followed. Nothing if there is
  /// nothing, or it cannot be looked at.
  static std::optional<struct stat> status(int folder, const std::string& name);

  /// The unfinished file of one entry, beside everything else in the folder.
  static std::string part_name(const core::transfer_id& transfer, std::uint64_t entry);

  /// Whether `part_name` may have made it.
  static bool is_part_name(std::string_view name);

  /// Opens, for reading and writing, a part that is there. Anything of its name that this user's
  /// program cannot have made (a link, a pipe, a file with a second name) is ENOENT.
  opened open_part(const std::string& name) const;

  static constexpr mode_t part_mode = 0600;

  /// Makes a part, in the place of anything that had the name.
  opened make_part(const std::string& name, mode_t mode = part_mode) const;

  int remove_part(const std::string& name) const;

  /// Gives a part its name in the open `folder`. EEXIST if that is taken and `replace` is not set.
  int place(const std::string& part, int folder, const std::string& name, bool replace) const;

  /// Room for this user, and how many more files there may be.
  struct room {
    std::uint64_t bytes = UINT64_MAX;
    std::uint64_t files = UINT64_MAX;
  };
  room available() const;

  struct found_part {
    core::transfer_id transfer{};
    std::uint64_t entry = 0;
    std::uint64_t space = 0;  ///< Bytes it takes on disk.
    std::int64_t modified_ns = 0;
  };

  /// The parts of all transfers.
  std::vector<found_part> parts() const;

  /// Removes what nobody will go on with: the parts of transfers that are not `known` here and were
  /// last written before `written_before_ns` (Unix time). Another program may receive into the same
  /// folder, so leave it some days. How many there were.
  std::size_t remove_stale_parts(const std::function<bool(const core::transfer_id&)>& known,
                                 std::int64_t written_before_ns) const;

 private:
  download_folder(std::filesystem::path path, owned_fd root)
      : path_(std::move(path)), root_(std::move(root)) {}

  std::filesystem::path path_;
  owned_fd root_;
};

}  // namespace hobnob
