#pragma once

#include "actors/core/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hobnob::core {

inline constexpr std::size_t text_size_max = 32 * 1024;
inline constexpr std::size_t application_message_size_max = 1024 * 1024;
inline constexpr std::size_t channel_size_max = 64;

/// The content one `message` frame holds at most. Urgent frames slip in between two parts, and a
/// part with its headers still fits an envelope.
inline constexpr std::size_t message_part_size_max = 60 * 1024;

/// What one `message` frame holds: a whole message, or a part of one.
struct message_part {
  message head;              ///< `content` is that of this part only.
  std::uint32_t offset = 0;  ///< Where the part starts in the content.
  std::uint32_t total_size = 0;

  bool is_whole() const noexcept { return offset == 0 && head.content.size() == total_size; }
};

/// `[a-z0-9._-]{1,64}`: the name of an application's channel.
inline bool is_valid_channel(std::string_view name) noexcept {
  if (name.empty() || name.size() > channel_size_max) return false;
  for (const char c : name) {
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!allowed) return false;
  }
  return true;
}

}  // namespace hobnob::core
