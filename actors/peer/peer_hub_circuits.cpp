#include "actors/peer/peer_hub.hpp"

#include "actors/core/user_name.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::seconds wish_time{60};
constexpr std::chrono::seconds direct_first{3};  // Given to dials, ours and the other side's.
constexpr std::chrono::seconds calm_time{10};    // After this a lost circuit is taken up at once.
constexpr std::chrono::seconds entering_time{15};
constexpr std::chrono::seconds answer_time{20};  // Of a request, from asking to being in.

std::chrono::seconds pause_after(std::uint32_t failures) {
  constexpr std::array pauses{1, 5, 15, 60};
  return std::chrono::seconds{pauses[std::min<std::size_t>(failures, pauses.size()) - 1]};
}

/// What the relay says is shown to people, and it may say anything.
std::string_view known_code(std::string_view code) {
  for (const std::string_view known : {"off", "offline", "limit", "not-allowed"})
    if (code == known) return known;
  return "no known reason";
}

/// A round of dials was made, and nothing came of it.
bool has_failed(const core::dial_plan& dials) {
  const auto& all = dials.attempts();
  return !dials.in_flight() && !all.empty() &&
         std::all_of(all.begin(), all.end(), [](const auto& each) { return !each.error.empty(); });
}

}  // namespace

// --- Wanting one --------------------------------------------------------------------------------

void peer_hub_state::want(const want_link& wish) {
  if (stopping || !core::is_user_name(wish.user)) return;
  auto* user = find_user(wish.user);
  // A hidden peer may be told of nobody: it asks.
  if (config->hidden && session_usable() && !(user && (is_linked(*user) || is_told_of(*user)))) {
    user = &user_named(wish.user);
    ask_for(*user);
  }
  if (!user) return;
  if (user->circuit.until < now()) {
    user->lookup_pause = {};
    user->circuit.not_before = std::max(user->circuit.not_before, now() + direct_first);
  }
  user->circuit.until = now() + wish_time;
  consider_circuit(*user);
}

bool peer_hub_state::wants_circuit(const peer_user& user) const {
  if (stopping || config->circuits == circuit_mode::off) return false;
  if (status.state != session_state::online || !user.online || is_linked(user)) return false;
  return now() < user.circuit.until || (config->circuits == circuit_mode::always && user.listed);
}

/// Asks for one if it is wanted and its time has come.
void peer_hub_state::consider_circuit(peer_user& user) {
  auto& wish = user.circuit;
  if (!wants_circuit(user) || wish.attempt != 0) return;
  // Where both want one, two would come of it: one side is a little slower.
  const auto turn = std::chrono::seconds{record->self().fingerprint() < user.id ? 1 : 0};
  if (wish.not_before == time_point{}) wish.not_before = now() + direct_first + turn;
  const bool calm = wish.failures == 0 && (!wish.entered || now() > *wish.entered + calm_time);
  const bool hopeless = calm && has_failed(user.dial) && turn.count() == 0;
  if (!hopeless && now() < wish.not_before) {
    at(wish.not_before, [this, name = user.name] { consider_circuit(user_named(name)); });
    return;
  }
  wish.attempt = ++last_number;
  self->send(session, request_circuit{user.online->session});
  at(now() + answer_time, [this, name = user.name, attempt = wish.attempt] {
    auto& late = user_named(name);
    if (late.circuit.attempt == attempt) circuit_failed(late, "no answer in time");
  });
}

void peer_hub_state::circuit_failed(peer_user& user, const std::string& why) {
  auto& wish = user.circuit;
  wish.attempt = 0;
  wish.fault = why;
  wish.not_before = now() + pause_after(++wish.failures);
  consider_circuit(user);
}

void peer_hub_state::refused_circuit(const circuit_refused& news) {
  auto* user = find_session(news.with);
  if (!user || user->circuit.attempt == 0) return;
  circuit_failed(*user, "the relay refused it: " + std::string{known_code(news.code)});
  if (news.code == "offline") vanished(news.with);
}

// --- Entering one -------------------------------------------------------------------------------

/// We asked, or the other side did, which may be hidden. Whom we do not trust finds nobody in it.
void peer_hub_state::offered_circuit(const circuit_offered& offer) {
  if (stopping || config->circuits == circuit_mode::off) return;
  if (find_session(offer.with)) return enter_circuit(offer);
  if (!strangers->take(1, now())) return;
  lookup_user query;
  query.session = offer.with;
  ask_relay(query, [this, offer](const user_looked_up& answer) {
    if (!answer.online || answer.user.session != offer.with) return;
    user_online(answer.user, false);
    enter_circuit(offer);
  });
}

void peer_hub_state::enter_circuit(const circuit_offered& offer) {
  auto* user = find_session(offer.with);
  if (!user || !user->online || stopping) return;
  if (is_linked_directly(*user)) return probe_links(*user);  // The other side has lost it.
  const auto ticket = ++last_number;
  dials.emplace(ticket, dial_in_flight{user->name, {}, true});
  dial_order order;
  order.ticket = ticket;
  order.host = config->relay->host;
  order.port = config->relay->port;
  order.expected = user->id;
  order.timeout = entering_time;
  order.circuit = circuit_pass{offer.token, offer.asked};
  environment->dial(std::move(order), caf::actor_cast<dial_client_actor>(peer_hub_actor{self}));
}

void peer_hub_state::circuit_entered(const std::string& user_name, const dial_finished& result) {
  auto& user = users.at(user_name);
  if (!result.connection) {
    if (user.circuit.attempt != 0) circuit_failed(user, result.error);
    return;
  }
  if (is_linked_directly(user) || result.connection->info().remote != user.id)
    return result.connection->close({close_reason::goodbye, "superseded"});
  user.circuit.attempt = 0;
  user.circuit.entered = now();
  user.circuit.not_before = now() + direct_first;  // If this one ends soon there is a pause.
  add_link(result.connection, user_name);
}

}  // namespace hobnob
