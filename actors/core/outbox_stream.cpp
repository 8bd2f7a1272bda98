#include "actors/core/outbox_stream.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {

outbox_entry& outbox_stream::push(outbox_entry added) {
  return entries_.emplace_back(std::move(added));
}

outbox_entry* outbox_stream::next(std::uint64_t route) {
  for (; cursor_ < entries_.size(); ++cursor_) {
    auto& entry = entries_[cursor_];
    if (!entry.finished && entry.route != route) return &entry;
  }
  return nullptr;
}

void outbox_stream::start(outbox_entry& next) {
  if (next.message.sequence == 0) next.message.sequence = ++last_sequence_;
  // The first entry is unfinished, and was sent no later than this one: all below it is settled.
  next.message.floor = entries_.front().message.sequence;
  ++cursor_;
}

void outbox_stream::rewind_lost() {
  cursor_ = 0;
  for (auto& entry : entries_) {
    if (entry.finished && !entry.message.acknowledged) entry.missing = true;
  }
}

void outbox_stream::forget_finished() {
  while (!entries_.empty() && entries_.front().finished) {
    const auto& first = entries_.front();
    if (first.missing) last_missing_ = std::max(last_missing_, first.message.sequence);
    entries_.pop_front();
    if (cursor_ > 0) --cursor_;
  }
}

outbox_entry* outbox_stream::stalled(std::uint64_t route) {
  if (entries_.empty()) return nullptr;
  auto& first = entries_.front();
  const bool told_before = first.route == route && first.message.floor <= last_missing_;
  return told_before ? &first : nullptr;
}

}  // namespace hobnob::core
