#include "actors/peer/envelope.hpp"

#include "transport/wire/big_endian.hpp"

#include <sodium.h>
#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace hobnob {
namespace {

constexpr std::string_view box_key_context{"hobnob box key 1\0", 17};
constexpr std::string_view signature_context{"hobnob envelope 1\0", 18};
constexpr std::uint8_t format_version = 1;
constexpr std::size_t padding_step = 256;

// What precedes the body, first while it is signed, then while it is encrypted. The larger one sets
// how much room is left before the body, so that it is copied only once.
constexpr std::size_t signed_prefix_size = signature_context.size() + 32 + 32 + 8;
constexpr std::size_t sealed_prefix_size = 1 + crypto_sign_PUBLICKEYBYTES + crypto_sign_BYTES;
static_assert(signed_prefix_size <= sealed_prefix_size);

using signature = std::array<std::uint8_t, crypto_sign_BYTES>;

const unsigned char* octets(const std::byte* data) {
  return reinterpret_cast<const unsigned char*>(data);
}
unsigned char* octets(std::byte* data) { return reinterpret_cast<unsigned char*>(data); }

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();  // There is no source of randomness.
}

/// Writes what is signed before the body, which starts at `buffer + sealed_prefix_size`; answers
/// where it starts.
std::byte* write_signed_prefix(std::byte* buffer, const fingerprint& from, const fingerprint& to,
                               std::uint64_t session) {
  const auto start = buffer + (sealed_prefix_size - signed_prefix_size);
  const auto context = as_byte_view(signature_context);
  const auto after = std::copy(context.begin(), context.end(), start);
  wire::field_writer{after}.octets(from.octets).octets(to.octets).number(session);
  return start;
}

}  // namespace

struct box_key_pair::data {
  box_public_key public_key{};
  std::array<std::uint8_t, crypto_box_SECRETKEYBYTES> secret_key{};

  ~data() { sodium_memzero(secret_key.data(), secret_key.size()); }
};

struct envelope_access {
  static const box_key_pair::data& of(const box_key_pair& keys) { return *keys.data_; }
};

box_key_pair::box_key_pair(const identity& self) {
  require_sodium();
  std::array<std::uint8_t, crypto_box_SEEDBYTES> seed;
  const auto& secret = self.secret_seed();
  const auto context = as_byte_view(box_key_context);
  crypto_generichash(seed.data(), seed.size(), octets(context.data()), context.size(),
                     secret.data(), secret.size());
  auto made = std::make_shared<data>();
  crypto_box_seed_keypair(made->public_key.data(), made->secret_key.data(), seed.data());
  sodium_memzero(seed.data(), seed.size());
  data_ = std::move(made);
}

const box_public_key& box_key_pair::public_key() const noexcept { return data_->public_key; }

bytes seal_envelope(const identity& sender, const envelope_recipient& to, byte_view body) {
  require_sodium();
  const auto size = sealed_prefix_size + body.size();
  bytes plain(size + padding_step - size % padding_step);
  std::copy(body.begin(), body.end(), plain.begin() + sealed_prefix_size);

  // libsodium's form of the private key: seed and public key.
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> key;
  std::copy(sender.secret_seed().begin(), sender.secret_seed().end(), key.begin());
  std::copy(sender.key().begin(), sender.key().end(), key.begin() + crypto_sign_SEEDBYTES);
  const auto start = write_signed_prefix(plain.data(), sender.fingerprint(), to.id, to.session);
  signature proof;
  crypto_sign_detached(proof.data(), nullptr, octets(start), signed_prefix_size + body.size(),
                       key.data());
  sodium_memzero(key.data(), key.size());

  wire::field_writer{plain.data()}.number(format_version).octets(sender.key()).octets(proof);
  std::size_t padded = 0;
  sodium_pad(&padded, octets(plain.data()), size, padding_step, plain.size());

  bytes sealed(crypto_box_SEALBYTES + padded);
  if (crypto_box_seal(octets(sealed.data()), octets(plain.data()), padded, to.box_key.data()) != 0)
    return {};
  return sealed;
}

opened_envelope open_envelope(const box_key_pair& own, const fingerprint& own_id,
                              std::uint64_t own_session, byte_view sealed) {
  require_sodium();
  opened_envelope result;
  result.error = envelope_error::undecryptable;
  if (sealed.size() < crypto_box_SEALBYTES) return result;
  bytes plain(sealed.size() - crypto_box_SEALBYTES);
  const auto& keys = envelope_access::of(own);
  if (crypto_box_seal_open(octets(plain.data()), octets(sealed.data()), sealed.size(),
                           keys.public_key.data(), keys.secret_key.data()) != 0) {
    return result;
  }

  result.error = envelope_error::malformed;
  std::size_t size = 0;
  if (plain.empty() || plain.size() % padding_step != 0 ||
      sodium_unpad(&size, octets(plain.data()), plain.size(), padding_step) != 0 ||
      size < sealed_prefix_size) {
    return result;
  }
  wire::field_reader in{plain.data()};
  if (in.number<std::uint8_t>() != format_version) return result;
  result.sender_key = in.octets<crypto_sign_PUBLICKEYBYTES>();
  const auto proof = in.octets<crypto_sign_BYTES>();

  result.error = envelope_error::forged;
  result.sender = fingerprint_of(result.sender_key);
  const auto start = write_signed_prefix(plain.data(), result.sender, own_id, own_session);
  const auto body_size = size - sealed_prefix_size;
  if (crypto_sign_verify_detached(proof.data(), octets(start), signed_prefix_size + body_size,
                                  result.sender_key.data()) != 0) {
    return result;
  }
  result.error = envelope_error::none;
  const auto buffer = std::make_shared<const bytes>(std::move(plain));
  result.body = shared_slice{buffer}.sub(sealed_prefix_size, body_size);
  return result;
}

}  // namespace hobnob
