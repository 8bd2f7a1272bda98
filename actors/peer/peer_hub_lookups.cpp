// Users whom the directory does not tell of, because they are hidden or we do not follow it: they
// are asked for by name, and again when what was learnt may not be true any more.

#include "actors/peer/peer_hub.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::milliseconds lookup_timeout{5000};
constexpr std::chrono::milliseconds link_head_start{2000};  // For hidden peers.

constexpr std::chrono::milliseconds lookup_pause_min{1000};
constexpr std::chrono::milliseconds lookup_pause_max{30000};

}  // namespace

void peer_hub_state::look_up(peer_user& user) {
  if (is_linked(user) || user.online) return release_waiting(user);
  ask_for(user);
}

void peer_hub_state::ask_for(peer_user& user) {
  if (!std::exchange(user.looked_up, true)) ask_in_turn(user.name);
}

/// No more at once than a relay takes from one session.
void peer_hub_state::ask_in_turn(const std::string& user_name) {
  if (!session_usable()) {  // The next session asks again.
    user_named(user_name).looked_up = false;
    return;
  }
  if (!questions->take(1, now()))
    return at(now() + notice_time, [this, user_name] { ask_in_turn(user_name); });
  lookup_user query;
  query.user = user_name;
  ask_relay(query, [this, user_name](const user_looked_up& answer) {
    found(user_named(user_name), answer);
  });
}

void peer_hub_state::found(peer_user& user, const user_looked_up& answer) {
  user.looked_up = false;
  if (answer.query == 0) {
    const bool wanted = in_conversation(user) || !user.waiting.empty() || !user.pings.empty();
    if (wanted && session_usable())
      look_up(user);
    else
      plan_lookup(user);
    return;
  }
  if (!answer.online || answer.user.user != user.name) return not_found(user, answer.known);
  const auto& news = answer.user;
  user.lookup_pause = {};
  const bool moved = !user.online || user.online->session != news.session ||
                     user.online->endpoints != news.endpoints;
  const bool dials = config->hidden && moved && !is_linked_directly(user);
  if (dials) user.relay_after = now() + link_head_start;
  user_online(news, false);
  if (dials) {
    plan_dials(user, std::chrono::milliseconds{0});
    if (user.dial.in_flight()) {
      at(*user.relay_after, [this, name = user.name] { update_route(user_named(name)); });
    } else {
      user.relay_after.reset();
    }
    update_route(user);
  }
  if (user.online) release_waiting(user);
}

void peer_hub_state::not_found(peer_user& user, bool known) {
  if (!is_told_of(user)) forget_session(user);  // Else its end is yet to be told.
  if (known) {
    fail_waiting(user, "offline", "the user is offline");
  } else {
    fail_waiting(user, "unknown-user", "the relay knows no such user");
  }
  if (in_conversation(user) && !is_linked(user)) tell_route(user, {peer_route::kind::gone, 0});
  plan_lookup(user);
}

/// The directory does not tell of it, or does not tell us: as long as a link to it is wished for,
/// we ask, ever more rarely.
void peer_hub_state::plan_lookup(peer_user& user) {
  const auto is_wished = [this](const peer_user& whom) {
    return whom.circuit.until > now() && !is_told_of(whom) && !whom.online && !is_linked(whom);
  };
  if (!is_wished(user) || std::exchange(user.lookup_planned, true)) return;
  user.lookup_pause = std::clamp(2 * user.lookup_pause, lookup_pause_min, lookup_pause_max);
  at(now() + user.lookup_pause, [this, is_wished, name = user.name] {
    auto& whom = user_named(name);
    whom.lookup_planned = false;
    if (!is_wished(whom)) return;
    if (session_usable())
      ask_for(whom);
    else
      plan_lookup(whom);
  });
}

/// What the directory tells of is on its way. Whom else we wrote to may be there all the same.
void peer_hub_state::vanished(session_id session_gone) {
  auto* user = find_session(session_gone);
  if (!user || !user->online || is_told_of(*user)) return;
  forget_session(*user);
  update_route(*user);
}

// --- Questions to the relay ---------------------------------------------------------------------

void peer_hub_state::ask_relay(lookup_user query, lookup_handler on_answer) {
  query.query = ++last_number;
  const auto number = query.query;
  lookups.emplace(number, std::move(on_answer));
  self->send(session, std::move(query));
  at(now() + lookup_timeout, [this, number] {
    auto late = lookups.extract(number);
    if (!late.empty()) late.mapped()({});
  });
}

void peer_hub_state::answered(const user_looked_up& answer) {
  auto found = lookups.extract(answer.query);
  if (!found.empty()) found.mapped()(answer);
}

}  // namespace hobnob
