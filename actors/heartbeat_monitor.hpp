#pragma once

#include "actors/core/heartbeat.hpp"
#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <memory>

namespace hobnob {

struct heartbeat_config {
  std::chrono::milliseconds interval{
      5000};  ///< Ping after one, suspect after two, lost after three.
  /// The client's is the first one: see `core::heartbeat`.
  core::heartbeat::turn turn = core::heartbeat::turn::first;
};

/// Judges the silence of one connection by its `last_received`, on its own tick: at most one look
/// per interval while bytes come. Sends the pings itself (timed ones), tells the owner the
/// verdicts, and ends after `silence_lost`. It keeps neither connection nor owner alive and ends
/// with either; an owner that gives its connection up ends it by `caf::exit_reason::user_shutdown`.
struct heartbeat_state {
  static inline const char* name = "hobnob.heartbeat";

  explicit heartbeat_state(heartbeat_monitor_actor::pointer selfptr) : self(selfptr) {}

  heartbeat_monitor_actor::behavior_type make_behavior(const connection_ptr& watched,
                                                       const heartbeat_config& config,
                                                       const heartbeat_owner_actor& owner);
  void look();

  heartbeat_monitor_actor::pointer self;
  std::weak_ptr<connection_handle> connection;
  caf::weak_actor_ptr owner;
  core::heartbeat judge{std::chrono::seconds{5}, {}};
};

/// `owner` may be any actor that handles `silence_suspected` and `silence_lost`.
heartbeat_monitor_actor::behavior_type heartbeat_monitor(
    heartbeat_monitor_actor::stateful_pointer<heartbeat_state> self, connection_ptr connection,
    heartbeat_config config, heartbeat_owner_actor owner);

}  // namespace hobnob
