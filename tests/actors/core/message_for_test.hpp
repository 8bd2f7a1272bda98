#pragma once

#include "actors/core/message_part.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hobnob::core {

inline std::array<std::uint8_t, 16> id_for_test(std::uint64_t number) {
  std::array<std::uint8_t, 16> id{};
  std::memcpy(id.data(), &number, sizeof number);
  return id;
}

/// An acknowledged message with an id of its own.
inline message message_for_test(std::uint64_t number, std::string_view content = "hello",
                                std::string channel = {}) {
  message m;
  m.id = id_for_test(number);
  m.kind = channel.empty() ? message_kind::text : message_kind::application;
  m.channel = std::move(channel);
  m.content = shared_slice::copy_of(as_byte_view(content));
  return m;
}

inline message_part whole_part(message m) {
  const auto size = static_cast<std::uint32_t>(m.content.size());
  return {std::move(m), 0, size};
}

inline message_part part_of(const message& m, std::size_t offset, std::size_t count) {
  message_part part{m, static_cast<std::uint32_t>(offset),
                    static_cast<std::uint32_t>(m.content.size())};
  part.head.content = m.content.sub(offset, count);
  return part;
}

inline std::string text_of(const message& m) { return std::string{as_text(m.content.view())}; }

}  // namespace hobnob::core
