#pragma once

#include "transport/bytes.hpp"
#include "transport/error.hpp"
#include "transport/fingerprint.hpp"
#include "transport/stream.hpp"
#include "transport/watchdog.hpp"

#include <functional>
#include <memory>

namespace hobnob {

class identity;

/// A stream that is protected, and whom it leads to; or why there is none.
struct handshake_result {
  failure error;
  std::unique_ptr<hobnob::stream> stream;
  public_key remote_key{};
  fingerprint remote;    ///< Also set when `error` is `errc::key_mismatch`.
  bool crossed = false;  ///< The other side dialled, too: both dials met in this connection.
};

struct handshake_connect_options {
  fingerprint expected;                  ///< Null: report whom we met.
  time_point until = time_point::max();  ///< `errc::handshake_timeout` afterwards.
};

struct handshake_accept_options {
  time_point until = time_point::max();
  std::function<void()> heard;  ///< Called when the first bytes have come. May be empty.
  bytes received = {};          ///< At most 4 bytes that were read from the stream already.
};

/// How one identity's connections learn who is at their other end: TLS (`tls_context`). Shared by
/// all connections of the identity; loop thread only.
class handshaker {
 public:
  virtual ~handshaker() = default;

  virtual const identity& self() const noexcept = 0;

  /// The dialler's side.
  virtual awaitable<handshake_result> connect(std::unique_ptr<stream> lower, watchdog& deadlines,
                                              handshake_connect_options options) const = 0;

  /// The acceptor's side.
  virtual awaitable<handshake_result> accept(std::unique_ptr<stream> lower, watchdog& deadlines,
                                             handshake_accept_options options) const = 0;
};

}  // namespace hobnob
