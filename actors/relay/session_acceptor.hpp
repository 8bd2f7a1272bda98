#pragma once

#include "actors/interfaces.hpp"
#include "actors/relay/user_session.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <cstddef>
#include <functional>
#include <map>

namespace hobnob {

using session_acceptor_actor =
    connection_acceptor_actor::extend<reacts_to<end_session>>;  // Ends every session, then itself.
                                                                // Nothing is accepted any more.

struct session_acceptor_config {
  /// Gives a connection its consumer (`link_bridge::attach`).
  std::function<void(const connection_ptr&, connection_consumer_actor)> attach;
  user_session_config_ptr session;
  std::size_t connections_max = 18'000;
};

/// Starts a user_session for every connection that arrives, and ends when it is told to and the
/// last of them is gone.
struct session_acceptor_state {
  static inline const char* name = "hobnob.session_acceptor";

  explicit session_acceptor_state(session_acceptor_actor::pointer selfptr) : self(selfptr) {}

  session_acceptor_actor::behavior_type make_behavior();
  void accept(const connection_ptr& connection);
  void end_all(const close_info& why);

  session_acceptor_actor::pointer self;
  session_acceptor_config config;
  directory_actor directory;
  std::map<caf::actor_id, user_session_actor> sessions;
  bool ending = false;
};

session_acceptor_actor::behavior_type session_acceptor(
    session_acceptor_actor::stateful_pointer<session_acceptor_state> self,
    session_acceptor_config config, directory_actor directory);

}  // namespace hobnob
