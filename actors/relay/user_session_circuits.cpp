// Circuits: who asks for one, and who is asked. What is joined, the circuit_desk sees to.

#include "actors/relay/user_session.hpp"
#include "actors/request.hpp"
#include "transport/wire/control.pb.h"

namespace hobnob {

void user_session_state::ask_for_circuit(const wire::CircuitRequest& asked) {
  const session_id with = asked.session();
  if (!config->circuits) return refuse_circuit(with, "off");
  if (with == id) return refuse_circuit(with, "not-allowed");
  request(self, directory, config->directory_timeout, find_route{with})
      .then([this](const route_found& other) { circuit_found(other); },
            [this, with](caf::error&) { refuse_circuit(with, "offline"); });
}

void user_session_state::circuit_found(const route_found& other) {
  if (stage != phase::online) return;
  if (!other.target) return refuse_circuit(other.session, "offline");
  const auto tokens = config->circuits->open(user);
  if (!tokens) return refuse_circuit(other.session, "limit");
  self->send(other.target, circuit_offered{id, (*tokens)[1], false});
  offer_circuit({other.session, (*tokens)[0], true});
}

void user_session_state::refuse_circuit(session_id with, const char* code) {
  wire::Control message;
  message.mutable_circuit_refused()->set_session(with);
  message.mutable_circuit_refused()->set_code(code);
  answer(message);
}

void user_session_state::offer_circuit(const circuit_offered& offer) {
  wire::Control message;
  auto& ready = *message.mutable_circuit_ready();
  ready.set_session(offer.with);
  ready.set_token(offer.token.data(), offer.token.size());
  ready.set_asked(offer.asked);
  answer(message);
}

}  // namespace hobnob
