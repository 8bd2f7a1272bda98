#include "actors/relay/directory.hpp"

#include "actors/core/user_name.hpp"
#include "actors/relay/directory_notice.hpp"
#include "actors/request.hpp"

#include <spdlog/spdlog.h>
#include <utility>

namespace hobnob {
namespace {

login_verdict refuse(std::string code, std::string detail) {
  return {.session = 0, .newly_bound = false, .code = std::move(code), .detail = std::move(detail)};
}

account_change_result failed(std::string why) { return {false, std::move(why)}; }

}  // namespace

directory_inner_actor::behavior_type directory_state::make_behavior() {
  self->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) {
    // A session that ended in good order has said so before; this one broke.
    const auto found = by_actor.find(down.source.id());
    if (found != by_actor.end()) session_gone(found->second, close_reason::reset);
  });
  return {
      [this](register_session& order) { return log_in(order); },
      [this](const session_ended& ended) { session_gone(ended.session, ended.reason); },
      [this](const session_suspected& news) {
        if (table.set_suspect(news.session, news.suspect)) tell_soon();
      },
      [this](session_record_changed& news) {
        if (table.set_record(news.session, std::move(news.signed_record))) tell_soon();
      },
      [this](const directory_lookup& query) { return look_up(query); },
      [this](const find_route& query) { return route_to(query.session); },
      [this](const admit_user& order) { return change_binding(order); },
      [this](const remove_user& order) { return unbind(order); },
      [this](const kick_user& order) { return kick(order); },
      [this](list_users) { return list_accounts(); },
      [this](deadline_passed) { tell_changes(); },
  };
}

// --- Logins ---

directory_state::verdict directory_state::log_in(register_session& order) {
  auto answer = self->make_response_promise<login_verdict>();
  const auto user = order.login.user;
  in_turn(user,
          [this, order = std::move(order), answer]() mutable { decide_login(order, answer); });
  return answer;
}

void directory_state::decide_login(register_session& order, verdict& answer) {
  const auto& login = order.login;
  const auto bound = bindings.find(login.user);
  if (bound != bindings.end() && bound->second.id != login.id) {
    answer.deliver(refuse("name-taken", "the name " + login.user + " belongs to another key"));
  } else if (bound != bindings.end() && bound->second.stored) {
    admit(order, false, answer);
  } else if (bound == bindings.end() && config.admission == registration::closed) {
    answer.deliver(refuse("registration-closed",
                          "this relay admits only users whom its administrator has entered"));
  } else {
    bind_then_admit(std::move(order), answer);
  }
}

void directory_state::bind_then_admit(register_session order, verdict answer) {
  const admit_user change{.user = order.login.user, .id = order.login.id, .rebind = false};
  store_change(change, [this, order = std::move(order),
                        answer](const account_change_result& result) mutable {
    const auto& login = order.login;
    if (!result.done) {
      spdlog::error("relay: the name {} cannot be stored: {}", login.user, result.detail);
      answer.deliver(refuse("storage", "the relay cannot store the name now; try again later"));
      return;
    }
    bindings.insert_or_assign(login.user, binding{login.id, world.unix_time(), true});
    admit(order, true, answer);
  });
}

void directory_state::admit(register_session& order, bool newly_bound, verdict& answer) {
  auto& login = order.login;
  const auto id = next_session++;
  const auto replaced = table.join({.id = id,
                                    .user = login.user,
                                    .key = login.id,
                                    .signed_record = std::move(login.signed_record),
                                    .observed = login.observed,
                                    .hidden = login.hidden});
  if (replaced != 0) end(replaced, {close_reason::replaced, "the same user logged in elsewhere"});
  by_actor.emplace(order.session->id(), id);
  self->monitor(order.session);
  answer.deliver(
      login_verdict{.session = id, .newly_bound = newly_bound, .code = {}, .detail = {}});
  if (login.subscribe) {
    for (auto& part : encode_snapshot(table)) {
      self->send(order.session, directory_notice{std::move(part)});
    }
  }
  sessions.emplace(id, live_session{std::move(order.session), login.subscribe});
  if (login.subscribe) ++subscribers;
  tell_soon();
}

// --- Sessions ---

/// Forgets a session and tells it to end. It has left the table already, or leaves it now.
void directory_state::end(session_id id, const close_info& why) {
  const auto found = sessions.find(id);
  if (found == sessions.end()) return;
  self->send(found->second.actor, end_session{why});
  session_gone(id, why.reason);
}

void directory_state::end_all_of(std::string_view user, const close_info& why) {
  for (const auto id : table.sessions_of(user)) end(id, why);
}

void directory_state::session_gone(session_id id, close_reason reason) {
  table.leave(id, reason);
  const auto found = sessions.find(id);
  if (found == sessions.end()) return;
  by_actor.erase(found->second.actor->id());
  if (found->second.subscribed) --subscribers;
  sessions.erase(found);
  tell_soon();
}

void directory_state::tell_soon() {
  if (telling || !table.has_changes()) return;
  telling = true;
  self->delayed_send(self, config.gather_for, deadline_passed{});
}

