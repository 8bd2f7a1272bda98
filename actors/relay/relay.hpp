#pragma once

#include "actors/interfaces.hpp"
#include "actors/relay/relay_config.hpp"
#include "transport/tls/identity.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace hobnob {

class network;
class runtime;

/// What a relay has done since its start.
struct relay_stats {
  std::uint64_t connections = 0;  ///< Accepted, with TLS up.
  std::uint64_t sessions = 0;     ///< Logged in right now.
  std::uint64_t logins = 0;
  std::uint64_t logins_refused = 0;
  std::uint64_t protocol_errors = 0;  ///< Sessions closed because they broke the protocol.
  std::uint64_t envelopes_forwarded = 0;
  std::uint64_t envelopes_refused = 0;
  std::uint64_t circuits = 0;          ///< Joined right now.
  std::uint64_t circuits_joined = 0;   ///< Since the start.
  std::uint64_t circuits_refused = 0;  ///< Limits, and tokens that are not valid.
  std::uint64_t circuit_bytes = 0;     ///< Of circuits that have ended, both ways.
};

/// A relay, ready to embed: logs peers in, tells them who is online, and carries sealed envelopes
/// where two of them have no link.
///
///     hobnob::runtime loop;
///     hobnob::relay relay{loop, key, {.data_dir = "/var/lib/team"}};
///     if (auto result = relay.start(); result.error) ...   // the port is taken
///     loop.start();
///     ... relay.uri() ...                                  // what peers are given
///     relay.stop();  relay.wait();
///
/// Several relays and peers may share one runtime. Every function but `start` may be called from
/// any thread.
class relay {
 public:
  /// On the caller's actor system (made from a config that went through `configure`) and network.
  /// Both must outlive the relay.
  relay(caf::actor_system& system, network& net, identity self, relay_config config);

  /// On a runtime, with real sockets.
  relay(runtime& loop, identity self, relay_config config);

  /// As `stop()`; does not wait.
  ~relay();

  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  struct start_result {
    std::error_code error;            ///< `invalid_argument`: the config; `io_error`: the data
                                      ///< directory; else of listening.
    std::string detail;               ///< For people.
    std::vector<endpoint> listening;  ///< With real ports.
  };

  /// Opens the data directory and listens. Once, before the loop runs or on its thread.
  start_result start();

  /// `hobnob://HOST:PORT/?id=FINGERPRINT`, what a peer needs to find this relay and to know it.
  /// Empty before `start`.
  std::string uri() const;

  /// The actor that knows who is online and which key a name is bound to; it also takes the
  /// administration's orders (`admit_user`, `remove_user`, `kick_user`, `list_users`). Null before
  /// `start`.
  directory_actor directory() const;

  relay_stats stats() const;

  /// Tells every peer goodbye and ends; returns at once. May be called again.
  void stop();

  /// Waits until everything has ended after `stop`; false after `timeout`. Never on the loop's
  /// thread (it would wait for itself).
  bool wait(std::chrono::milliseconds timeout = std::chrono::milliseconds{10000});

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace hobnob
