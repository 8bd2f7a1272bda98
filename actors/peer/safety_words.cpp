#include "actors/peer/safety_words.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace hobnob {

std::string safety_words(const fingerprint& one, const fingerprint& other) {
  constexpr char context[] = "hobnob safety words 1";  // With its final zero.
  const auto& [low, high] = std::minmax(one, other);
  std::array<unsigned char, crypto_hash_sha512_BYTES> digest{};
  crypto_hash_sha512_state hash;
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, reinterpret_cast<const unsigned char*>(context), sizeof context);
  crypto_hash_sha512_update(&hash, low.octets.data(), low.octets.size());
  crypto_hash_sha512_update(&hash, high.octets.data(), high.octets.size());
  crypto_hash_sha512_final(&hash, digest.data());

  std::string words;
  for (std::size_t group = 0; group < 12; ++group) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 5; ++i) value = value << 8 | digest[group * 5 + i];
    if (group > 0) words += ' ';
    for (auto unit : {10000, 1000, 100, 10, 1}) {
      words += static_cast<char>('0' + value / static_cast<unsigned>(unit) % 10);
    }
  }
  return words;
}

}  // namespace hobnob
