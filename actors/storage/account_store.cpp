#include "actors/storage/account_store.hpp"

namespace hobnob {

account_store_inner_actor::behavior_type account_store_state::make_behavior() {
  return {
      [this](admit_user& order) {
        return add({.what = {std::move(order.user), order.id, unix_time()}, .remove = false});
      },
      [this](remove_user& order) {
        return add({.what = {std::move(order.user), {}, 0}, .remove = true});
      },
      [this](list_users) { return list(); },
      [this](deadline_passed) { commit(); },
  };
}

// The commit is ordered by a message to ourselves, which lines up behind the changes that already
// wait in the mailbox: they all share it.
account_store_state::answer account_store_state::add(account_change change) {
  if (changes.empty()) self->send(self, deadline_passed{});
  changes.push_back(std::move(change));
  waiting.push_back(self->make_response_promise<account_change_result>());
  return waiting.back();
}

void account_store_state::commit() {
  const auto error = database->apply(changes);
  changes.clear();
  for (auto& promise : std::exchange(waiting, {})) {
    promise.deliver(account_change_result{error.empty(), error});
  }
}

account_list account_store_state::list() {
  if (!changes.empty()) commit();
  return to_account_list(database->list().accounts);
}

account_list to_account_list(std::vector<account> accounts) {
  account_list result;
  for (auto& row : accounts) {
    result.accounts.push_back(
        {.user = std::move(row.user), .id = row.id, .online = false, .bound_at_s = row.bound_at_s});
  }
  return result;
}

account_store_inner_actor::behavior_type account_store(
    account_store_inner_actor::stateful_pointer<account_store_state> self,
    std::shared_ptr<account_database> database, std::function<std::int64_t()> unix_time) {
  self->state.database = std::move(database);
  self->state.unix_time = std::move(unix_time);
  return self->state.make_behavior();
}

}  // namespace hobnob
