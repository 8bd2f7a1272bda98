#pragma once

#include "transport/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hobnob::sim {

/// The shortest exact text in one unit: `20ms`, `90s`, `1500us`, `2min`, `1h`, `7ns`; `0s` for
/// nothing.
std::string to_text(duration value);

/// A number (`1.5` too) and one of these units, nothing between them. Not negative. Nothing for
/// anything else.
std::optional<duration> parse_duration(std::string_view text);

}  // namespace hobnob::sim
