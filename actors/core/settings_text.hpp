#pragma once

#include "actors/core/checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hobnob::core {

/// One setting as somebody wrote it.
struct setting {
  std::string key;  ///< As the long option is named: `p2p-log`.
  std::string value;
  std::string origin;  ///< For messages: "/home/ann/peer.conf:3", "HOBNOB_USER".

  friend bool operator==(const setting&, const setting&) = default;
};

/// Reads a config file of lines `key = value`. Empty lines and lines that begin with `#` are
/// skipped; a key may come again where a setting takes several values. Keys are `[a-z0-9-]+`;
/// values are UTF-8 to the end of the line.
checked<std::vector<setting>> parse_config(std::string_view text, std::string_view file_name);

/// The settings in an environment block (`environ`): HOBNOB_LOG_LEVEL=debug is `log-level` =
/// `debug`.
std::vector<setting> environment_settings(const char* const* environment);

}  // namespace hobnob::core
