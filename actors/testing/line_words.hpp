#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hobnob::testing {

inline constexpr std::string_view blanks = " \t\r";

/// The next word of `line`, which is cut off, with the blanks before and after it.
inline std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  return word;
}

/// Nothing if it is anything else, or does not fit.
template <class Number>
std::optional<Number> to_number(std::string_view word) {
  Number result{};
  const auto end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, result);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{result} : std::nullopt;
}

}  // namespace hobnob::testing
