#pragma once

#include <cstddef>

namespace hobnob {
class peer;
}

namespace hobnob::testing {

/// What a peer holds in memory for others; of messages, the most for any one user.
struct memory_use {
  std::size_t outbox_messages = 0, outbox_bytes = 0;
  std::size_t held_messages = 0, held_bytes = 0;              ///< Back, for order.
  std::size_t unfinished_messages = 0, unfinished_bytes = 0;  ///< Parts are missing.
  std::size_t input_bytes = 0;  ///< Come for its transfers, and not dealt with.
};

/// Read from the states of its actors, which must not run meanwhile (they are the simulation's) and
/// are told nothing: nothing happens because of it.
memory_use memory_of(const peer& which);

}  // namespace hobnob::testing
