#pragma once

#include "actors/core/heartbeat.hpp"
#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <memory>
#include <optional>

namespace hobnob {

class actor_timers;

struct heartbeat_config {
  std::chrono::milliseconds interval{
      5000};  ///< Ping after one, suspect after two, lost after three.
  /// The client's is the first one: see `core::heartbeat`.
  core::heartbeat::turn turn = core::heartbeat::turn::first;
};

/// Judges the silence of one connection by its `last_received`: at most one look per interval while
/// bytes come. On a loop the looks are the loop's own, and the actor runs only when there is news;
/// elsewhere it ticks. Sends the pings itself (timed ones), tells the owner the
/// verdicts, and ends after `silence_lost`. It keeps neither connection nor owner alive and ends
/// with either; an owner that gives its connection up ends it by `caf::exit_reason::user_shutdown`.
struct heartbeat_state {
  static inline const char* name = "hobnob.heartbeat";

  explicit heartbeat_state(heartbeat_monitor_actor::pointer selfptr) : self(selfptr) {}

  heartbeat_monitor_actor::behavior_type make_behavior(const connection_ptr& connection,
                                                       const heartbeat_config& config,
                                                       const heartbeat_owner_actor& owner);
  /// Pings if it is time to; answers when to look again, nothing if there is something to tell.
  struct watch {
    std::optional<core::heartbeat::time_point> look(core::heartbeat::time_point now);

    std::weak_ptr<connection_handle> connection;
    core::heartbeat judge;
    core::heartbeat::news news{};        // Of the last look, as is:
    core::heartbeat::time_point next{};  // when to look again.
  };

  void tick();
  void look_at(core::heartbeat::time_point when);

  heartbeat_monitor_actor::pointer self;
  caf::weak_actor_ptr owner;
  std::shared_ptr<watch> watched;
  actor_timers* loop = nullptr;  // That looks; null where the actor does so itself.
};

/// `owner` may be any actor that handles `silence_suspected` and `silence_lost`.
heartbeat_monitor_actor::behavior_type heartbeat_monitor(
    heartbeat_monitor_actor::stateful_pointer<heartbeat_state> self, connection_ptr connection,
    heartbeat_config config, heartbeat_owner_actor owner);

}  // namespace hobnob
