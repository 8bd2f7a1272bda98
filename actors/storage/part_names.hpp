#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/storage/download_folder.hpp"

#include <sys/types.h>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hobnob {

/// No file gets a higher number than this because its name is taken.
inline constexpr unsigned file_numbers_max = 10'000;

/// A part that is complete, and where it is to stand.
struct sealed_part {
  std::uint32_t entry = 0;
  ino_t inode = 0;     ///< Another file of the part's name is not ours.
  std::string folder;  ///< Beneath the download folder, and made.
  std::string name;    ///< As declared.
};

/// What has become of one.
struct named_part {
  enum class outcome {
    placed,
    omitted,  ///< Its name was taken, and the policy is `skip`: the part is removed.
    gone,     ///< The part is not there any more, or another one is.
    failed,   ///< See `fault`; the part is as it was.
  };

  sealed_part part;
  outcome what = outcome::failed;
  std::string name{};  ///< That it has got, or that was taken.
  std::optional<core::transfer_fault> fault{};
};

struct named_parts {
  int sync_error = 0;  ///< Of errno(3): then it is not known what is on disk, and none has a name.
  std::vector<named_part> parts;
};

/// How the parts of a transfer get their names. Any thread.
class part_namer {
 public:
  /// `folder` must outlive it.
  part_namer(const download_folder& folder, const core::transfer_id& transfer,
             conflict_policy conflicts)
      : folder_(folder), transfer_(transfer), conflicts_(conflicts) {}

  /// Of one whose content is on disk.
  named_part give_name(sealed_part part) const;

  /// First all content is put on disk, then it gets its names.
  named_parts give_names(std::vector<sealed_part> parts) const;

 private:
  class target;

  named_part give_name(sealed_part part, target& where) const;

  const download_folder& folder_;
  core::transfer_id transfer_;
  conflict_policy conflicts_;
};

}  // namespace hobnob
