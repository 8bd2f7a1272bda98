#pragma once

#include <array>
#include <cstddef>

namespace hobnob {

/// Proves to a relay which circuit a connection belongs to, and which end of it. Random, good for
/// one connection and a short time.
using circuit_token = std::array<std::byte, 32>;

/// What one of two peers needs to enter a circuit.
struct circuit_pass {
  circuit_token token{};
  bool tls_client = false;  ///< Of the link over it: who asked for the circuit.
};

}  // namespace hobnob
