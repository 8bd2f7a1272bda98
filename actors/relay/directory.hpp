#pragma once

#include "actors/core/directory_table.hpp"
#include "actors/interfaces.hpp"
#include "actors/relay/relay_config.hpp"
#include "actors/relay/relay_environment.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hobnob {

struct directory_config {
  registration admission = registration::open;
  std::chrono::milliseconds gather_for{250};  ///< Changes of this time share one notice.
  std::chrono::milliseconds commit_timeout{10000};
};

using directory_inner_actor =
    directory_actor::extend<reacts_to<deadline_passed>>;  // Self-sent: tell the subscribers what
                                                          // has gathered.

/// Who is online at one relay, and which key each name is bound to (kept by an account_store).
struct directory_state {
  static inline const char* name = "hobnob.directory";
  using verdict = caf::typed_response_promise<login_verdict>;
  using change_answer = caf::typed_response_promise<account_change_result>;

  explicit directory_state(directory_inner_actor::pointer selfptr) : self(selfptr) {}

  directory_inner_actor::behavior_type make_behavior();

  verdict log_in(register_session& order);
  void decide_login(register_session& order, verdict& answer);
  void bind_then_admit(register_session order, verdict answer);
  void admit(register_session& order, bool newly_bound, verdict& answer);
  void end(session_id id, const close_info& why);
  void end_all_of(std::string_view user, const close_info& why);
  void session_gone(session_id id, close_reason reason);
  void tell_soon();
  void tell_changes();

  directory_lookup_result look_up(const directory_lookup& query) const;
  route_found route_to(session_id id) const;

  change_answer change_binding(const admit_user& order);
  std::string objection_to(const admit_user& order) const;
  void bind(const admit_user& order, change_answer& answer);
  change_answer unbind(const remove_user& order);
  account_change_result kick(const kick_user& order);
  account_list list_accounts() const;

  /// One change of a user's binding at a time, so that the store holds what was answered: calls
  /// `decide` at once, or when the change under way has ended and nobody waits before it.
  void in_turn(const std::string& user, std::function<void()> decide);

  /// Has the store make a change. Within a turn; calls `then` at its end.
  template <class Order>
  void store_change(const Order& order, std::function<void(const account_change_result&)> then);
  void end_turn(const std::string& user);

  struct binding {
    fingerprint id;
    std::int64_t bound_at_s = 0;
    bool stored = false;  // Else the store did not answer a change, and may hold another key.
  };
  struct live_session {
    user_session_actor actor;
    bool subscribed = false;
  };

  directory_inner_actor::pointer self;
  directory_config config;
  relay_environment world;
  account_store_actor store;
  core::directory_table table;
  std::map<std::string, binding, std::less<>> bindings;

  /// By the user whose binding is being changed: what waits for the end of that.
  std::map<std::string, std::vector<std::function<void()>>, std::less<>> changing;
  std::map<session_id, live_session> sessions;  // Ordered: notices go out in the order of login.
  std::unordered_map<caf::actor_id, session_id> by_actor;
  session_id next_session = 0;
  std::size_t subscribers = 0;
  bool telling = false;
};

/// `accounts` is what the store holds at the start.
directory_inner_actor::behavior_type directory(
    directory_inner_actor::stateful_pointer<directory_state> self, directory_config config,
    relay_environment world, account_store_actor store, account_list accounts);

}  // namespace hobnob
