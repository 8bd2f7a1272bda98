#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace hobnob {

/// What an actor wants to do later, in order of time; the actor arms one timer for the first.
class agenda {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// True if this is now the first thing to do: arm the timer for it.
  bool add(time_point when, std::function<void()> what) {
    const auto added = entries_.emplace(when, std::move(what));
    return added == entries_.begin();
  }

  /// Does everything that is due, also what that adds.
  void run(time_point now) {
    while (!entries_.empty() && entries_.begin()->first <= now) {
      const auto entry = entries_.extract(entries_.begin());
      entry.mapped()();
    }
  }

  std::optional<time_point> next() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.begin()->first;
  }

  void clear() { entries_.clear(); }

 private:
  std::multimap<time_point, std::function<void()>> entries_;
};

}  // namespace hobnob
