#include "actors/core/dedup_window.hpp"

#include <algorithm>
#include <iterator>

namespace hobnob::core {

dedup_window::verdict dedup_window::judge(std::uint64_t sequence) const {
  if (sequence < floor_) return verdict::stale;
  if (sequence == next_) return verdict::next;
  if (sequence > next_) return verdict::ahead;
  const auto after = given_up_.upper_bound(sequence);
  if (after == given_up_.begin()) return verdict::shown;
  return sequence < std::prev(after)->second ? verdict::given_up : verdict::shown;
}

void dedup_window::give_up_to(std::uint64_t sequence) {
  if (sequence <= next_) return;
  if (!given_up_.empty() && given_up_.rbegin()->second == next_) {
    given_up_.rbegin()->second = sequence;
  } else {
    given_up_.emplace_hint(given_up_.end(), next_, sequence);
  }
  next_ = sequence;
  // Beyond the bound the oldest are treated as finished: their sender gets no answer instead of a
  // false one.
  if (given_up_.size() > given_up_ranges_max) raise_floor(given_up_.begin()->second);
}

void dedup_window::raise_floor(std::uint64_t floor) {
  if (floor <= floor_) return;
  floor_ = floor;
  next_ = std::max(next_, floor);
  while (!given_up_.empty() && given_up_.begin()->first < floor) {
    const auto end = given_up_.begin()->second;
    given_up_.erase(given_up_.begin());
    if (end > floor) given_up_.emplace_hint(given_up_.begin(), floor, end);
  }
}

}  // namespace hobnob::core
