#include "actors/core/link_table.hpp"

#include <algorithm>
#include <tuple>

namespace hobnob::core {

link_table::verdict link_table::opened(const link& value, time_point now,
                                       std::optional<std::uint64_t> listed) {
  verdict result;
  auto& all = links_[value.user];
  if (all.empty()) {
    all.push_back(value);
    result.current_changed = true;
    return result;
  }
  // The user has started again: what is left of its earlier start is dead, or soon will be.
  const bool newest = std::all_of(all.begin(), all.end(), [&](const link& other) {
    return other.epoch != value.epoch && other.serial < value.serial;
  });
  if (newest && (value.epoch == listed || !is_earlier(value))) {
    result.current_replaced = true;
    for (const auto& other : all) {
      result.replaced.push_back(other.number);
      note_start(other, value.epoch);
    }
    all.assign(1, value);
    result.current_changed = true;
    return result;
  }
  // Two programs of one user, perhaps: neither of them knows of both links.
  const bool both_starts = std::any_of(
      all.begin(), all.end(), [&](const link& other) { return other.epoch != value.epoch; });
  all.push_back(value);
  // Where a direct path opens there is nothing to find out about the relay's.
  const bool upgrade = all.front().path == path_class::circuit && value.path != path_class::circuit;
  if (upgrade && !both_starts && own_ > value.user) return settle(value.user);
  // Closing the newer of two is right only if the older lives: it may have died unnoticed.
  if (both_starts || own_ > value.user) {
    result.probe = all.front().number;
    result.settle_at = now + settle_delay;
  }
  return result;
}

link_table::verdict link_table::ended(std::uint64_t number) {
  verdict result;
  for (auto entry = links_.begin(); entry != links_.end(); ++entry) {
    auto& all = entry->second;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const link& value) { return value.number == number; });
    if (found == all.end()) continue;
    const auto before = all.front().number;
    all.erase(found);
    // Not one of an earlier start, if there is another.
    if (!all.empty()) {
      std::stable_partition(
          all.begin(), all.end(),
          [last = last_start(all, {})](const link& value) { return value.epoch == last; });
    }
    result.current_changed = all.empty() || all.front().number != before;
    if (all.empty()) links_.erase(entry);
    break;
  }
  return result;
}

link_table::verdict link_table::settle_starts(const fingerprint& user,
                                              std::optional<std::uint64_t> listed) {
  verdict result;
  const auto entry = links_.find(user);
  if (entry == links_.end()) return result;
  auto& all = entry->second;
  const auto before = all.front();
  const auto last = last_start(all, listed);
  const auto of_earlier = [&](const link& value) { return value.epoch != last; };
  for (const auto& value : all) {
    if (!of_earlier(value)) continue;
    result.replaced.push_back(value.number);
    note_start(value, last);
  }
  std::erase_if(all, of_earlier);
  result.current_changed = result.current_replaced = of_earlier(before);
  return result;
}

link_table::verdict link_table::settle(const fingerprint& user,
                                       std::optional<std::uint64_t> listed) {
  auto result = settle_starts(user, listed);
  const auto entry = links_.find(user);
  if (entry == links_.end() || own_ < user) return result;
  auto& all = entry->second;
  const auto best = std::min_element(all.begin(), all.end(),
                                     [](const link& a, const link& b) { return a.path < b.path; });
  const link kept = *best;  // Of equals the first, that is, the oldest.
  result.current_changed |= best != all.begin();
  for (const auto& value : all) {
    if (value.number != kept.number) result.superseded.push_back(value.number);
  }
  all.assign(1, kept);
  return result;
}

/// Of one user's links, at least one.
std::uint64_t link_table::last_start(const std::vector<link>& all,
                                     std::optional<std::uint64_t> listed) const {
  const auto rank = [&](const link& value) {
    return std::tuple{value.epoch == listed, !is_earlier(value), value.serial};
  };
  return std::max_element(all.begin(), all.end(),
                          [&](const link& a, const link& b) { return rank(a) < rank(b); })
      ->epoch;
}

bool link_table::is_earlier(const link& value) const {
  const auto found = earlier_.find(value.user);
  return found != earlier_.end() &&
         std::find(found->second.begin(), found->second.end(), value.epoch) != found->second.end();
}

/// The start of `replaced` came before `last`.
void link_table::note_start(const link& replaced, std::uint64_t last) {
  constexpr std::size_t remembered_max = 4;
  auto& starts = earlier_[replaced.user];
  std::erase(starts, last);
  std::erase(starts, replaced.epoch);
  starts.push_back(replaced.epoch);
  if (starts.size() > remembered_max) starts.erase(starts.begin());
}

std::optional<std::uint64_t> link_table::current(const fingerprint& user) const {
  const auto entry = links_.find(user);
  if (entry == links_.end()) return std::nullopt;
  return entry->second.front().number;
}

}  // namespace hobnob::core
