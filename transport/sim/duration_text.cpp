#include "transport/sim/duration_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace hobnob::sim {

namespace {

struct unit {
  std::string_view name;
  duration length;
};

constexpr std::array units{
    unit{"h", std::chrono::hours{1}},         unit{"min", std::chrono::minutes{1}},
    unit{"s", std::chrono::seconds{1}},       unit{"ms", std::chrono::milliseconds{1}},
    unit{"us", std::chrono::microseconds{1}}, unit{"ns", std::chrono::nanoseconds{1}},
};

constexpr double nanoseconds_max = 9e18;

/// A whole number of a unit, exactly: a double would not hold each one.
std::optional<duration> parse_whole(std::string_view text) {
  duration::rep number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name(stopped, static_cast<std::size_t>(end - stopped));
  for (const unit& each : units) {
    if (each.name != name || number > duration::max() / each.length) continue;
    return number * each.length;
  }
  return std::nullopt;
}

}  // namespace

std::string to_text(duration value) {
  if (value == duration::zero()) return "0s";
  for (const unit& each : units) {
    if (value % each.length == duration::zero()) {
      return std::to_string(value / each.length).append(each.name);
    }
  }
  return {};  // Nanoseconds divide everything.
}

std::optional<duration> parse_duration(std::string_view text) {
  if (text.starts_with('-')) return std::nullopt;
  if (const auto whole = parse_whole(text)) return whole;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || !(number >= 0)) return std::nullopt;
  const std::string_view name(stopped, static_cast<std::size_t>(end - stopped));
  for (const unit& each : units) {
    if (each.name != name) continue;
    const double nanoseconds = number * static_cast<double>(each.length.count());
    if (!(nanoseconds < nanoseconds_max)) return std::nullopt;
    return duration{static_cast<duration::rep>(std::llround(nanoseconds))};
  }
  return std::nullopt;
}

}  // namespace hobnob::sim
