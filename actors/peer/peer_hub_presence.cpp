#include "actors/peer/peer_hub.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

// The others let a newcomer dial first.
constexpr std::chrono::milliseconds head_start{1000};

}  // namespace

// --- The session with the relay -----------------------------------------------------------------

void peer_hub_state::session_told(const session_changed& news) {
  const bool repeated =
      news.state == session_state::connecting && status.state == session_state::connecting;
  status = news;
  if (news.state == session_state::online) {
    observed = news.observed;
    relay_heartbeat = news.heartbeat;
    look_at_addresses();
  }
  directory_complete = false;
  if (news.state == session_state::online) {
    const auto address = config->relay->host + ":" + std::to_string(config->relay->port);
    if (config->known->relay(address) != news.relay)  // First use, or named in the URI on purpose.
      config->known->set_relay(address, news.relay);
    directory_complete = !follows_directory();  // Then nothing will be told.
    if (directory_complete) {
      for (auto& [name, user] : users) forget_session(user);
    }
  } else {
    for (auto& [query, handler] : std::exchange(lookups, {})) handler({});
    unknown_senders.clear();
  }
  if (!repeated) tell(status);
  if (news.state == session_state::replaced) {
    end_links([](const auto&) { return true; },
              {close_reason::replaced, "a newer login of this user took its place"});
    forget_presence();
  }
  update_all_routes();
  for (auto& [name, user] : users) {
    if (user.waiting.empty() && user.pings.empty()) continue;
    if (news.state == session_state::refused || news.state == session_state::replaced) {
      fail_waiting(user, "not-logged-in", "the relay does not let us in: " + news.detail);
    } else if (session_usable()) {
      look_up(user);
    }
  }
}

/// We are the one who is gone. Nobody is told that the others are, for nobody knows.
void peer_hub_state::forget_presence() {
  for (auto& [name, user] : users) {
    user.online.reset();
    user.offered.reset();
    user.dial.pause();
    user.state = presence::offline;
  }
  sessions.clear();
  to_dial.clear();
}

// --- The directory ------------------------------------------------------------------------------

void peer_hub_state::directory_told(const directory_news& news) {
  if (news.snapshot_begin) {
    sessions.clear();
    for (auto& [name, user] : users) user.seen = false;
  }
  for (const auto& left : news.left) user_left(left.session, left.reason);
  for (const auto& joined : news.joined) {
    const bool left_already =
        std::any_of(news.left.begin(), news.left.end(),
                    [&](const session_ended& left) { return left.session == joined.session; });
    if (!left_already) user_online(joined, true);
  }
  for (const auto& changed : news.suspected) {
    auto* user = find_session(changed.session);
    if (user && user->online && user->listed)
      set_presence(*user, changed.suspect ? presence::suspect : presence::online);
  }
  if (news.snapshot_end) end_snapshot();
}

void peer_hub_state::end_snapshot() {
  directory_complete = true;
  for (auto& [name, user] : users) {
    if (user.seen && user.listed) continue;
    if (!user.seen && (user.online || user.offered)) {
      // Gone while we had no session. If its link lives, only its own session is gone.
      probe_links(user);
      forget_session(user);
    }
    if (!user.offered) set_presence(user, presence::offline, close_reason::reset);
  }
  update_all_routes();
  for (auto& [name, user] : users) {
    if (!user.waiting.empty() || !user.pings.empty()) look_up(user);
  }
}

