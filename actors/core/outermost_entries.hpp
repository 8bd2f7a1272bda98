#pragma once

#include "actors/core/transfer_content.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace hobnob::core {

/// So many of the outermost files and folders are named in an offer.
inline constexpr std::size_t outermost_max = 20;

/// The outermost name of a path in a manifest.
std::string_view outermost_name_of(std::string_view path) noexcept;

/// Gathers the first outermost files and folders of a manifest, each with all that is in it.
class outermost_entries {
 public:
  /// The next entry of the manifest.
  void add(const transfer_entry& next);

  std::vector<outermost_entry> take();

 private:
  std::vector<outermost_entry> found_;
  std::size_t last_ = 0;  ///< Where the last one belonged: mostly the next one too.
};

}  // namespace hobnob::core
