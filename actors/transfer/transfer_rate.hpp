#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace hobnob {

/// How fast a growing count grew over the last seconds.
class rate_meter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds span{5};

  /// About as often as it is asked.
  void note(std::uint64_t count, time_point now) {
    samples_.push_back({now, count});
    while (samples_.size() > 2 && now - samples_[1].at >= span) samples_.pop_front();
  }

  /// What was counted before is another story.
  void reset() { samples_.clear(); }

  std::uint64_t per_second() const {
    if (samples_.size() < 2) return 0;
    const auto& [begin, first] = samples_.front();
    const auto& [end, last] = samples_.back();
    const std::chrono::duration<double> passed = end - begin;
    if (last <= first || passed.count() <= 0) return 0;
    return static_cast<std::uint64_t>(static_cast<double>(last - first) / passed.count());
  }

 private:
  struct sample {
    time_point at;
    std::uint64_t count;
  };
  std::deque<sample> samples_;
};

/// Holds a rate of bytes: whoever has moved some is told when to go on. What a quarter of a second
/// did not use is not lost. Any thread.
class rate_limit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// 0: whatever there is.
  explicit rate_limit(std::uint64_t per_second) : per_second_(per_second) {}

  bool limited() const noexcept { return per_second_ != 0; }

  /// To be moved at once, so that nothing stands still for long afterwards: a tenth of a second's.
  std::size_t share(std::size_t least, std::size_t most) const noexcept {
    if (!limited()) return most;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(per_second_ / 10, least, most));
  }

  /// When the next bytes may be moved.
  time_point next() const {
    const std::lock_guard guard{mutex_};
    return paid_until_;
  }

  void spend(std::size_t count, time_point now) {
    if (!limited()) return;
    const std::chrono::duration<double> takes{static_cast<double>(count) /
                                              static_cast<double>(per_second_)};
    const std::lock_guard guard{mutex_};
    paid_until_ = std::max(paid_until_, now - std::chrono::milliseconds{250}) +
                  std::chrono::duration_cast<time_point::duration>(takes);
  }

  /// Of what was spent, so much was not moved after all.
  void give_back(std::size_t count) {
    if (!limited()) return;
    const std::chrono::duration<double> took{static_cast<double>(count) /
                                             static_cast<double>(per_second_)};
    const std::lock_guard guard{mutex_};
    paid_until_ -= std::chrono::duration_cast<time_point::duration>(took);
  }

 private:
  const std::uint64_t per_second_;
  mutable std::mutex mutex_;
  time_point paid_until_{};  // Guarded by mutex_.
};

}  // namespace hobnob
