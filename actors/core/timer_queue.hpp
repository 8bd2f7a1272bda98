#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace hobnob::core {

/// Names one timer, so that it can be replaced or cancelled. The same key means the same timer.
struct timer_key {
  std::uint64_t owner = 0;  ///< Whose timer: all timers of an owner can be cancelled at once.
  std::uint64_t kind = 0;
  std::uint64_t id = 0;

  friend auto operator<=>(const timer_key&, const timer_key&) = default;
};

/// Events that fall due at a time, in order of (time, order of insertion). Every operation costs
/// O(log n), also cancelling. Any thread may call anything.
///
/// Events leave the queue by value and die in the caller's hands, never under the lock: what an
/// event owns may well come back to the queue when it is destroyed.
template <class Event>
class timer_queue {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct add_result {
    bool is_next = false;  ///< It is now the first of all: whoever waits has to wake earlier.
    std::optional<Event> replaced;  ///< What had the same key before.
  };

  add_result add(time_point due, const timer_key& key, Event event) {
    const std::lock_guard lock(mutex_);
    add_result result;
    result.replaced = remove(key);
    const schedule_key slot{due, ++last_sequence_};
    schedule_.emplace(slot, entry{key, std::move(event)});
    slots_.emplace(key, slot);
    result.is_next = schedule_.begin()->first == slot;
    return result;
  }

  /// The event that will not happen now, or nothing if there was none.
  std::optional<Event> cancel(const timer_key& key) {
    const std::lock_guard lock(mutex_);
    return remove(key);
  }

  /// Cancels every timer of `owner`.
  std::vector<Event> cancel_owner(std::uint64_t owner) {
    const std::lock_guard lock(mutex_);
    std::vector<Event> cancelled;
    auto slot = slots_.lower_bound(timer_key{owner, 0, 0});
    while (slot != slots_.end() && slot->first.owner == owner) {
      const auto scheduled = schedule_.find(slot->second);
      cancelled.push_back(std::move(scheduled->second.event));
      schedule_.erase(scheduled);
      slot = slots_.erase(slot);
    }
    return cancelled;
  }

  /// Takes out what is due at `now`, at most `count_max` of them, earliest first.
  std::vector<Event> take_due(time_point now, std::size_t count_max) {
    const std::lock_guard lock(mutex_);
    std::vector<Event> due;
    while (due.size() < count_max && !schedule_.empty() && schedule_.begin()->first.due <= now) {
      auto& first = schedule_.begin()->second;
      due.push_back(std::move(first.event));
      slots_.erase(first.key);
      schedule_.erase(schedule_.begin());
    }
    return due;
  }

  /// Takes out everything, due or not.
  std::vector<Event> take_all() {
    return take_due(time_point::max(), std::numeric_limits<std::size_t>::max());
  }

  /// When the next event falls due; `time_point::max()` if there is none.
  time_point next() const {
    const std::lock_guard lock(mutex_);
    return schedule_.empty() ? time_point::max() : schedule_.begin()->first.due;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return schedule_.size();
  }

 private:
  struct schedule_key {
    time_point due;
    std::uint64_t sequence = 0;
    friend auto operator<=>(const schedule_key&, const schedule_key&) = default;
  };
  struct entry {
    timer_key key;
    Event event;
  };

  std::optional<Event> remove(const timer_key& key) {
    const auto slot = slots_.find(key);
    if (slot == slots_.end()) return std::nullopt;
    const auto scheduled = schedule_.find(slot->second);
    std::optional<Event> removed(std::move(scheduled->second.event));
    schedule_.erase(scheduled);
    slots_.erase(slot);
    return removed;
  }

  mutable std::mutex mutex_;
  std::map<schedule_key, entry> schedule_;
  std::map<timer_key, schedule_key> slots_;  // Ordered: the timers of an owner are neighbours.
  std::uint64_t last_sequence_ = 0;
};

}  // namespace hobnob::core
