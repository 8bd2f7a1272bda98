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

const user_session_actor* envelope_router::find(session_id to) const {
  const auto found = routes_.find(to);
  return found == routes_.end() ? nullptr : &found->second;
}

bool envelope_router::wait_for_route(session_id to, batch_ptr batch,
                                     std::vector<std::uint32_t> entries) {
  auto& queue = waiting_[to];
  queue.push_back({std::move(batch), std::move(entries)});
  return queue.size() == 1;
}

std::vector<envelope_router::waiting_group> envelope_router::take_waiting(session_id to) {
  const auto found = waiting_.find(to);
  if (found == waiting_.end()) return {};
  auto result = std::move(found->second);
  waiting_.erase(found);
  return result;
}

void envelope_router::forget(const caf::actor_addr& gone) {
  std::erase_if(routes_, [&](const auto& route) { return route.second.address() == gone; });
}

}  // namespace hobnob
