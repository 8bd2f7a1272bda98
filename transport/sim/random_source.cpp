#include "transport/sim/random_source.hpp"

#include <bit>
#include <limits>

namespace hobnob::sim {

namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

}  // namespace

random_source::random_source(std::uint64_t seed) : seed_(seed) {
  for (std::uint64_t& word : state_) word = splitmix(seed);
}

std::uint64_t random_source::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t random_source::below(std::uint64_t count) {
  if (count == 0) return 0;
  // What would make the low values likelier is drawn again.
  const std::uint64_t excess = (std::numeric_limits<std::uint64_t>::max() % count + 1) % count;
  const std::uint64_t last_fair = std::numeric_limits<std::uint64_t>::max() - excess;
  std::uint64_t drawn = next();
  while (drawn > last_fair) drawn = next();
  return drawn % count;
}

double random_source::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

bool random_source::chance(double probability) { return unit() < probability; }

duration random_source::between(duration low, duration high) {
  if (high <= low) return low;
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + duration{static_cast<duration::rep>(below(span + 1))};
}

void random_source::fill(std::span<std::byte> out) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) word = next();
    out[i] = static_cast<std::byte>(word & 0xff);
    word >>= 8;
  }
}

random_source random_source::fork(std::string_view name) const {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char letter : name) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  }
  std::uint64_t mixed = seed_ ^ std::rotl(hash, 29);
  return random_source{splitmix(mixed)};
}

}  // namespace hobnob::sim
