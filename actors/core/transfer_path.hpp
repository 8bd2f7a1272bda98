#pragma once

#include "actors/core/checked.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::core {

inline constexpr std::size_t file_name_size_max = 255;  ///< Bytes: NAME_MAX of Linux.
inline constexpr std::size_t transfer_path_size_max = 4096;
inline constexpr std::size_t transfer_path_depth_max = 64;

/// Where a file of a transfer stands beneath the folder it is received into: checked names, from
/// the outermost in. There is no way to make one that leaves the folder, is absolute, or holds what
/// a terminal could act on: names are checked in the form in which they are used.
class transfer_path {
 public:
  /// Reads `photos/2026/a.jpg`. Refused with a sentence for people: empty names, `.` and `..`,
  /// backslashes, control and bidirectional characters, bytes that are no UTF-8, and whatever is
  /// too long or too deep. A first name that begins with a dot or a dash is refused as well: it
  /// would be hidden or taken for an option (`visible_name` says what to offer it as).
  static checked<transfer_path> parse(std::string_view text);

  const std::vector<std::string>& names() const noexcept { return names_; }
  const std::string& name() const noexcept { return names_.back(); }

  /// Slashes between the names, as `parse` reads it.
  std::string text() const;

  bool operator==(const transfer_path&) const = default;
  auto operator<=>(const transfer_path&) const = default;

 private:
  transfer_path() = default;
  friend class checked<transfer_path>;

  std::vector<std::string> names_;
};

/// The name under which a sender offers a file called `name`: `.bashrc` as `_.bashrc`, `-rf` as
/// `_-rf`, any other as it is.
std::string visible_name(std::string_view name);

/// `report.pdf` -> `report (2).pdf`, `archive.tar.gz` -> `archive (2).tar.gz`, `photos` ->
/// `photos (2)`: the name for a file when `name` is taken. Shortened, between characters, so that
/// it stays a valid name.
std::string numbered_name(std::string_view name, unsigned number);

}  // namespace hobnob::core
