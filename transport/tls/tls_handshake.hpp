#pragma once

#include "transport/tls/tls_context.hpp"

#include <memory>

namespace hobnob {

/// The dialler's side. Starts as client; if the other side turns out to be a client as well (two
/// crossing dials on one pair of ports are one connection), the higher fingerprint stays client and
/// the lower one becomes the server. With a null `expected` that cannot be, and is an error.
awaitable<handshake_result> tls_connect(std::unique_ptr<stream> lower,
                                        std::shared_ptr<const tls_context> context,
                                        watchdog& deadlines, handshake_connect_options options);

/// The acceptor's side: always the server. What does not start like TLS is `errc::not_tls`, its
/// detail naming what it seems to be.
awaitable<handshake_result> tls_accept(std::unique_ptr<stream> lower,
                                       std::shared_ptr<const tls_context> context,
                                       watchdog& deadlines, handshake_accept_options options);

}  // namespace hobnob
