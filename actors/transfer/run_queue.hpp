#pragma once

#include "actors/core/transfer_content.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hobnob {

/// Who may run: at most so many at once. The others wait: next is who asked first among those whose
/// user has the fewest running, so that nobody's many keep out what is another's.
class run_queue {
 public:
  struct turn {
    core::transfer_id id{};
    std::uint64_t ticket = 0;  ///< As it was asked with.
    std::string user;          ///< At the other side.
  };

  explicit run_queue(std::size_t running_max) : running_max_(running_max) {}

  /// True if it runs from now on; else it waits.
  bool ask(const turn& who) {
    leave(who.id);
    if (running_.size() < running_max_) {
      running_.emplace(who.id, who.user);
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
      const auto first = std::ranges::min_element(
          waiting_, {}, [this](const turn& each) { return running_of(each.user); });
      running_.emplace(first->id, first->user);
      next.push_back(*first);
      waiting_.erase(first);
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

  std::ptrdiff_t running_of(const std::string& user) const {
    return std::ranges::count_if(running_, [&](const auto& each) { return each.second == user; });
  }

  std::size_t running_max_;
  std::map<core::transfer_id, std::string> running_;  ///< With their users.
  std::vector<turn> waiting_;                         ///< In the order in which they asked.
};

}  // namespace hobnob
