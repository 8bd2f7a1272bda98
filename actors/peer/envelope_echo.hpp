#pragma once

#include "transport/bytes.hpp"
#include "transport/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hobnob {

/// A round trip through the relay: an envelope whose body is one ping or pong frame and nothing
/// else. Only who can open it can answer.
struct envelope_echo {
  static constexpr std::size_t size = frame_header_size + 8;

  frame_type type{};  ///< `ping` or `pong`.
  std::uint64_t token = 0;

  std::array<std::byte, size> encode() const;

  /// Nothing if the body is anything else.
  static std::optional<envelope_echo> decode(byte_view body);
};

}  // namespace hobnob
