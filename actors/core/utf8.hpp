#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hobnob::core {

/// One step through UTF-8 (RFC 3629).
struct utf8_step {
  char32_t code_point = 0;
  std::size_t size = 1;
  bool valid = false;  ///< False: `size` is 1, the first byte begins no valid sequence.
};

/// Reads the first code point of `text`, which must not be empty.
inline utf8_step next_code_point(std::string_view text) noexcept {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = octet(0);
  if (first < 0x80) return {first, 1, true};

  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  char32_t value = first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (octet(i) & 0x3Fu);
  }
  constexpr char32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lowest[size] || surrogate || value > 0x10FFFF) return {};
  return {value, size, true};
}

/// Whether the code point is a non-spacing or enclosing mark (Unicode general category Mn or Me).
bool is_combining_mark(char32_t code_point) noexcept;

}  // namespace hobnob::core
