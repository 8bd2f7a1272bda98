#pragma once

#include "transport/connection_handler.hpp"
#include "transport/error.hpp"
#include "transport/network.hpp"

#include <memory>

namespace hobnob {

struct connection_config {
  std::size_t credit = 512 * 1024;  ///< Received bytes not yet acknowledged before reading stops.
  std::size_t login_size_max = 0;   ///< Bytes received before `set_authenticated`; 0: any number.
  time_point login_until = time_point::max();  ///< `set_authenticated` must come before.
  duration write_timeout =
      std::chrono::seconds{10};  ///< Without the other side taking a byte: `overflow`.
  duration close_timeout = std::chrono::seconds{1};  ///< For the orderly end.

  /// Released at `set_authenticated` or at the end, whichever comes first. May be empty.
  std::shared_ptr<void> login_token = {};
};

/// One framed connection over `bytes_of` (mostly TLS), not reading yet. Loop thread only. `net`
/// must outlive it. Dropping the last handle closes it.
connection_ptr make_connection(network& net, std::unique_ptr<stream> bytes_of, connection_info info,
                               connection_config config);

/// From now on `connection` (from `make_connection`, not started yet) reads and tells `handler`.
/// Loop thread only.
void start_connection(const connection_ptr& connection,
                      std::shared_ptr<connection_handler> handler);

}  // namespace hobnob
