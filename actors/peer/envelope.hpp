#pragma once

#include "transport/bytes.hpp"
#include "transport/fingerprint.hpp"
#include "transport/tls/identity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace hobnob {

// Sealed envelopes: what the relay carries and cannot read. docs/protocol.md, "Sealed envelope",
// has the format.
//
//   box_key_pair keys{self};                        // once; keys.public_key() goes into the
//   directory record
//
//   for (auto& [body, ids] : pack_messages(order.messages)) {               // message_frames.hpp
//     auto sealed = seal_envelope(self, {to.id, to.box_key, to.session}, body);
//     ... envelope_header{to.session, tag} and `sealed` make an `envelope` frame; `ids` are for a
//     refusal ...
//   }
//
//   auto opened = open_envelope(keys, self.fingerprint(), own_session, sealed_bytes);
//   if (opened.error != envelope_error::none) ...   // count it, drop it
//   if (opened.sender != contact.id) ...            // the relay named another session than the
//   signer's: drop it auto frames = unpack_body(std::move(opened.body));

/// A raw X25519 public key (RFC 7748).
using box_public_key = std::array<std::uint8_t, 32>;

/// The X25519 key pair that envelopes to an identity are sealed to. It is a key of its own, derived
/// from the identity's seed (so that there is one secret to keep), and certified by the signed
/// directory record. Copies share the key. Read-only after construction, hence thread-safe.
class box_key_pair {
 public:
  explicit box_key_pair(const identity& self);

  const box_public_key& public_key() const noexcept;

 private:
  friend struct envelope_access;
  struct data;
  std::shared_ptr<const data> data_;
};

/// Whom an envelope is for.
struct envelope_recipient {
  fingerprint id;
  box_public_key box_key{};
  std::uint64_t session = 0;  ///< Its present one at the relay: in another the envelope is void.
};

/// Sealed, `body` is longer by 145 bytes and the padding, which brings it to a multiple of 256.
inline constexpr std::size_t envelope_body_size_max = 64 * 1024;

/// Signs `body` as `sender`, and encrypts both for the recipient. Costs about 100 us for a small
/// body and 450 us for the largest; opening costs as much. Nothing is returned if the recipient's
/// key is not a valid one.
bytes seal_envelope(const identity& sender, const envelope_recipient& to, byte_view body);

enum class envelope_error : std::uint8_t {
  none,
  undecryptable,  ///< Not sealed to our key, or altered on the way.
  malformed,      ///< Sealed to us, but not by this format.
  forged,         ///< The signature does not fit: another sender, recipient, session or body.
};

struct opened_envelope {
  envelope_error error = envelope_error::none;
  fingerprint sender;  ///< Proven by the signature.
  public_key sender_key{};
  shared_slice body;
};

/// Opens what was sealed to `own` in our session `own_session`.
opened_envelope open_envelope(const box_key_pair& own, const fingerprint& own_id,
                              std::uint64_t own_session, byte_view sealed);

}  // namespace hobnob
