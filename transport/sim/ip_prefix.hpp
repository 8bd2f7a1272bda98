#pragma once

#include "transport/endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hobnob::sim {

/// An address and how many of its first bits are the network's: `10.0.0.1/24`.
struct ip_prefix {
  ip_address address;
  unsigned length = 0;

  /// Nothing for anything but `address/length`.
  static std::optional<ip_prefix> parse(std::string_view text);

  /// Whether `other` is of the same family and begins with the same bits.
  bool contains(const ip_address& other) const noexcept;

  friend bool operator==(const ip_prefix&, const ip_prefix&) = default;
};

std::string to_string(const ip_prefix& prefix);

}  // namespace hobnob::sim
