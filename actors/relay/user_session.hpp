#pragma once

#include "actors/core/token_bucket.hpp"
#include "actors/interfaces.hpp"
#include "actors/relay/circuit_desk.hpp"
#include "actors/relay/envelope_router.hpp"
#include "actors/relay/relay_config.hpp"
#include "actors/relay/relay_counters.hpp"
#include "actors/relay/relay_log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

namespace wire {
class CircuitRequest;
class Control;
class Login;
class Lookup;
class RecordUpdate;
enum class refusal_reason : std::uint8_t;
}  // namespace wire

/// What all sessions of a relay share.
struct user_session_config {
  std::chrono::milliseconds heartbeat{5000};
  std::chrono::milliseconds directory_timeout{15000};  ///< For its answers; commits included.
  session_limits limits;
  std::shared_ptr<relay_counters> counters = std::make_shared<relay_counters>();
  std::shared_ptr<relay_log> log = std::make_shared<relay_log>();
  std::shared_ptr<circuit_desk> circuits = {};  ///< Null: none are joined.
};

using user_session_config_ptr = std::shared_ptr<const user_session_config>;

/// One connection at the relay: takes its login, then forwards its envelopes and passes on to it
/// what others send and what the directory tells. Ends when its connection has closed.
struct user_session_state {
  static inline const char* name = "hobnob.user_session";

  enum class phase : std::uint8_t {
    connected,    // Waits for the login.
    registering,  // Waits for the directory's verdict.
    online,
    closing,  // Has said why; waits for the connection's end.
  };

  explicit user_session_state(user_session_actor::pointer selfptr) : self(selfptr) {}

  user_session_actor::behavior_type make_behavior();

  // What the other side sends (user_session.cpp).
  void take_frames(const connection_frames& frames);
  void take_control(byte_view payload);
  void log_in(const wire::Login& login);
  void logged_in(const login_verdict& verdict);
  void look_up(const wire::Lookup& query);
  void answer(const wire::Control& message);
  void change_record(const wire::RecordUpdate& update);

  // Its end.
  void protocol_error(std::string detail);
  void log_fault(std::string_view detail);
  void close(close_info why);
  void leave(close_reason reason, std::string_view detail = {});
  void connection_ended(const close_info& why);

  // Circuits (user_session_circuits.cpp).
  void ask_for_circuit(const wire::CircuitRequest& asked);
  void circuit_found(const route_found& other);
  void refuse_circuit(session_id with, const char* code);
  void offer_circuit(const circuit_offered& offer);

  // What the directory tells.
  void pass_on(const directory_notice& notice);
  void drained();

  // Envelopes (user_session_envelopes.cpp).
  void route_envelopes(const envelope_router::batch_ptr& batch);
  void forward(session_id to, const envelope_router::batch_ptr& batch,
               std::vector<std::uint32_t> entries);
  void learn_route(const route_found& route);
  void forget_routes();
  void deliver(const forward_envelopes& envelopes);
  void refuse_to_sender(const forward_envelopes& envelopes, std::size_t first,
                        wire::refusal_reason reason);
  void tell_refused(const envelopes_refused& refused);
  void refuse_own(session_id to, const frame_batch& batch,
                  const std::vector<std::uint32_t>& entries, wire::refusal_reason reason);

  user_session_actor::pointer self;
  user_session_config_ptr config;
  connection_ptr connection;
  directory_actor directory;
  phase stage = phase::connected;
  bool fault_logged = false;  // Why it ends stands in the log already.
  bool blocked = false;       // The connection's queue is full.
  session_id id = 0;
  std::uint64_t record_serial = 0;
  std::string user;
  core::token_bucket controls{1, 1, {}};
  core::token_bucket envelopes{1, 1, {}};
  envelope_router router;
  std::size_t unacknowledged = 0;  // Of batches with envelopes that wait for a route.
  std::vector<shared_slice> waiting_notices;
};

user_session_actor::behavior_type user_session(
    user_session_actor::stateful_pointer<user_session_state> self, user_session_config_ptr config,
    connection_ptr connection, directory_actor directory);

}  // namespace hobnob
