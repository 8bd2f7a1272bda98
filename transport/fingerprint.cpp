#include "transport/fingerprint.hpp"

namespace hobnob {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/// The five bits a letter stands for, or -1.
int bits_of(char letter) noexcept {
  if (letter >= 'a' && letter <= 'z') return letter - 'a';
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= '2' && letter <= '7') return letter - '2' + 26;
  return -1;
}

}  // namespace

std::optional<fingerprint> fingerprint::parse(std::string_view text) {
  fingerprint result;
  std::size_t letters = 0, written = 0;
  unsigned pending = 0;
  int pending_bits = 0;
  for (char letter : text) {
    if ((letter == '-' || letter == ' ') && letters > 0) continue;
    int bits = bits_of(letter);
    if (bits < 0 || ++letters > text_size) return std::nullopt;
    pending = (pending << 5 | static_cast<unsigned>(bits)) & 0xfff;
    pending_bits += 5;
    if (pending_bits >= 8 && written < result.octets.size()) {
      pending_bits -= 8;
      result.octets[written++] = static_cast<std::uint8_t>(pending >> pending_bits);
    }
  }
  if (letters != text_size) return std::nullopt;
  // 52 letters carry 260 bits: the four left over must be zero, so that a fingerprint has one text.
  if ((pending & 0x0f) != 0) return std::nullopt;
  return result;
}

std::string to_string(const fingerprint& value) {
  std::string result;
  result.reserve(fingerprint::text_size);
  unsigned pending = 0;
  int pending_bits = 0;
  for (auto octet : value.octets) {
    pending = (pending << 8 | octet) & 0xffff;
    pending_bits += 8;
    while (pending_bits >= 5) {
      pending_bits -= 5;
      result += alphabet[pending >> pending_bits & 31];
    }
  }
  result += alphabet[pending << (5 - pending_bits) & 31];
  return result;
}

std::string to_grouped_string(const fingerprint& value) {
  auto plain = to_string(value);
  std::string result;
  for (std::size_t i = 0; i < plain.size(); i += 4) {
    if (i > 0) result += '-';
    result.append(plain, i, 4);
  }
  return result;
}

}  // namespace hobnob
