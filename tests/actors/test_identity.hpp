#pragma once

#include "transport/tls/identity.hpp"

#include <cstdint>

namespace hobnob::test {

/// The same key for the same number, always.
inline identity make_identity(std::uint8_t number) {
  identity::seed seed{};
  seed[0] = number;
  return identity::from_seed(seed);
}

}  // namespace hobnob::test
