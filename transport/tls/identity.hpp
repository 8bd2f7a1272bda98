#pragma once

#include "transport/bytes.hpp"
#include "transport/fingerprint.hpp"

#include <array>
#include <memory>

namespace hobnob {

/// An Ed25519 key pair: who a peer or a relay is. Copies share the key. Read-only after
/// construction, hence thread-safe.
class identity {
 public:
  using seed = std::array<std::uint8_t, 32>;  ///< The RFC 8032 private key.

  static identity from_seed(const seed& value);

  const public_key& key() const noexcept;
  const hobnob::fingerprint& fingerprint() const noexcept;

  /// Needed where keys are derived or messages are signed outside TLS; never print or log it.
  const seed& secret_seed() const noexcept;

 private:
  struct data;
  std::shared_ptr<const data> data_;
};

/// SHA-256 of `key`.
fingerprint fingerprint_of(const public_key& key);

}  // namespace hobnob
