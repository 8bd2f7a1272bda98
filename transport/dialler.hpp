#pragma once

#include "transport/circuit_pass.hpp"
#include "transport/connection.hpp"
#include "transport/handshaker.hpp"

#include <optional>

namespace hobnob {

struct dial_request {
  endpoint remote;
  endpoint local;                        ///< To leave from; port 0: any.
  fingerprint expected;                  ///< Null: report whom we met (a relay at first contact).
  time_point until = time_point::max();  ///< For TCP and TLS together.
  /// `remote` is a relay that joins us with whom we expect.
  std::optional<circuit_pass> circuit = {};
};

struct dial_result {
  failure error;
  connection_ptr connection;  ///< Not started yet; null on error.
  fingerprint met;  ///< Whom TLS proved there, if it came so far; also with `errc::key_mismatch`.
  bool awaits_accept =
      false;  ///< The other side's dial is arriving on this very address pair: wait for the accept.
};

/// Dials, and makes sure whom it reached. `net` must outlive the call and the connection.
awaitable<dial_result> dial(network& net, std::shared_ptr<const handshaker> secure,
                            dial_request request, connection_config config);

}  // namespace hobnob
