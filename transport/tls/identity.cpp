#include "transport/tls/identity.hpp"

#include "transport/tls/openssl_pointers.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <stdexcept>

namespace hobnob {

struct identity::data {
  seed secret{};
  public_key key{};
  hobnob::fingerprint id;

  ~data() { OPENSSL_cleanse(secret.data(), secret.size()); }
};

identity identity::from_seed(const seed& value) {
  auto made = std::make_shared<data>();
  made->secret = value;
  evp_pkey_ptr pair{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, value.data(), value.size())};
  std::size_t size = made->key.size();
  if (!pair || EVP_PKEY_get_raw_public_key(pair.get(), made->key.data(), &size) != 1) {
    throw std::runtime_error{"OpenSSL offers no Ed25519"};
  }
  made->id = fingerprint_of(made->key);
  identity result;
  result.data_ = std::move(made);
  return result;
}

const public_key& identity::key() const noexcept { return data_->key; }

const hobnob::fingerprint& identity::fingerprint() const noexcept { return data_->id; }

const identity::seed& identity::secret_seed() const noexcept { return data_->secret; }

fingerprint fingerprint_of(const public_key& key) {
  fingerprint result;
  SHA256(key.data(), key.size(), result.octets.data());
  return result;
}

}  // namespace hobnob
