#include "actors/relay/envelope_router.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {

std::vector<envelope_router::group> envelope_router::take_groups() {
  auto present = std::exchange(present_, {});  // No session holds memory between its batches.
  const auto by_receiver = [](const auto& a, const auto& b) { return a.first < b.first; };
  // One receiver is the rule, and costs no sorting.
  if (!std::is_sorted(present.begin(), present.end(), by_receiver)) {
    std::stable_sort(present.begin(), present.end(), by_receiver);
  }
  std::vector<group> result;
  for (const auto& [to, index] : present) {
    if (result.empty() || result.back().to != to) {
      result.push_back({to, {}});
      result.back().entries.reserve(result.size() == 1 ? present.size() : 8);
    }
    result.back().entries.push_back(index);
  }
  return result;
}

envelope_router::tables& envelope_router::made_tables() {
  if (!tables_) tables_ = std::make_unique<tables>();
  return *tables_;
}

const user_session_actor* envelope_router::find(session_id to) const {
  if (!tables_) return nullptr;
  const auto found = tables_->routes.find(to);
  return found == tables_->routes.end() ? nullptr : &found->second;
}

bool envelope_router::wait_for_route(session_id to, batch_ptr batch,
                                     std::vector<std::uint32_t> entries) {
  auto& queue = made_tables().waiting[to];
  queue.push_back({std::move(batch), std::move(entries)});
  return queue.size() == 1;
}

std::vector<envelope_router::waiting_group> envelope_router::take_waiting(session_id to) {
  if (!tables_) return {};
  auto node = tables_->waiting.extract(to);
  return node ? std::move(node.mapped()) : std::vector<waiting_group>{};
}

void envelope_router::remember(session_id to, user_session_actor target) {
  made_tables().routes.insert_or_assign(to, std::move(target));
}

void envelope_router::forget(session_id to) {
  if (tables_) tables_->routes.erase(to);
}

void envelope_router::forget(const caf::actor_addr& gone) {
  if (!tables_) return;
  std::erase_if(tables_->routes, [&](const auto& route) { return route.second.address() == gone; });
}

std::vector<user_session_actor> envelope_router::take_routes() {
  std::vector<user_session_actor> result;
  if (!tables_) return result;
  for (auto& [to, target] : tables_->routes) result.push_back(std::move(target));
  tables_->routes.clear();
  return result;
}

}  // namespace hobnob