void peer_hub_state::user_online(const core::online_user& news, bool listed) {
  if (news.id == record->self().fingerprint() || news.user == config->user) return;
  auto& user = user_named(news.user);
  const auto* previous = user.online ? &*user.online : user.offered ? &*user.offered : nullptr;
  const bool new_session = !previous || previous->session != news.session;
  const bool new_start = previous && previous->epoch != news.epoch;
  const bool moved = !previous || previous->endpoints != news.endpoints;
  // It may be known by a look-up, which came before the notice.
  const bool newly_listed = listed && (new_session || !user.listed);
  // The end of one that was listed is yet to be told.
  if (previous && new_session && (listed || !is_told_of(user))) sessions.erase(previous->session);
  sessions[news.session] = news.user;
  user.listed = listed || (user.listed && !new_session);
  user.seen = true;

  switch (trust_in(news.user, news.id)) {
    case trust::changed:
      return key_changed(user, news);
    case trust::unknown:
      config->known->set_user(news.user, {news.id, false});
      [[fallthrough]];
    case trust::known:
      break;
  }
  user.id = news.id;
  user.offered.reset();
  user.online = news;
  if (session) {
    const bool by_relay = user.route == peer_route{peer_route::kind::relay, news.session};
    self->send(session, contact_changed{news, true, by_relay ? user.route_number : 0});
  }
  if (user.listed) set_presence(user, news.suspect ? presence::suspect : presence::online);
  if (new_start) {  // A link may be of the user's earlier start.
    probe_links(user);
    apply(table->settle_starts(user.id, listed_epoch(user)), user.name);
  }
  const bool we_are_new = !directory_complete;
  if (!is_linked_directly(user) && (newly_listed || (user.listed && (moved || we_are_new)))) {
    plan_dials(user, we_are_new ? std::chrono::milliseconds{0} : head_start);
  }
  consider_circuit(user);
  update_route(user);
}

void peer_hub_state::user_left(session_id session_left, close_reason reason) {
  auto* user = find_session(session_left);
  if (!user) return;
  const auto known = user->online ? user->online : user->offered;
  if (!known || known->session != session_left) {  // Another one has been looked up meanwhile.
    sessions.erase(session_left);
    if (!user->listed && !user->offered) set_presence(*user, presence::offline, reason);
    return;
  }
  const auto gone = forget_session(*user);
  if (reason == close_reason::goodbye || reason == close_reason::replaced ||
      reason == close_reason::refused) {
    // Only links of that very start: a new one of the same user may be linked already.
    end_links(
        [&](const peer_link_entry& link) {
          return link.user && link.user->id == gone->id && link.user->epoch == gone->epoch;
        },
        {reason, "the user has left the relay"});
  } else {
    probe_links(*user);
  }
  set_presence(*user, presence::offline, reason);
  update_route(*user);
}

std::optional<core::online_user> peer_hub_state::forget_session(peer_user& user) {
  const auto gone = user.online ? user.online : user.offered;
  if (!gone) return gone;
  sessions.erase(gone->session);
  if (session) self->send(session, contact_changed{*gone, false, 0});
  user.online.reset();
  user.offered.reset();
  user.dial.pause();
  return gone;
}

void peer_hub_state::set_presence(peer_user& user, presence state, close_reason reason) {
  if (user.state == state) return;
  user.state = state;
  tell(presence_changed{user.name, user.id, state, reason});
}

// --- Trust --------------------------------------------------------------------------------------

peer_hub_state::trust peer_hub_state::trust_in(const std::string& user_name,
                                               const fingerprint& id) const {
  const auto known = config->known->user(user_name);
  if (!known) return trust::unknown;
  return known->id == id ? trust::known : trust::changed;
}

void peer_hub_state::key_changed(peer_user& user, const core::online_user& news) {
  const bool told = user.offered && user.offered->id == news.id;
  user.online.reset();
  user.offered = news;
  user.dial.pause();
  if (session) self->send(session, contact_changed{news, false, 0, true});
  end_links([&](const auto& link) { return link.user && link.user->user == user.name; },
            {close_reason::refused, "the user shows another key", "key-changed"});
  user.state = presence::online;
  if (!told) {
    presence_changed loud{user.name, news.id, presence::online};
    loud.key_changed = true;
    tell(loud);
  }
  fail_waiting(user, "key-changed", "the user shows another key than the one known");
  update_route(user);
}

// --- Who is who ---------------------------------------------------------------------------------

peer_user& peer_hub_state::user_named(const std::string& user_name) {
  auto& user = users[user_name];
  if (user.name.empty()) {
    user.name = user_name;
    if (const auto known = config->known->user(user_name)) {
      user.id = known->id;
      user.verified = known->verified;
    }
  }
  return user;
}

peer_user* peer_hub_state::find_user(const std::string& user_name) {
  const auto found = users.find(user_name);
  return found == users.end() ? nullptr : &found->second;
}

peer_user* peer_hub_state::find_session(session_id wanted) {
  const auto found = sessions.find(wanted);
  return found == sessions.end() ? nullptr : find_user(found->second);
}

}  // namespace hobnob
