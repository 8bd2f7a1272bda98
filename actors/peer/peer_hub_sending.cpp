#include "actors/peer/peer_hub.hpp"

#include "actors/core/user_name.hpp"
#include "actors/request.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t waiting_max = 1000;
constexpr std::chrono::milliseconds ping_patience{6000};  // A path gives up earlier by itself.

const std::string& recipient(const peer_user::waiting_send& message) {
  return std::visit([](const auto& m) -> const std::string& { return m.to; }, message);
}

const message_id& id_of(const peer_user::waiting_send& message) {
  return std::visit([](const auto& m) -> const message_id& { return m.id; }, message);
}

std::size_t size_of(const send_text& message) { return message.text.size(); }
std::size_t size_of(const send_application_message& message) { return message.content.size(); }

}  // namespace

void peer_hub_state::send(peer_user::waiting_send message) {
  const auto& to = recipient(message);
  if (stopping) return fail(message, "stopped", "the peer has stopped");
  if (to == config->user) return fail(message, "self", "that is your own name");
  if (!core::is_user_name(to)) return fail(message, "unknown-user", "that is no user name");
  auto& user = user_named(to);
  if (user.offered)
    return fail(message, "key-changed", "the user shows another key than the one known");
  const bool reachable = is_linked(user) || (user.online && session_usable());
  if (reachable && user.waiting.empty()) {
    if (user.route.by == peer_route::kind::untold) tell_route(user, best_route(user));
    return pass_on(std::move(message));
  }
  if (status.state == session_state::refused || status.state == session_state::replaced ||
      (status.state == session_state::stopped && started))
    return fail(message, "not-logged-in", "not logged in to a relay");
  if (user.waiting.size() >= waiting_max)
    return fail(message, "queue-full", "too many messages wait for this user");
  const auto timeout = std::visit([](const auto& m) { return m.timeout; }, message);
  at(now() + timeout, [this, to, id = id_of(message)] { expire_waiting(to, id); });
  user.waiting.push_back(std::move(message));
  if (session_usable()) look_up(user);
}

void peer_hub_state::pass_on(peer_user::waiting_send message) {
  self->send(store, keep_message{std::move(message)});
}

void peer_hub_state::fail(const peer_user::waiting_send& message, const std::string& code,
                          const std::string& detail) {
  message_progress news;
  news.id = id_of(message);
  news.to = recipient(message);
  news.state = message_state::failed;
  news.code = code;
  news.detail = detail;
  news.size =
      static_cast<std::uint32_t>(std::visit([](const auto& m) { return size_of(m); }, message));
  tell(news);
  self->send(store, message_dropped{recipient(message)});
}

// --- Messages that wait until the relay has said who that is ---

void peer_hub_state::release_waiting(peer_user& user) {
  release_pings(user);
  if (user.waiting.empty()) return;
  if (user.route.by == peer_route::kind::untold) tell_route(user, best_route(user));
  for (auto& message : std::exchange(user.waiting, {})) pass_on(std::move(message));
}

void peer_hub_state::fail_waiting(peer_user& user, const std::string& code,
                                  const std::string& detail) {
  for (const auto& message : std::exchange(user.waiting, {})) fail(message, code, detail);
  for (auto& answer : std::exchange(user.pings, {}))
    answer.deliver(ping_result{user.name, path_kind::none, {}, {}, code, detail});
}

/// Those that wait go the way that messages would go now, once there is one.
void peer_hub_state::release_pings(peer_user& user) {
  if (user.pings.empty() || user.looked_up) return;
  const auto way = best_route(user);
  const bool by_link = way.by == peer_route::kind::link;
  if (!by_link && way.by != peer_route::kind::relay) return;
  const auto reply_to = [](auto& answer) {
    return [answer](ping_result& result) mutable { answer.deliver(std::move(result)); };
  };
  const auto fail_to = [](auto& answer) {
    return [answer](caf::error& why) mutable { answer.deliver(std::move(why)); };
  };
  for (auto& answer : std::exchange(user.pings, {})) {
    const ping_user query{user.name};
    if (by_link) {
      request(self, links.at(way.via).actor, ping_patience, query)
          .then(reply_to(answer), fail_to(answer));
    } else {
      request(self, session, ping_patience, query).then(reply_to(answer), fail_to(answer));
    }
  }
}

void peer_hub_state::expire_waiting(const std::string& user_name, const message_id& id) {
  auto& waiting = user_named(user_name).waiting;
  const auto found = std::find_if(waiting.begin(), waiting.end(),
                                  [&](const auto& message) { return id_of(message) == id; });
  if (found == waiting.end()) return;
  fail(*found, "timeout", "the relay could not be asked in time");
  waiting.erase(found);
}

// --- Routes ---

peer_route peer_hub_state::best_route(const peer_user& user) const {
  using kind = peer_route::kind;
  if (user.offered) return {kind::waiting, 0};
  if (current_link(user)) return {kind::link, *table->current(user.id)};
  if (status.state == session_state::online && user.online) {
    if (user.relay_after && now() < *user.relay_after) return {kind::waiting, 0};
    return {kind::relay, user.online->session};
  }
  if (session_usable() && is_told_of(user)) return {kind::gone, 0};
  return {kind::waiting, 0};
}

void peer_hub_state::update_route(peer_user& user) {
  using kind = peer_route::kind;
  release_pings(user);
  const auto best = best_route(user);
  // Whom nobody tells us of, we ask for again: what waits for a way may have one.
  const bool lost = best.by == kind::waiting && !user.online && !user.offered;
  if (lost && in_conversation(user) && session_usable()) ask_for(user);
  if (best == user.route) return;
  // The store need not hear of users that nothing was ever sent to or came from.
  const bool nothing_to_tell = best.by == kind::gone || best.by == kind::waiting;
  if (user.route.by == kind::untold && nothing_to_tell) return;
  tell_route(user, best);
}

void peer_hub_state::tell_route(peer_user& user, const peer_route& route) {
  user.route = route;
  route_changed news;
  news.user = user.id;
  news.name = user.name;
  switch (route.by) {
    case peer_route::kind::link: {
      const auto& link = links.at(route.via);
      user.route_number = route.via;
      news.path = link.path;
      break;
    }
    case peer_route::kind::relay:
      user.route_number = ++last_number;
      news.carrier = caf::actor_cast<message_carrier_actor>(session);
      news.path = path_kind::relay;
      self->send(session, contact_changed{*user.online, true, user.route_number});
      break;
    case peer_route::kind::gone:
      news.gone = true;
      [[fallthrough]];
    default:
      user.route_number = ++last_number;
      break;
  }
  news.route = user.route_number;
  self->send(store, std::move(news));
}

void peer_hub_state::update_all_routes() {
  for (auto& [name, user] : users) update_route(user);
}

}  // namespace hobnob
