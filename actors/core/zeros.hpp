#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hobnob::core {

/// Calls `take` with zero bytes, a span at a time, `size` of them in all, until it answers false.
template <class Take>
bool for_each_zeros(std::uint64_t size, Take take) {
  static constexpr std::array<std::byte, 64 * 1024> zeros{};
  while (size > 0) {
    const auto part = std::span{zeros}.first(std::min<std::uint64_t>(size, zeros.size()));
    if (!take(std::span<const std::byte>{part})) return false;
    size -= part.size();
  }
  return true;
}

}  // namespace hobnob::core
