#pragma once

#include "transport/fingerprint.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hobnob::core {

/// The key a user is known by on this machine.
struct known_key {
  fingerprint id;
  bool verified = false;  ///< A person compared the safety words, or accepted the key on purpose.
};

struct known_user {
  std::string user;
  known_key key;
};

/// What a peer remembers from one start to the next: which key belongs to which user and to which
/// relay ("trust on first use", as ssh does). In memory here, in a file in actors/storage/.
///
/// Called from the peer's actor only, one call at a time. A lookup must not block; `set_user` and
/// `set_relay` may write a small file. An error means that it could not be remembered beyond this
/// run; within the run it holds.
class known_keys {
 public:
  virtual ~known_keys() = default;

  virtual std::optional<known_key> user(std::string_view name) const = 0;
  virtual std::vector<known_user> users() const = 0;

  /// Adds the user or replaces what was known of it.
  virtual std::error_code set_user(std::string_view name, const known_key& key) = 0;

  /// `address` is `host:port` as the relay's URI names it.
  virtual std::optional<fingerprint> relay(std::string_view address) const = 0;
  virtual std::error_code set_relay(std::string_view address, const fingerprint& id) = 0;
};

}  // namespace hobnob::core
