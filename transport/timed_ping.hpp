#pragma once

#include "transport/bytes.hpp"

#include <array>
#include <chrono>
#include <optional>

namespace hobnob {

/// The payload of a ping that nobody waits for, a heartbeat's: when it was sent, so that the
/// answer, which brings it back, tells the round trip. Its first bit is set; tokens of other pings
/// leave it clear.
std::array<std::byte, 8> timed_ping(std::chrono::steady_clock::time_point now);

bool is_timed_ping(byte_view payload);

/// Nothing if `payload` is none of those, or not plausible: the other side may have made it up.
std::optional<std::chrono::microseconds> timed_ping_took(byte_view payload,
                                                         std::chrono::steady_clock::time_point now);

}  // namespace hobnob
