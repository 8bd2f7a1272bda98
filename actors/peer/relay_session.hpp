#pragma once

#include "actors/core/reconnect_backoff.hpp"
#include "actors/core/relay_uri.hpp"
#include "actors/interfaces.hpp"
#include "actors/peer/envelope_carrier.hpp"
#include "actors/peer/own_record.hpp"
#include "actors/peer/peer_environment.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <optional>

namespace hobnob {

namespace wire {
class Control;
class LoginOk;
}  // namespace wire

struct relay_session_config {
  core::relay_uri relay;  ///< With the key the relay must have, if it is known.
  own_record record;
  std::uint16_t local_port = 0;  ///< Of our listener; 0: any.
  bool hidden = false;
  bool follow_directory = true;
  std::string software = {};
  std::chrono::milliseconds login_timeout{8000};
};

/// The session with the relay: dials it from our own listening port, logs in, keeps the session and
/// begins a new one when it breaks; brings the directory to the peer and carries envelopes.
struct relay_session_state {
  static inline const char* name = "hobnob.relay_session";

  explicit relay_session_state(relay_session_actor::pointer selfptr) : self(selfptr) {}

  relay_session_actor::behavior_type make_behavior(relay_session_config settings,
                                                   peer_environment_ptr surroundings,
                                                   peer_hub_actor owner,
                                                   message_store_actor messages);

  // Connecting.
  void dial();
  void dialled(const dial_finished& result);
  void log_in(connection_ptr opened);
  void login_accepted(const wire::LoginOk& answer);
  void wait_and_retry(close_info why);
  void end_for_good(session_state how, const close_info& why);
  void connection_ended(const close_info& why);
  void close(close_info why);
  void tell(session_state state, const close_info& why = {});

  // Frames.
  void take(const connection_frames& frames);
  bool take_frame(const frame_batch& batch, const frame_batch::entry& entry);
  bool take_control(const wire::Control& message);
  void look_up(const lookup_user& query);
  void ask_for_circuit(session_id with);
  void update_record();

  void woken(std::uint64_t token);

  relay_session_actor::pointer self;
  std::optional<relay_session_config> config;
  peer_environment_ptr environment;
  peer_hub_actor hub;
  heartbeat_monitor_actor monitor;
  std::optional<envelope_carrier> envelopes;
  connection_ptr connection;
  session_changed status;  // As last told.
  core::reconnect_backoff backoff;
  std::uint64_t attempt = 0;     // Numbers dials, logins and waits: what is older is void.
  bool any_port = false;         // Our own port is not free for this relay at the moment.
  bool snapshot_begins = false;  // The next directory change opens a snapshot.
  bool stopping = false;
  std::optional<close_info> end;  // Why we close the present connection.
};

relay_session_actor::behavior_type relay_session(
    relay_session_actor::stateful_pointer<relay_session_state> self, relay_session_config config,
    peer_environment_ptr environment, peer_hub_actor hub, message_store_actor store);

}  // namespace hobnob