void directory_state::tell_changes() {
  telling = false;
  const auto changes = table.take_changes();
  if (changes.empty() || subscribers == 0) return;
  for (const auto& payload : encode_changes(table, changes)) {
    for (const auto& [id, session] : sessions) {
      if (session.subscribed) self->send(session.actor, directory_notice{payload});
    }
  }
}

directory_lookup_result directory_state::look_up(const directory_lookup& query) const {
  const auto* found = !query.user.empty()  ? table.find_user(query.user)
                      : query.session != 0 ? table.find(query.session)
                                           : table.find_key(query.id);
  directory_lookup_result result;
  if (found != nullptr) result.entry = encode_directory_entry(*found);
  result.known = found != nullptr || bindings.contains(query.user);
  return result;
}

route_found directory_state::route_to(session_id id) const {
  const auto found = sessions.find(id);
  return {id, found == sessions.end() ? user_session_actor{} : found->second.actor};
}

// --- Changes of bindings ---

void directory_state::in_turn(const std::string& user, std::function<void()> decide) {
  const auto under_way = changing.find(user);
  if (under_way != changing.end()) {
    under_way->second.push_back(std::move(decide));
  } else {
    decide();
  }
}

template <class Order>
void directory_state::store_change(const Order& order,
                                   std::function<void(const account_change_result&)> then) {
  changing.try_emplace(order.user);
  request(self, store, config.commit_timeout, order)
      .then(
          [this, user = order.user, then](const account_change_result& result) {
            then(result);
            end_turn(user);
          },
          [this, user = order.user, then](caf::error& why) {
            // It may yet be done: the next login stores the binding that we know.
            const auto bound = bindings.find(user);
            if (bound != bindings.end()) bound->second.stored = false;
            then(failed(self->system().render(why)));
            end_turn(user);
          });
}

// What waited may change the binding in its turn; the rest then waits for that.
void directory_state::end_turn(const std::string& user) {
  const auto ended = changing.extract(user);
  for (auto& decide : ended.mapped()) in_turn(user, std::move(decide));
}

// --- Administration ---

directory_state::change_answer directory_state::change_binding(const admit_user& order) {
  auto answer = self->make_response_promise<account_change_result>();
  in_turn(order.user, [this, order, answer]() mutable { bind(order, answer); });
  return answer;
}

std::string directory_state::objection_to(const admit_user& order) const {
  if (const auto fault = core::user_name_fault(order.user); !fault.empty()) {
    return std::string{fault};
  }
  const auto bound = bindings.find(order.user);
  if (bound == bindings.end()) return order.rebind ? "is not bound; admit binds it" : "";
  const bool other_key = bound->second.id != order.id;
  return other_key && !order.rebind ? "bound to another key; rebind replaces it" : "";
}

void directory_state::bind(const admit_user& order, change_answer& answer) {
  if (auto objection = objection_to(order); !objection.empty()) {
    answer.deliver(failed(std::move(objection)));
    return;
  }
  const auto bound = bindings.find(order.user);
  if (bound != bindings.end() && bound->second.id == order.id && bound->second.stored) {
    answer.deliver(account_change_result{true, "already bound to this key"});
    return;
  }
  store_change(order, [this, order, answer](const account_change_result& result) mutable {
    if (result.done) {
      const auto old = bindings.find(order.user);
      if (old != bindings.end() && old->second.id != order.id) {
        end_all_of(order.user,
                   {close_reason::refused, "the name was bound to another key", "rebound"});
      }
      bindings.insert_or_assign(order.user, binding{order.id, world.unix_time(), true});
    }
    answer.deliver(result);
  });
}

directory_state::change_answer directory_state::unbind(const remove_user& order) {
  auto answer = self->make_response_promise<account_change_result>();
  in_turn(order.user, [this, order, answer]() mutable {
    if (!bindings.contains(order.user)) {
      answer.deliver(failed("no such user"));
      return;
    }
    store_change(order, [this, order, answer](const account_change_result& result) mutable {
      if (result.done) {
        bindings.erase(order.user);
        end_all_of(order.user, {close_reason::refused, "the user was removed", "removed"});
      }
      answer.deliver(result);
    });
  });
  return answer;
}

account_change_result directory_state::kick(const kick_user& order) {
  if (table.find_user(order.user) == nullptr) return failed("not online");
  end_all_of(order.user, {close_reason::refused, "an administrator ended the session", "kicked"});
  return {true, {}};
}

account_list directory_state::list_accounts() const {
  account_list result;
  for (const auto& [user, bound] : bindings) {
    result.accounts.push_back({.user = user,
                               .id = bound.id,
                               .online = table.find_user(user) != nullptr,
                               .bound_at_s = bound.bound_at_s});
  }
  return result;
}

directory_inner_actor::behavior_type directory(
    directory_inner_actor::stateful_pointer<directory_state> self, directory_config config,
    relay_environment world, account_store_actor store, account_list accounts) {
  auto& state = self->state;
  state.config = config;
  state.store = std::move(store);
  for (auto& row : accounts.accounts) {
    state.bindings.emplace(std::move(row.user),
                           directory_state::binding{row.id, row.bound_at_s, true});
  }
  // Ids grow from a random start, so that an id of an earlier relay names nobody; 0 names no one.
  state.next_session = (world.random_number() >> 1) + 1;
  state.world = std::move(world);
  return state.make_behavior();
}

}  // namespace hobnob
