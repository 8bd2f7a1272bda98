#pragma once

#include "actors/interfaces.hpp"
#include "transport/circuit_pass.hpp"
#include "transport/tls/identity.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace hobnob {

class network;
class stream;

/// Limits on connections that have not logged in yet; the listening side of one bridge.
struct accept_limits {
  std::size_t unauthenticated_max = 512;  ///< The oldest is dropped beyond it.
  /// Per IPv4 /24 or IPv6 /64; loopback counts like any other.
  std::size_t unauthenticated_per_address_max = 64;
  std::chrono::milliseconds login_timeout{8000};  ///< From accept to `set_authenticated`.
};

struct dial_order {
  std::uint64_t ticket = 0;  ///< Comes back in `dial_finished`.
  std::string host;          ///< A name or an address literal.
  std::uint16_t port = 0;
  /// 0: any. Else the port of our own listener (TCP hole punching needs that).
  std::uint16_t local_port = 0;
  fingerprint expected;  ///< Null: whoever answers (first contact with a relay).
  std::chrono::milliseconds timeout{8000};
  /// `host` is a relay, which joins us with `expected`.
  std::optional<circuit_pass> circuit = {};
};

/// The only crossing between coroutines (transport) and actors. One per peer or relay; belongs to
/// one `network`, whose thread it works on. Every function may be called from any thread; answers
/// come as messages to the actors named.
class link_bridge {
 public:
  link_bridge(network& net, identity self);
  ~link_bridge();  ///< As `stop()`.

  link_bridge(const link_bridge&) = delete;
  link_bridge& operator=(const link_bridge&) = delete;

  /// Listens on all `locals` or on none of them, before returning. Loop thread or before the loop
  /// runs. A port 0 after another local means that one's port. An IPv6 wildcard is left out where
  /// the machine has no IPv6, unless it is alone. Answers the endpoints with real ports. New
  /// connections go to `acceptor`, the bridge keeps it alive until `stop`.
  struct listen_result {
    std::error_code error;
    std::string detail;  ///< "0.0.0.0:7440 is in use by another program"
    std::vector<endpoint> endpoints;
  };
  listen_result listen(const std::vector<endpoint>& locals, bool shared_with_dials,
                       const accept_limits& limits, connection_acceptor_actor acceptor);

  /// Takes the connections that want to be joined (see `acceptor_config::take_circuit`), on the
  /// loop's thread. Before `listen`; without it there are none.
  using circuit_taker =
      std::function<void(std::unique_ptr<stream>, const circuit_token&, std::shared_ptr<void>)>;
  void take_circuits(circuit_taker taker);

  void dial(dial_order order, dial_client_actor client);

  /// From now on `consumer` gets the connection's frames and its end; to be called once per
  /// connection.
  void attach(const connection_ptr& connection, connection_consumer_actor consumer);

  /// Stops listening and dialling; connections live on with their handles. Nothing is sent to
  /// acceptors and clients after.
  void stop();

  const identity& self() const noexcept;
  network& net() noexcept;

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace hobnob
