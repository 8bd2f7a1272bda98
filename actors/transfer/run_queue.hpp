#pragma once

#include "actors/core/transfer_content.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace hobnob {

/// Who may run: at most so many at once, the others in the order in which they asked.
class run_queue {
 public:
  struct turn {
    core::transfer_id id{};
    std::uint64_t ticket = 0;  ///< As it was asked with.
  };

  explicit run_queue(std::size_t running_max) : running_max_(running_max) {}

  /// True if it runs from now on; else it waits.
  bool ask(const turn& who) {
    leave(who.id);
    if (running_.size() < running_max_) {
      running_.emplace(who.id, who.ticket);
      return true;
    }
    waiting_.push_back(who);
    return false;
  }

  /// It does not run or wait any more. Answers who runs in its place: tell them.
  std::vector<turn> release(const core::transfer_id& id) {
    leave(id);
    std::vector<turn> next;
    while (!waiting_.empty() && running_.size() < running_max_) {
      next.push_back(waiting_.front());
      running_.emplace(waiting_.front().id, waiting_.front().ticket);
      waiting_.pop_front();
    }
    return next;
  }

  std::size_t running() const noexcept { return running_.size(); }
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  void leave(const core::transfer_id& id) {
    running_.erase(id);
    std::erase_if(waiting_, [&](const turn& t) { return t.id == id; });
  }

  std::size_t running_max_;
  std::map<core::transfer_id, std::uint64_t> running_;  ///< With their tickets.
  std::deque<turn> waiting_;
};

}  // namespace hobnob
