#include "transport/endpoint.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace hobnob {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_scope(const std::string& text) {
  if (auto number = parse_number<std::uint32_t>(text)) return number;
  if (text.empty() || text.size() >= IF_NAMESIZE) return std::nullopt;
  // Linux takes what follows a colon for an alias and forgets it.
  if (text.find_first_of(":%/") != text.npos) return std::nullopt;
  auto index = if_nametoindex(text.c_str());
  if (index == 0) return std::nullopt;
  return index;
}

}  // namespace

ip_address ip_address::v4(std::array<std::uint8_t, 4> octets) noexcept {
  ip_address result;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), result.octets_.begin());
  std::copy(octets.begin(), octets.end(), result.octets_.begin() + 12);
  return result;
}

ip_address ip_address::v6(std::array<std::uint8_t, 16> octets, std::uint32_t scope_id) noexcept {
  ip_address result;
  result.octets_ = octets;
  // A scope belongs to link-local addresses only; elsewhere it would make equal addresses differ.
  result.scope_id_ = result.is_link_local() && !result.is_v4() ? scope_id : 0;
  return result;
}

std::optional<ip_address> ip_address::parse(std::string_view text) {
  if (text.empty() || text.size() > INET6_ADDRSTRLEN + IF_NAMESIZE) return std::nullopt;
  std::string plain{text};
  if (std::array<std::uint8_t, 4> octets{}; inet_pton(AF_INET, plain.c_str(), octets.data()) == 1) {
    return v4(octets);
  }
  std::uint32_t scope = 0;
  if (auto percent = plain.find('%'); percent != std::string::npos) {
    auto parsed = parse_scope(plain.substr(percent + 1));
    if (!parsed) return std::nullopt;
    scope = *parsed;
    plain.resize(percent);
  }
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, plain.c_str(), octets.data()) != 1) return std::nullopt;
  return v6(octets, scope);
}

bool ip_address::is_v4() const noexcept {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), octets_.begin());
}

std::array<std::uint8_t, 4> ip_address::v4_octets() const noexcept {
  return {octets_[12], octets_[13], octets_[14], octets_[15]};
}

bool ip_address::is_wildcard() const noexcept {
  auto first = octets_.begin() + (is_v4() ? 12 : 0);
  return std::all_of(first, octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

bool ip_address::is_loopback() const noexcept {
  if (is_v4()) return octets_[12] == 127;
  return octets_[15] == 1 && std::all_of(octets_.begin(), octets_.end() - 1,
                                         [](std::uint8_t octet) { return octet == 0; });
}

bool ip_address::is_link_local() const noexcept {
  if (is_v4()) return octets_[12] == 169 && octets_[13] == 254;
  return octets_[0] == 0xfe && (octets_[1] & 0xc0) == 0x80;
}

bool ip_address::is_private() const noexcept {
  if (!is_v4()) return (octets_[0] & 0xfe) == 0xfc;
  auto a = octets_[12], b = octets_[13];
  return a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) ||
         (a == 100 && (b & 0xc0) == 64);
}

bool ip_address::is_multicast() const noexcept {
  return is_v4() ? (octets_[12] & 0xf0) == 0xe0 : octets_[0] == 0xff;
}

std::string to_string(const ip_address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.is_v4()) {
    auto octets = address.v4_octets();
    return inet_ntop(AF_INET, octets.data(), text, sizeof text);
  }
  std::string result = inet_ntop(AF_INET6, address.v6_octets().data(), text, sizeof text);
  if (address.scope_id() != 0) result += '%' + std::to_string(address.scope_id());
  return result;
}

std::optional<endpoint> endpoint::parse(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  auto port = parse_number<std::uint16_t>(digits);
  if (!port || digits.size() > 5) return std::nullopt;
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  bool has_colon = host.find(':') != std::string_view::npos;
  if (bracketed != has_colon) return std::nullopt;
  auto parsed = ip_address::parse(host);
  if (!parsed) return std::nullopt;
  return endpoint{*parsed, *port};
}

std::string to_string(const endpoint& value) {
  auto host = to_string(value.address);
  if (!value.address.is_v4()) host = '[' + host + ']';
  return host + ':' + std::to_string(value.port);
}

}  // namespace hobnob
