#include "actors/relay/session_acceptor.hpp"

#include "actors/spawn.hpp"

#include <utility>

namespace hobnob {

session_acceptor_actor::behavior_type session_acceptor_state::make_behavior() {
  self->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) {
    sessions.erase(down.source.id());
    if (ending && sessions.empty()) self->quit();
  });
  return {
      [this](const connection_accepted& arrived) { accept(arrived.connection); },
      [this](const end_session& order) { end_all(order.why); },
  };
}

void session_acceptor_state::accept(const connection_ptr& connection) {
  if (ending) return connection->close({close_reason::goodbye, "the relay stops"});
  if (sessions.size() >= config.connections_max) {
    count(config.session->counters->logins_refused);
    return connection->close({close_reason::refused, "the relay is full; try again later", "busy"});
  }
  auto session = spawn(self->system(), user_session, config.session, connection, directory);
  self->monitor(session);
  config.attach(connection, session);
  sessions.emplace(session->id(), std::move(session));
}

void session_acceptor_state::end_all(const close_info& why) {
  ending = true;
  for (const auto& [id, session] : sessions) self->send(session, end_session{why});
  if (sessions.empty()) self->quit();
}

session_acceptor_actor::behavior_type session_acceptor(
    session_acceptor_actor::stateful_pointer<session_acceptor_state> self,
    session_acceptor_config config, directory_actor directory) {
  self->state.config = std::move(config);
  self->state.directory = std::move(directory);
  return self->state.make_behavior();
}

}  // namespace hobnob
