#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tests/sim/plain_sodium.hpp"

#include <dlfcn.h>
#include <sodium.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

// The program's own definitions come before those of the shared library.

namespace hobnob::testing {
namespace {

int real_wanted = 0;

template <class Function>
Function* real(Function* /*fake*/, const char* name) {
  auto* found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

using hash = std::array<unsigned char, 16>;
using proof = std::array<unsigned char, crypto_sign_BYTES>;

hash hash_of(const unsigned char* data, std::size_t size, std::uint64_t seed) {
  XXH128_canonical_t result;
  XXH128_canonicalFromHash(&result, XXH3_128bits_withSeed(data, size, seed));
  hash octets;
  std::memcpy(octets.data(), result.digest, octets.size());
  return octets;
}

/// Whose key it is, and what was signed.
proof prove(const unsigned char* message, std::size_t size, const unsigned char* public_key) {
  std::uint64_t seed;
  std::memcpy(&seed, public_key, sizeof seed);
  const auto content = hash_of(message, size, seed);
  const auto owner = hash_of(public_key, crypto_sign_PUBLICKEYBYTES, 0);
  proof result{};
  std::memcpy(result.data(), content.data(), content.size());
  std::memcpy(result.data() + content.size(), owner.data(), owner.size());
  return result;
}

/// What stands before the content of a box: whose it is, and what is in it.
constexpr std::size_t box_owner = crypto_box_PUBLICKEYBYTES;
static_assert(box_owner + hash{}.size() == crypto_box_SEALBYTES);

}  // namespace

real_sodium::real_sodium() { ++real_wanted; }
real_sodium::~real_sodium() { --real_wanted; }

}  // namespace hobnob::testing

using namespace hobnob::testing;

int crypto_sign_detached(unsigned char* sig, unsigned long long* siglen, const unsigned char* m,
                         unsigned long long mlen, const unsigned char* sk) {
  if (real_wanted > 0) {
    static const auto use = real(&crypto_sign_detached, "crypto_sign_detached");
    return use(sig, siglen, m, mlen, sk);
  }
  const auto made = prove(m, mlen, sk + crypto_sign_SEEDBYTES);
  std::memcpy(sig, made.data(), made.size());
  if (siglen != nullptr) *siglen = made.size();
  return 0;
}

int crypto_sign_verify_detached(const unsigned char* sig, const unsigned char* m,
                                unsigned long long mlen, const unsigned char* pk) {
  if (real_wanted > 0) {
    static const auto use = real(&crypto_sign_verify_detached, "crypto_sign_verify_detached");
    return use(sig, m, mlen, pk);
  }
  const auto right = prove(m, mlen, pk);
  return std::memcmp(sig, right.data(), right.size()) == 0 ? 0 : -1;
}

int crypto_box_seal(unsigned char* c, const unsigned char* m, unsigned long long mlen,
                    const unsigned char* pk) {
  if (real_wanted > 0) {
    static const auto use = real(&crypto_box_seal, "crypto_box_seal");
    return use(c, m, mlen, pk);
  }
  const auto content = hash_of(m, mlen, 0);
  std::memcpy(c, pk, box_owner);
  std::memcpy(c + box_owner, content.data(), content.size());
  std::memcpy(c + crypto_box_SEALBYTES, m, mlen);
  return 0;
}

int crypto_box_seal_open(unsigned char* m, const unsigned char* c, unsigned long long clen,
                         const unsigned char* pk, const unsigned char* sk) {
  if (real_wanted > 0) {
    static const auto use = real(&crypto_box_seal_open, "crypto_box_seal_open");
    return use(m, c, clen, pk, sk);
  }
  if (clen < crypto_box_SEALBYTES || std::memcmp(c, pk, box_owner) != 0) return -1;
  const auto size = clen - crypto_box_SEALBYTES;
  const auto content = hash_of(c + crypto_box_SEALBYTES, size, 0);
  if (std::memcmp(c + box_owner, content.data(), content.size()) != 0) return -1;
  std::memcpy(m, c + crypto_box_SEALBYTES, size);
  return 0;
}

int crypto_box_seed_keypair(unsigned char* pk, unsigned char* sk, const unsigned char* seed) {
  if (real_wanted > 0) {
    static const auto use = real(&crypto_box_seed_keypair, "crypto_box_seed_keypair");
    return use(pk, sk, seed);
  }
  std::memcpy(sk, seed, crypto_box_SEEDBYTES);
  for (std::uint64_t half = 0; half < 2; ++half) {
    const auto octets = hash_of(seed, crypto_box_SEEDBYTES, half);
    std::memcpy(pk + half * octets.size(), octets.data(), octets.size());
  }
  return 0;
}
