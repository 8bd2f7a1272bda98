#include "transport/tls/first_bytes.hpp"

#include <array>
#include <string_view>

namespace hobnob {
namespace {

struct known_start {
  std::string_view bytes;
  std::string_view name;
};

constexpr std::array<known_start, 14> known_starts{{
    {"GET ", "HTTP"},
    {"POST ", "HTTP"},
    {"PUT ", "HTTP"},
    {"HEAD ", "HTTP"},
    {"OPTIONS ", "HTTP"},
    {"CONNECT ", "HTTP"},
    {"PRI * HTTP", "HTTP/2"},
    {"HTTP/", "HTTP"},
    {"SSH-", "SSH"},
    {"EHLO ", "SMTP"},
    {"220 ", "SMTP or FTP"},
    {"<?xml", "XMPP"},
    {"RTSP/", "RTSP"},
    {std::string_view{"\x03\x00\x00", 3}, "RDP"},
}};

}  // namespace

bool looks_like_tls(byte_view first) noexcept {
  auto type = std::to_integer<int>(first.front());
  return type == 0x16 || type == 0x15;  // Handshake or alert record.
}

std::string guess_protocol(byte_view first) {
  auto text = as_text(first);
  for (const auto& start : known_starts) {
    auto common = std::min(start.bytes.size(), text.size());
    if (common > 0 && text.substr(0, common) == start.bytes.substr(0, common)) {
      return std::string{start.name};
    }
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "unknown bytes";
  for (auto octet : first.first(std::min<std::size_t>(first.size(), 4))) {
    auto value = std::to_integer<unsigned>(octet);
    result += " 0x";
    result += digits[value >> 4];
    result += digits[value & 15];
  }
  return result;
}

}  // namespace hobnob
