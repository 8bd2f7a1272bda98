#pragma once

#include "transport/bytes.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>

namespace hobnob::wire {

/// Writes fixed-size fields one after another into a buffer that is known to be large enough.
class field_writer {
 public:
  explicit field_writer(std::byte* out) noexcept : out_(out) {}

  template <std::unsigned_integral T>
  field_writer& number(T value) noexcept {
    for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8) {
      *out_++ = static_cast<std::byte>(value >> shift);
    }
    return *this;
  }

  template <std::size_t N>
  field_writer& octets(const std::array<std::uint8_t, N>& value) noexcept {
    for (auto octet : value) *out_++ = static_cast<std::byte>(octet);
    return *this;
  }

 private:
  std::byte* out_;
};

/// Reads fixed-size fields one after another from bytes that are known to be enough.
class field_reader {
 public:
  explicit field_reader(const std::byte* in) noexcept : in_(in) {}

  template <std::unsigned_integral T>
  T number() noexcept {
    T value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
      if constexpr (sizeof value > 1) value = static_cast<T>(value << 8);
      value = static_cast<T>(value | std::to_integer<T>(*in_++));
    }
    return value;
  }

  template <std::size_t N>
  std::array<std::uint8_t, N> octets() noexcept {
    std::array<std::uint8_t, N> value;
    for (auto& octet : value) octet = std::to_integer<std::uint8_t>(*in_++);
    return value;
  }

 private:
  const std::byte* in_;
};

}  // namespace hobnob::wire
