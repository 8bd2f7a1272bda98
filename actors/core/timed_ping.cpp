#include "actors/core/timed_ping.hpp"

#include <cstdint>

namespace hobnob::core {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::uint64_t mark = std::uint64_t{1} << 63;
constexpr std::chrono::seconds longest{60};

}  // namespace

std::array<std::byte, 8> timed_ping(clock::time_point now) {
  const auto number = mark | static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::array<std::byte, 8> payload{};
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<std::byte>(number >> (8 * (7 - i)) & 0xff);
  return payload;
}

std::optional<std::chrono::microseconds> timed_ping_took(std::span<const std::byte> payload,
                                                         clock::time_point now) {
  std::uint64_t number = 0;
  for (const auto octet : payload) number = number << 8 | static_cast<std::uint64_t>(octet);
  if (payload.size() != 8 || (number & mark) == 0) return std::nullopt;
  const clock::time_point sent{clock::duration{static_cast<clock::rep>(number & ~mark)}};
  if (sent > now || now - sent > longest) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(now - sent);
}

}  // namespace hobnob::core
