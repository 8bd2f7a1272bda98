#include "actors/core/dial_plan.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {

dial_plan::dial_plan(dial_timing timing) : timing_(std::move(timing)) {}

void dial_plan::restart(std::vector<endpoint> candidates, time_point first) {
  candidates_ = std::move(candidates);
  std::erase_if(attempts_, [&](const attempt& a) {
    return std::find(candidates_.begin(), candidates_.end(), a.remote) == candidates_.end();
  });
  for (const auto& candidate : candidates_) attempt_to(candidate);
  resume(first);
}

void dial_plan::pause() {
  paused_ = true;
  due_.reset();
}

void dial_plan::resume(time_point first) {
  index_ = 0;
  round_ = 0;
  paused_ = false;
  if (candidates_.empty()) {
    due_.reset();
  } else {
    due_ = first;
  }
}

std::optional<endpoint> dial_plan::next(time_point now) {
  if (!due_ || now < *due_ || index_ >= candidates_.size()) return std::nullopt;
  const endpoint remote = candidates_[index_++];
  attempt_to(remote);  // Its last outcome stays until there is another.
  ++in_flight_;
  if (index_ < candidates_.size()) {
    due_ = now + timing_.stagger;
  } else {
    due_.reset();  // `finished` of the last one in flight ends the round.
  }
  return remote;
}

void dial_plan::finished(const endpoint& remote, std::string error, time_point now) {
  if (in_flight_ > 0) --in_flight_;
  auto& entry = attempt_to(remote);
  entry.error = std::move(error);
  entry.ended = now;
  if (paused_) return;
  if (index_ > 0 && index_ < candidates_.size()) {
    if (due_) due_ = now;
  } else if (!candidates_.empty() && index_ >= candidates_.size() && in_flight_ == 0 && !due_) {
    end_round(now);
  }
}

std::optional<dial_plan::time_point> dial_plan::due() const { return due_; }

dial_plan::attempt& dial_plan::attempt_to(const endpoint& remote) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                  [&](const attempt& a) { return a.remote == remote; });
  if (found != attempts_.end()) return *found;
  attempts_.push_back({remote, {}, {}});
  return attempts_.back();
}

void dial_plan::end_round(time_point now) {
  const auto wait = timing_.retries[std::min(round_, timing_.retries.size() - 1)];
  ++round_;
  index_ = 0;
  due_ = now + wait + longer_;
}

}  // namespace hobnob::core
