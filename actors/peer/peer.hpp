#pragma once

#include "actors/interfaces.hpp"
#include "actors/peer/peer_config.hpp"
#include "actors/transfer/transfer_messages.hpp"
#include "transport/tls/identity.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hobnob {

class network;
class runtime;

/// A user on this machine, ready to embed: logs in to a relay, keeps links to the other users,
/// sends and receives. Everything that happens is told to subscribers, which are actors:
///
///     hobnob::runtime loop;
///     hobnob::peer ann{loop, key, {.user = "ann", .relay = uri}};
///     ann.subscribe(my_actor);
///     if (auto result = ann.start(); result.error) ...   // the port is taken
///     loop.start();
///     ann.send_text("bob", "hello");                     // its outcome: `message_progress`
///     ann.stop();  ann.wait();
///
/// Several peers and relays may share one runtime. Every function but `start` may be called from
/// any thread.
class peer {
 public:
  /// On the caller's actor system (made from a config that went through `configure`) and network.
  /// Both must outlive the peer.
  peer(caf::actor_system& system, network& net, identity self, peer_config config);

  /// On a runtime, with real sockets.
  peer(runtime& loop, identity self, peer_config config);

  /// As `stop()`; does not wait.
  ~peer();

  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  struct start_result {
    std::error_code error;            ///< `invalid_argument`: the config; else of listening.
    std::string detail;               ///< For people.
    std::vector<endpoint> listening;  ///< With the real port.
  };

  /// Listens and logs in. Once, before the loop runs or on its thread.
  start_result start();

  /// The actor behind it: everything it can be told or asked is in `peer_actor`.
  peer_actor handle() const;

  /// Its transfers of files: everything they can be told or asked is in `transfers_actor`.
  transfers_actor transfers() const;

  /// `subscriber` is told the present state, then every change. Before `start`: misses nothing.
  void subscribe(peer_subscriber_actor subscriber);

  /// Sends chat text; answers the id that `message_progress` will name it by.
  message_id send_text(std::string to, std::string text);

  /// Sends bytes on a channel of an application's own.
  message_id send(std::string to, std::string channel, shared_slice content,
                  frame_priority priority = frame_priority::normal, bool acknowledged = true);

  /// A new random id, for messages sent through `handle()`.
  message_id make_message_id();

  /// A link to `user` is wanted, by a circuit if there is no other way. Holds for a minute.
  void want_link(std::string user);

  /// Says goodbye to relay and links and ends; returns at once. May be called again.
  void stop();

  /// Waits until everything has ended after `stop`; false after `timeout`. Never on the loop's
  /// thread (it would wait for itself).
  bool wait(std::chrono::milliseconds timeout = std::chrono::milliseconds{10000});

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace hobnob
