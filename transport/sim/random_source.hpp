#pragma once

#include "transport/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hobnob::sim {

/// Random numbers that depend on the seed alone: the same on every machine, compiler and standard
/// library. xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64. Not fit for keys that
/// guard anything.
class random_source {
 public:
  explicit random_source(std::uint64_t seed);

  std::uint64_t next();

  /// Below `count`, every value equally likely; 0 for a `count` of 0.
  std::uint64_t below(std::uint64_t count);

  /// From 0 up to, but not including, 1.
  double unit();

  /// True with this probability. Draws once, whatever the probability, so that changing it shifts
  /// no later draw.
  bool chance(double probability);

  /// From `low` to `high`, both included; `low` if they are the wrong way round.
  duration between(duration low, duration high);

  void fill(std::span<std::byte> out);

  /// A stream of its own that depends on the seed and the name, not on what was drawn before: so
  /// one user's draws never shift another's. The same name gives the same stream.
  random_source fork(std::string_view name) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace hobnob::sim
