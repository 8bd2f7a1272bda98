#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace hobnob::core {

inline constexpr std::uint64_t block_size_min = 128 * 1024;
inline constexpr std::uint64_t block_size_max = 16 * 1024 * 1024;

/// A larger file is not sent: what is to be known of its blocks would fill too much memory. 16 TiB.
inline constexpr std::uint64_t sent_file_size_max = block_size_max * 1024 * 1024;

/// How a file of a known size is cut into blocks: the unit that is hashed, asked for and repaired.
/// The size of a block follows from the size of the file, so both sides cut alike.
class block_plan {
 public:
  /// Blocks double, within their limits, until at most this many make the file.
  static constexpr std::uint64_t wanted_count = 2048;

  explicit constexpr block_plan(std::uint64_t file_size) noexcept
      : file_size_(file_size), block_size_(size_for(file_size)) {}

  constexpr std::uint64_t file_size() const noexcept { return file_size_; }
  constexpr std::uint64_t block_size() const noexcept { return block_size_; }

  /// None for an empty file.
  constexpr std::uint64_t count() const noexcept {
    return file_size_ / block_size_ + (file_size_ % block_size_ != 0 ? 1 : 0);
  }

  /// Where block `index`, below `count()`, begins.
  constexpr std::uint64_t offset(std::uint64_t index) const noexcept { return index * block_size_; }

  /// The bytes of block `index`, below `count()`: the last one may be short.
  constexpr std::uint64_t size(std::uint64_t index) const noexcept {
    return std::min(block_size_, file_size_ - offset(index));
  }

 private:
  static constexpr std::uint64_t size_for(std::uint64_t file_size) noexcept {
    const std::uint64_t least = file_size / wanted_count + (file_size % wanted_count != 0 ? 1 : 0);
    if (least <= block_size_min) return block_size_min;
    return least >= block_size_max ? block_size_max : std::bit_ceil(least);
  }

  std::uint64_t file_size_;
  std::uint64_t block_size_;
};

}  // namespace hobnob::core
