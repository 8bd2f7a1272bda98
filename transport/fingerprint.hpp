#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hobnob {

/// A raw Ed25519 public key (RFC 8032).
using public_key = std::array<std::uint8_t, 32>;

/// Names an identity: SHA-256 of its raw Ed25519 public key. Ordered bytewise; the order decides
/// roles between two peers.
struct fingerprint {
  std::array<std::uint8_t, 32> octets{};

  static constexpr std::size_t text_size = 52;

  /// Lower-case base32 (RFC 4648 alphabet) of 52 letters. Dashes and spaces between letters and
  /// upper case are accepted; nothing for anything else.
  static std::optional<fingerprint> parse(std::string_view text);

  bool is_null() const noexcept { return *this == fingerprint{}; }

  friend auto operator<=>(const fingerprint&, const fingerprint&) = default;
};

/// The 52 letters, as used in URIs, files and JSON.
std::string to_string(const fingerprint& value);

/// The 52 letters in groups of four joined by dashes, for people.
std::string to_grouped_string(const fingerprint& value);

}  // namespace hobnob

template <>
struct std::hash<hobnob::fingerprint> {
  std::size_t operator()(const hobnob::fingerprint& value) const noexcept {
    std::size_t result = 0;  // SHA-256 output is uniform: its first bytes are the hash.
    for (std::size_t i = 0; i < sizeof result; ++i) result = result << 8 | value.octets[i];
    return result;
  }
};
