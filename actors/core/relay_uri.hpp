#pragma once

#include "actors/core/checked.hpp"
#include "transport/fingerprint.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hobnob::core {

/// Where a relay is and who it must be: `hobnob://HOST:PORT/?id=FINGERPRINT`, the string a relay
/// prints and people paste.
struct relay_uri {
  static constexpr std::uint16_t default_port = 7440;

  std::string host;  ///< A name, an IPv4 or an IPv6 literal; never in brackets.
  std::uint16_t port = default_port;
  fingerprint id;  ///< Null: not given; the relay's key is pinned at first use.

  /// The port, the final slash, the id and even `hobnob://` may be left out; an id may have dashes
  /// and capitals. Everything else that is not understood is an error.
  static checked<relay_uri> parse(std::string_view text);

  friend bool operator==(const relay_uri&, const relay_uri&) = default;
};

/// The full form; what `relay_uri::parse` reads back.
std::string to_string(const relay_uri& uri);

}  // namespace hobnob::core
