#include "transport/timed_ping.hpp"

#include <cstdint>

namespace hobnob {
namespace {

constexpr std::uint64_t mark = std::uint64_t{1} << 63;
constexpr std::chrono::seconds longest{60};

}  // namespace

std::array<std::byte, 8> timed_ping(std::chrono::steady_clock::time_point now) {
  const auto number = mark | static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::array<std::byte, 8> payload{};
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<std::byte>(number >> (8 * (7 - i)) & 0xff);
  return payload;
}

bool is_timed_ping(byte_view payload) {
  return payload.size() == 8 && (payload.front() & std::byte{0x80}) != std::byte{};
}

std::optional<std::chrono::microseconds> timed_ping_took(
    byte_view payload, std::chrono::steady_clock::time_point now) {
  if (!is_timed_ping(payload)) return std::nullopt;
  std::uint64_t number = 0;
  for (const auto octet : payload) number = number << 8 | static_cast<std::uint64_t>(octet);
  const std::chrono::steady_clock::time_point sent{std::chrono::steady_clock::duration{
      static_cast<std::chrono::steady_clock::rep>(number & ~mark)}};
  if (sent > now || now - sent > longest) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(now - sent);
}

}  // namespace hobnob
