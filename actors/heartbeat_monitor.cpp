#include "actors/heartbeat_monitor.hpp"

#include "transport/timed_ping.hpp"

#include <caf/actor_cast.hpp>

namespace hobnob {
namespace {

// Urgent: a ping overtakes what waits to be sent, so that a full queue does not look like silence.
void send_ping(connection_handle& connection, std::chrono::steady_clock::time_point now) {
  connection.send(outgoing_frame{frame_type::ping, frame_priority::urgent, timed_ping(now), {}});
}

}  // namespace

heartbeat_monitor_actor::behavior_type heartbeat_state::make_behavior(
    const connection_ptr& watched, const heartbeat_config& config,
    const heartbeat_owner_actor& owner_handle) {
  connection = watched;
  owner = caf::actor_cast<caf::weak_actor_ptr>(owner_handle);
  judge = core::heartbeat{config.interval, self->clock().now(), config.turn};
  self->monitor(owner_handle);
  self->set_down_handler([](caf::scheduled_actor* monitor, caf::down_msg&) { monitor->quit(); });
  self->delayed_send(self, config.interval, heartbeat_tick{});
  return {[this](heartbeat_tick) { look(); }};
}

void heartbeat_state::look() {
  using news = core::heartbeat::news;
  const auto watched = connection.lock();
  const auto listener = caf::actor_cast<heartbeat_owner_actor>(owner);
  if (!watched || !listener) return self->quit();

  const auto verdict = judge.look(self->clock().now(), watched->last_received());
  switch (verdict.change) {
    case news::none:
      break;
    case news::suspected:
      self->send(listener, silence_suspected{true});
      break;
    case news::heard_again:
      self->send(listener, silence_suspected{false});
      break;
    case news::lost:
      self->send(listener, silence_lost{});
      return self->quit();  // Not armed again: no timer outlives its actor.
  }
  if (verdict.send_ping) send_ping(*watched, self->clock().now());
  self->delayed_send(self, verdict.look_again_in, heartbeat_tick{});
}

heartbeat_monitor_actor::behavior_type heartbeat_monitor(
    heartbeat_monitor_actor::stateful_pointer<heartbeat_state> self, connection_ptr connection,
    heartbeat_config config, heartbeat_owner_actor owner) {
  return self->state.make_behavior(connection, config, owner);
}

}  // namespace hobnob
