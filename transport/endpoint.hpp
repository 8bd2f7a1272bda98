#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hobnob {

/// An IPv4 or IPv6 address. IPv4 is kept in its IPv4-mapped IPv6 form (RFC 4291, 2.5.5.2), so that
/// both compare.
class ip_address {
 public:
  ip_address() = default;  ///< The IPv6 wildcard `::`.

  static ip_address v4(std::array<std::uint8_t, 4> octets) noexcept;
  static ip_address v6(std::array<std::uint8_t, 16> octets, std::uint32_t scope_id = 0) noexcept;

  /// Accepts dotted IPv4 and RFC 4291 IPv6 text (no brackets, optional `%scope`); nothing for
  /// anything else.
  static std::optional<ip_address> parse(std::string_view text);

  bool is_v4() const noexcept;
  bool is_wildcard() const noexcept;    ///< `0.0.0.0` or `::`
  bool is_loopback() const noexcept;    ///< 127.0.0.0/8 or ::1
  bool is_link_local() const noexcept;  ///< 169.254.0.0/16 or fe80::/10
  bool is_private() const noexcept;     ///< RFC 1918, RFC 6598 (shared), fc00::/7
  bool is_multicast() const noexcept;

  std::array<std::uint8_t, 4> v4_octets() const noexcept;  ///< Only if `is_v4()`.
  const std::array<std::uint8_t, 16>& v6_octets() const noexcept { return octets_; }
  std::uint32_t scope_id() const noexcept { return scope_id_; }

  friend auto operator<=>(const ip_address&, const ip_address&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
  std::uint32_t scope_id_ = 0;
};

std::string to_string(const ip_address& address);

/// Where a TCP connection starts or ends.
struct endpoint {
  ip_address address;
  std::uint16_t port = 0;

  /// `1.2.3.4:80` or `[::1]:80`; nothing for anything else (names are resolved elsewhere).
  static std::optional<endpoint> parse(std::string_view text);

  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};

/// `1.2.3.4:80` or `[::1]:80`.
std::string to_string(const endpoint& value);

}  // namespace hobnob
