#include "transport/sim/receive_window.hpp"

#include <algorithm>

namespace hobnob::sim {

receive_window::arrival receive_window::take(std::uint64_t sequence, shared_slice payload,
                                             bool fin) {
  const auto end = sequence + payload.size();
  arrival result;
  result.in_order = sequence == next_ && early_.empty() && !ended_;
  const auto limit = next_ + space();
  if (fin && end <= limit && !end_) end_ = end;
  if (sequence < next_) {
    const auto known = std::min<std::uint64_t>(next_ - sequence, payload.size());
    payload = payload.sub(known);
    sequence += known;
  }
  if (sequence + payload.size() > limit) {
    payload = sequence < limit ? payload.sub(0, limit - sequence) : shared_slice{};
  }
  if (sequence == next_ && early_.empty()) {
    result.advanced = !payload.empty();
    next_ += payload.size();
    ready_.push(std::move(payload));
  } else if (!payload.empty()) {
    auto& kept = early_[sequence];
    if (kept.size() < payload.size()) kept = std::move(payload);
  }
  if (accept_ready()) result.advanced = true;
  return result;
}

bool receive_window::accept_ready() {
  bool advanced = false;
  while (!early_.empty() && early_.begin()->first <= next_) {
    const auto [sequence, piece] = *early_.begin();
    early_.erase(early_.begin());
    const auto known = next_ - sequence;
    if (known >= piece.size()) continue;
    ready_.push(piece.sub(known));
    next_ += piece.size() - known;
    advanced = true;
  }
  if (end_ && next_ == *end_ && !ended_) {
    ended_ = advanced = true;
    ++next_;
  }
  return advanced;
}

}  // namespace hobnob::sim
