#include "actors/peer/peer_hub.hpp"

#include "actors/core/user_name.hpp"
#include "actors/peer/safety_words.hpp"
#include "actors/request.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::milliseconds store_patience{5000};

}  // namespace

user_list peer_hub_state::list_users() const {
  user_list list;
  list.complete = session_usable() && follows_directory();
  for (const auto& [name, user] : users) {
    const bool hidden = !user.listed && user.online;
    if (user.id.is_null() || (hidden && !is_linked(user))) continue;
    user_info row;
    row.user = name;
    row.id = user.offered ? user.offered->id : user.id;
    row.state = user.state;
    row.verified = user.verified;
    row.key_changed = user.offered.has_value();
    row.link = user.link;
    row.why_not_direct = why_not_direct(user, may_dial(), may_accept(), config->hidden);
    row.attempts = attempts_of(user, now());
    if (const auto* link = current_link(user)) {
      row.path = link->path;
      row.remote = link->remote;
      const auto connection = link->connection.lock();
      if (connection && connection->round_trip().count() >= 0)
        row.round_trip = std::chrono::round<std::chrono::milliseconds>(connection->round_trip());
    } else if (user.online && session_usable()) {
      row.path = path_kind::relay;
    }
    if (const auto due = user.dial.due(); due && !user.dial.in_flight() && !is_direct(user)) {
      row.retry_in = std::max(std::chrono::milliseconds{0},
                              std::chrono::ceil<std::chrono::milliseconds>(*due - now()));
    }
    list.users.push_back(std::move(row));
  }
  return list;
}

caf::result<peer_status> peer_hub_state::report() {
  peer_status result;
  result.user = config->user;
  result.id = record->self().fingerprint();
  result.listening = listening;
  result.session = status;
  if (config->relay) result.relay_uri = to_string(*config->relay);
  result.links = static_cast<std::uint32_t>(table->users());
  for (const auto& [name, user] : users)
    result.messages_waiting += static_cast<std::uint32_t>(user.waiting.size());
  result.uptime = std::chrono::duration_cast<std::chrono::milliseconds>(now() - started_at);
  auto answer = self->make_response_promise<peer_status>();
  request(self, store, store_patience, count_messages{})
      .then(
          [answer, result](const message_count& count) mutable {
            result.messages_waiting += count.waiting;
            answer.deliver(std::move(result));
          },
          [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

caf::result<ping_result> peer_hub_state::ping(const ping_user& query) {
  ping_result nobody;
  nobody.user = query.user;
  if (query.user == config->user) {
    nobody.code = "self";
    nobody.detail = "that is your own name";
    return nobody;
  }
  const auto found = users.find(query.user);
  if (found != users.end()) {
    const auto& user = found->second;
    if (user.offered) {
      nobody.code = "key-changed";
      nobody.detail = "the user shows another key than the one known";
      return nobody;
    }
    if (const auto* link = current_link(user)) return self->delegate(link->actor, query);
    if (user.online && session_usable() && !user.relay_after) return self->delegate(session, query);
  }
  const bool known = found != users.end() && !found->second.id.is_null();
  const bool relay_may_know = !known && session_usable();
  if ((!follows_directory() || relay_may_know) && !stopping) return ping_when_found(query);
  nobody.code = known ? "offline" : "unknown-user";
  nobody.detail = known ? "the user is not online" : "no such user is known";
  return nobody;
}

/// A hidden peer knows nobody before it has asked, and gives a link the time to come up. The others
/// have been told of those who are online: the relay knows who else has the right to a name.
caf::result<ping_result> peer_hub_state::ping_when_found(const ping_user& query) {
  ping_result nobody;
  nobody.user = query.user;
  if (!core::is_user_name(query.user)) {
    nobody.code = "unknown-user";
    nobody.detail = "that is no user name";
    return nobody;
  }
  if (status.state == session_state::refused || status.state == session_state::replaced) {
    nobody.code = "not-logged-in";
    nobody.detail = "not logged in to a relay";
    return nobody;
  }
  auto answer = self->make_response_promise<ping_result>();
  auto& user = user_named(query.user);
  user.pings.push_back(answer);
  if (session_usable()) look_up(user);
  return answer;
}

verify_result peer_hub_state::verify(const verify_user& query) {
  verify_result result;
  result.user = query.user;
  auto* user = find_user(query.user);
  if (!user || user->id.is_null()) return result;
  if (query.accept) {
    const auto trusted = user->offered ? user->offered->id : user->id;
    if (const auto error = config->known->set_user(query.user, {trusted, true}))
      result.not_stored = error.message();
    user->verified = true;
    if (const auto offered = user->offered) {
      user->id = trusted;
      user->route = {};  // The routes told so far were to the old key.
      user->state = presence::offline;
      user->offered.reset();
      user_online(*offered, user->listed);
    }
  }
  result.known = true;
  result.verified = user->verified && !user->offered;
  result.key_changed = user->offered.has_value();
  result.pinned = user->id;
  if (user->offered) {
    result.offered = user->offered->id;
  } else if (user->online || is_linked(*user)) {
    result.offered = user->id;
  }
  const auto& theirs = user->offered ? user->offered->id : user->id;
  result.safety_words = safety_words(record->self().fingerprint(), theirs);
  return result;
}

}  // namespace hobnob
