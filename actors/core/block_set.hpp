#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hobnob::core {

/// Blocks `first` to `end - 1` of a file. Never empty.
struct block_range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;

  std::uint64_t count() const noexcept { return end - first; }
  auto operator<=>(const block_range&) const = default;
};

/// Which blocks of a file are there, as ranges: a file that arrives in order is one range whatever
/// its size. What a receiver holds, has asked for, and still lacks are three of them.
class block_set {
 public:
  block_set() = default;

  /// Every block below `count`.
  static block_set all(std::uint64_t count);

  /// Adds `range`; whatever of it was there stays.
  void add(block_range range);
  void remove(block_range range);

  bool contains(std::uint64_t block) const noexcept;
  bool empty() const noexcept { return ranges_.empty(); }
  std::uint64_t count() const noexcept { return count_; }

  /// The first stretch at or after `from` that is *not* in the set, below `end` and of at most
  /// `count_max` blocks.
  std::optional<block_range> first_gap(std::uint64_t from, std::uint64_t end,
                                       std::uint64_t count_max) const;

  /// Ascending, never touching each other: the shortest form, as it travels and is kept.
  std::vector<block_range> ranges() const;

  bool operator==(const block_set&) const = default;

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< First block -> end.
  std::uint64_t count_ = 0;
};

}  // namespace hobnob::core
