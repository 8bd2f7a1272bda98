#pragma once

#include "transport/error.hpp"
#include "transport/fingerprint.hpp"
#include "transport/stream.hpp"
#include "transport/tls/tls_context.hpp"
#include "transport/watchdog.hpp"

#include <functional>
#include <memory>

namespace hobnob {

/// A stream that is encrypted, and whom it leads to; or why there is none.
struct tls_result {
  failure error;
  std::unique_ptr<hobnob::stream> stream;
  public_key remote_key{};
  fingerprint remote;    ///< Also set when `error` is `errc::key_mismatch`.
  bool crossed = false;  ///< The other side dialled, too: both dials met in this connection.
};

struct tls_connect_options {
  fingerprint expected;                  ///< Null: report whom we met.
  time_point until = time_point::max();  ///< `errc::handshake_timeout` afterwards.
};

struct tls_accept_options {
  time_point until = time_point::max();
  std::function<void()> heard;  ///< Called when the first bytes have come. May be empty.
};

/// The dialler's side. Starts as client; if the other side turns out to be a client as well (two
/// crossing dials on one pair of ports are one connection), the higher fingerprint stays client and
/// the lower one becomes the server. With a null `expected` that cannot be, and is an error.
awaitable<tls_result> tls_connect(std::unique_ptr<stream> lower,
                                  std::shared_ptr<const tls_context> context, watchdog& deadlines,
                                  tls_connect_options options);

/// The acceptor's side: always the server. What does not start like TLS is `errc::not_tls`, its
/// detail naming what it seems to be.
awaitable<tls_result> tls_accept(std::unique_ptr<stream> lower,
                                 std::shared_ptr<const tls_context> context, watchdog& deadlines,
                                 tls_accept_options options);

}  // namespace hobnob
