#include "transport/sim/ip_prefix.hpp"

#include <charconv>

namespace hobnob::sim {

namespace {

unsigned bits_of(const ip_address& address) { return address.is_v4() ? 32 : 128; }

}  // namespace

std::optional<ip_prefix> ip_prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = ip_address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  unsigned length = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, length);
  if (error != std::errc{} || stopped != end || length > bits_of(*address)) return std::nullopt;
  return ip_prefix{*address, length};
}

bool ip_prefix::contains(const ip_address& other) const noexcept {
  if (address.is_v4() != other.is_v4()) return false;
  // IPv4 is kept in the last 32 of 128 bits.
  const unsigned bits = length + 128 - bits_of(address);
  const auto& mine = address.v6_octets();
  const auto& theirs = other.v6_octets();
  const unsigned whole = bits / 8;
  for (unsigned i = 0; i < whole; ++i) {
    if (mine[i] != theirs[i]) return false;
  }
  if (bits % 8 == 0) return true;
  const unsigned shift = 8 - bits % 8;
  return mine[whole] >> shift == theirs[whole] >> shift;
}

std::string to_string(const ip_prefix& prefix) {
  return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

}  // namespace hobnob::sim
