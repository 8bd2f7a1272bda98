#include "actors/peer/envelope_echo.hpp"

#include "actors/peer/round_trips.hpp"

#include <algorithm>

namespace hobnob {

std::array<std::byte, envelope_echo::size> envelope_echo::encode() const {
  std::array<std::byte, size> body{};
  body[3] = std::byte{8};
  body[4] = static_cast<std::byte>(type);
  const auto payload = round_trips::encode(token);
  std::copy(payload.begin(), payload.end(), body.begin() + frame_header_size);
  return body;
}

std::optional<envelope_echo> envelope_echo::decode(byte_view body) {
  if (body.size() != size) return std::nullopt;
  const auto type = static_cast<frame_type>(body[4]);
  if (type != frame_type::ping && type != frame_type::pong) return std::nullopt;
  return envelope_echo{type, round_trips::decode(body.subspan(frame_header_size))};
}

}  // namespace hobnob
