#pragma once

#include "actors/interfaces.hpp"
#include "actors/storage/account_database.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace hobnob {

using account_store_inner_actor =
    account_store_actor::extend<reacts_to<deadline_passed>>;  // Self-sent: commit what has
                                                              // gathered.

/// Keeps the bindings of names to keys. Answers a change when it is on disk; changes that arrive
/// while a commit runs share the next one. Blocks while it commits: spawn it `caf::detached`
/// (or not, where virtual time asks for one thread).
struct account_store_state {
  static inline const char* name = "hobnob.account_store";
  using answer = caf::typed_response_promise<account_change_result>;

  explicit account_store_state(account_store_inner_actor::pointer selfptr) : self(selfptr) {}

  account_store_inner_actor::behavior_type make_behavior();
  answer add(account_change change);
  void commit();
  account_list list();

  account_store_inner_actor::pointer self;
  std::shared_ptr<account_database> database;
  std::function<std::int64_t()> unix_time;
  std::vector<account_change> changes;
  std::vector<answer> waiting;
};

account_list to_account_list(std::vector<account> accounts);

/// `unix_time` is called on the store's thread.
account_store_inner_actor::behavior_type account_store(
    account_store_inner_actor::stateful_pointer<account_store_state> self,
    std::shared_ptr<account_database> database, std::function<std::int64_t()> unix_time);

}  // namespace hobnob
