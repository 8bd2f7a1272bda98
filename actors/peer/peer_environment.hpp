#pragma once

#include "actors/interfaces.hpp"
#include "actors/link_bridge.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace hobnob {

/// What a peer's actors need of the world below them: in production a `link_bridge` and a
/// `network`, in unit tests whatever the test wants. Callable from any thread.
struct peer_environment {
  std::function<void(dial_order, dial_client_actor)> dial;
  std::function<void(const connection_ptr&, connection_consumer_actor)> attach;
  std::function<void(std::span<std::byte>)> random;
  std::function<std::int64_t()> wall_ms;  ///< Unix time.
  std::function<std::vector<ip_address>()> interface_addresses;

  std::uint64_t random_number() const {
    std::uint64_t value = 0;
    random(std::as_writable_bytes(std::span{&value, 1}));
    return value;
  }
};

using peer_environment_ptr = std::shared_ptr<const peer_environment>;

}  // namespace hobnob
