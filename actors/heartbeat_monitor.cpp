#include "actors/heartbeat_monitor.hpp"

#include "actors/actor_timers.hpp"
#include "transport/timed_ping.hpp"

#include <caf/actor_cast.hpp>

namespace hobnob {
namespace {

// Urgent: a ping overtakes what waits to be sent, so that a full queue does not look like silence.
void send_ping(connection_handle& connection, std::chrono::steady_clock::time_point now) {
  connection.send(outgoing_frame{frame_type::ping, frame_priority::urgent, timed_ping(now), {}});
}

}  // namespace

std::optional<core::heartbeat::time_point> heartbeat_state::watch::look(
    core::heartbeat::time_point now) {
  const auto alive = connection.lock();
  if (!alive) return std::nullopt;
  const auto verdict = judge.look(now, alive->last_received());
  if (verdict.send_ping) send_ping(*alive, now);
  news = verdict.change;
  next = now + verdict.look_again_in;
  return news == core::heartbeat::news::none ? std::optional{next} : std::nullopt;
}

heartbeat_monitor_actor::behavior_type heartbeat_state::make_behavior(
    const connection_ptr& connection, const heartbeat_config& config,
    const heartbeat_owner_actor& owner_handle) {
  const auto now = self->clock().now();
  owner = caf::actor_cast<caf::weak_actor_ptr>(owner_handle);
  watched = std::make_shared<watch>(
      watch{connection, core::heartbeat{config.interval, now, config.turn}});
  loop = dynamic_cast<actor_timers*>(&self->clock());
  self->monitor(owner_handle);
  self->set_down_handler([](caf::scheduled_actor* monitor, caf::down_msg&) { monitor->quit(); });
  look_at(now + config.interval);
  return {[this](heartbeat_tick) { tick(); }};
}

void heartbeat_state::look_at(core::heartbeat::time_point when) {
  if (loop == nullptr)
    return self->delayed_send(self, when - self->clock().now(), heartbeat_tick{});
  loop->schedule_look(
      when, self->ctrl(), [watch = watched](auto now) { return watch->look(now); },
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, heartbeat_tick{}));
}

void heartbeat_state::tick() {
  using news = core::heartbeat::news;
  if (loop == nullptr) {  // Else the loop has looked, and found something.
    if (const auto again = watched->look(self->clock().now())) return look_at(*again);
  }
  const auto listener = caf::actor_cast<heartbeat_owner_actor>(owner);
  if (watched->connection.expired() || !listener) return self->quit();
  if (watched->news == news::lost) {
    self->send(listener, silence_lost{});
    return self->quit();  // Not armed again: no timer outlives its actor.
  }
  self->send(listener, silence_suspected{watched->news == news::suspected});
  look_at(watched->next);
}

heartbeat_monitor_actor::behavior_type heartbeat_monitor(
    heartbeat_monitor_actor::stateful_pointer<heartbeat_state> self, connection_ptr connection,
    heartbeat_config config, heartbeat_owner_actor owner) {
  return self->state.make_behavior(connection, config, owner);
}

}  // namespace hobnob
