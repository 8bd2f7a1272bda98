#pragma once

#include <cstdint>
#include <functional>

namespace hobnob {

class network;

/// What a relay's actors need of the world besides their connections: in production taken from a
/// `network`, in unit tests whatever the test wants. Callable from any thread.
struct relay_environment {
  std::function<std::uint64_t()> random_number;
  std::function<std::int64_t()> unix_time;  ///< Seconds.
};

relay_environment make_relay_environment(network& net);

}  // namespace hobnob
