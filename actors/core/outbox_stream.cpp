#include "actors/core/outbox_stream.hpp"

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

void outbox_stream::forget_finished() {
  while (!entries_.empty() && entries_.front().finished) {
    entries_.pop_front();
    if (cursor_ > 0) --cursor_;
  }
}

}  // namespace hobnob::core
