#pragma once

#include "transport/network.hpp"
#include "transport/tls/tls_context.hpp"

#include <memory>

namespace hobnob::bench {

/// The limit that the relay is measured against: plain Asio coroutines and the same TLS engine, one
/// thread, no actors, no policy, no checks. It gives every login a session id and forwards
/// envelopes by it.
awaitable<void> serve_bare_relay(network& net, std::shared_ptr<const tls_context> context,
                                 std::unique_ptr<listener> from);

/// Runs a bare relay on a port of its own, prints the port on a line, and serves until killed.
int bare_relay_main();

}  // namespace hobnob::bench
