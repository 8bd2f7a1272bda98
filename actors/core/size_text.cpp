#include "actors/core/size_text.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace hobnob::core {
namespace {

constexpr std::string_view size_units = "KMGT";

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (read.ec != std::errc{} || !(number >= 0)) return std::nullopt;
  std::string_view unit{read.ptr, static_cast<std::size_t>(end - read.ptr)};
  if (!unit.empty()) {
    const auto power = size_units.find(static_cast<char>(unit.front() & ~0x20));
    if (power != size_units.npos) {
      for (std::size_t i = 0; i <= power; ++i) number *= 1024;
      unit.remove_prefix(1);
      if (unit == "iB") unit = {};
    }
    if (unit == "B") unit = {};
  }
  constexpr double too_large = 18446744073709551616.0;
  if (!unit.empty() || number >= too_large) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::optional<std::uint64_t> parse_rate(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  const auto rate = parse_size(text);
  return rate && *rate > 0 ? rate : std::nullopt;
}

std::string shown_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  auto value = static_cast<double>(bytes);
  std::size_t power = 0;
  for (value /= 1024; value >= 1023.95 && power + 1 < size_units.size(); value /= 1024) ++power;
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f %ciB", value, size_units[power]);
  return text.data();
}

}  // namespace hobnob::core
