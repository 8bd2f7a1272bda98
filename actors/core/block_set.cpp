#include "actors/core/block_set.hpp"

#include <algorithm>
#include <iterator>

namespace hobnob::core {

block_set block_set::all(std::uint64_t count) {
  block_set result;
  result.add({0, count});
  return result;
}

void block_set::add(block_range range) {
  if (range.first >= range.end) return;
  auto next = ranges_.upper_bound(range.first);
  if (next != ranges_.begin()) {
    const auto before = std::prev(next);
    if (before->second >= range.first) next = before;
  }
  while (next != ranges_.end() && next->first <= range.end) {
    range.first = std::min(range.first, next->first);
    range.end = std::max(range.end, next->second);
    count_ -= next->second - next->first;
    next = ranges_.erase(next);
  }
  ranges_.emplace_hint(next, range.first, range.end);
  count_ += range.count();
}

void block_set::remove(block_range range) {
  if (range.first >= range.end) return;
  auto next = ranges_.upper_bound(range.first);
  if (next != ranges_.begin()) --next;
  while (next != ranges_.end() && next->first < range.end) {
    const block_range found{next->first, next->second};
    if (found.end <= range.first) {
      ++next;
      continue;
    }
    next = ranges_.erase(next);
    count_ -= found.count();
    if (found.first < range.first) {
      ranges_.emplace(found.first, range.first);
      count_ += range.first - found.first;
    }
    if (found.end > range.end) {
      ranges_.emplace(range.end, found.end);
      count_ += found.end - range.end;
    }
  }
}

bool block_set::contains(std::uint64_t block) const noexcept {
  const auto after = ranges_.upper_bound(block);
  return after != ranges_.begin() && std::prev(after)->second > block;
}

std::optional<block_range> block_set::first_gap(std::uint64_t from, std::uint64_t end,
                                                std::uint64_t count_max) const {
  auto next = ranges_.upper_bound(from);
  if (next != ranges_.begin()) from = std::max(from, std::prev(next)->second);
  // Ranges never touch, so what follows `from` here is a gap.
  if (from >= end || count_max == 0) return std::nullopt;
  if (next != ranges_.end()) end = std::min(end, next->first);
  return block_range{from, from + std::min(end - from, count_max)};
}

std::vector<block_range> block_set::ranges() const {
  std::vector<block_range> result;
  result.reserve(ranges_.size());
  for (const auto& [first, end] : ranges_) result.push_back({first, end});
  return result;
}

}  // namespace hobnob::core
