#pragma once

#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace hobnob::core {

/// Hands jobs from any thread to the one thread of a loop, in the order in which they were pushed.
/// Jobs that were never taken are destroyed with the inbox: a job that owns something must be a
/// type that says so, or the owner of the inbox takes the rest first.
template <class Job>
class job_inbox {
 public:
  /// Any thread. True if the loop has to be woken: nobody has pushed since the last `take_all`.
  [[nodiscard]] bool push(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    return jobs_.size() == 1;
  }

  /// The loop's thread: moves everything to the back of `destination`; false if there was nothing.
  bool take_all(std::deque<Job>& destination) {
    {
      const std::lock_guard lock(mutex_);
      taken_.swap(jobs_);
    }
    if (taken_.empty()) return false;
    destination.insert(destination.end(), std::move_iterator(taken_.begin()),
                       std::move_iterator(taken_.end()));
    taken_.clear();
    return true;
  }

 private:
  std::mutex mutex_;
  std::vector<Job> jobs_;   // Guarded by mutex_.
  std::vector<Job> taken_;  // Loop thread only. Kept for its capacity: a turn allocates nothing.
};

}  // namespace hobnob::core
