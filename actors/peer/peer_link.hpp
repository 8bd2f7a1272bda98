#pragma once

#include "actors/interfaces.hpp"
#include "actors/peer/round_trips.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace hobnob {

namespace wire {
class SetupP2P;
}

struct peer_link_config {
  std::uint64_t number = 0;  ///< The hub's name for this link.
  fingerprint own;
  fingerprint expected;  ///< Whom we dialled; null when we accepted.
  shared_slice setup;    ///< Our own SetupP2P, as a control frame's payload.
  std::chrono::milliseconds heartbeat{5000};
  std::chrono::milliseconds setup_timeout{8000};  ///< To be admitted and open.
};

/// A connection on its way to being, and then being, the link to a user.
///
/// The TLS client introduces itself first; the other side answers once its hub has admitted it. So
/// a link that is open on one side has been admitted by the other. Once it is open the
/// message_store and the transfers write to the connection themselves, and get their frames that
/// come from here. The store acknowledges what it gets; what the transfers get is acknowledged
/// here.
struct peer_link_state {
  static inline const char* name = "hobnob.peer_link";

  explicit peer_link_state(peer_link_actor::pointer selfptr) : self(selfptr) {}

  peer_link_actor::behavior_type make_behavior(peer_link_config settings, connection_ptr conn,
                                               peer_hub_actor owner, message_store_actor messages,
                                               link_transfers_actor files);

  enum class phase { introducing, introduced, open, closing };

  /// What one read brought for others.
  struct content {
    std::shared_ptr<const frame_batch> batch;
    bool messages = false;           ///< Some of it is the store's.
    std::size_t transfer_bytes = 0;  ///< Of it, headers included, are the transfers'.
  };

  void take(const connection_frames& frames);
  bool take_frame(const frame_batch& batch, const frame_batch::entry& entry, content& found);
  void hand_on(content found);
  void take_setup(const wire::SetupP2P& setup);
  void take_pong(byte_view payload);
  void admit();
  void probe(std::chrono::milliseconds timeout);
  round_trips::promise ping();
  void woken(std::uint64_t token);
  void wake_in(std::chrono::milliseconds time, std::uint64_t token);
  void send_setup();
  void close(close_info why);
  void ended(const close_info& why);

  peer_link_actor::pointer self;
  peer_link_config config;
  connection_ptr connection;
  peer_hub_actor hub;
  message_store_actor store;
  link_transfers_actor transfers;  // Null: they are not understood here.
  heartbeat_monitor_actor monitor;
  phase now_in = phase::introducing;
  bool is_tls_client = false;
  bool setup_sent = false;
  bool with_transfers = false;  // Both sides understand them.
  path_kind path = path_kind::none;
  core::online_user user;      // The other side, from its SetupP2P on.
  std::vector<content> early;  // That came before we were open.
  std::chrono::steady_clock::time_point probed_at{}, probe_due{};
  round_trips pings;
  close_info end{close_reason::reset, {}};
};

peer_link_actor::behavior_type peer_link(peer_link_actor::stateful_pointer<peer_link_state> self,
                                         peer_link_config config, connection_ptr connection,
                                         peer_hub_actor hub, message_store_actor store,
                                         link_transfers_actor transfers);

/// How good the path of a connection is.
path_kind path_of(const connection_info& info);

}  // namespace hobnob
