#pragma once

#include "actors/core/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace hobnob::core {

/// One message that its sender still holds.
struct outbox_entry {
  using time_point = std::chrono::steady_clock::time_point;

  core::message message;
  time_point deadline{};
  time_point direct_until{};     ///< With `require_direct`: how long it waits for a link.
  std::uint64_t route = 0;       ///< It is on its way on this route; 0: it is to be sent (again).
  std::uint64_t told_route = 0;  ///< The last one reported.
  std::uint8_t path = 0;
  std::uint32_t attempts = 0;  ///< Sendings of which nothing is known: it may have arrived.
  bool require_direct = false;
  bool finished = false;
  bool missing = false;  ///< Finished, and its receiver may never have seen it.
};

/// The messages of one channel to one recipient, in order. They get their sequence numbers when
/// first sent, so that what fails before leaves no gap.
class outbox_stream {
 public:
  explicit outbox_stream(frame_priority priority) : priority_(priority) {}

  /// That of the channel's first message: two priorities would overtake each other on a link.
  frame_priority priority() const noexcept { return priority_; }

  /// The reference stays valid while the entry is unfinished.
  outbox_entry& push(outbox_entry added);

  /// The first entry that is not on its way on `route`; null if there is none.
  outbox_entry* next(std::uint64_t route);

  /// Gives `next()` its sequence (if it has none) and floor, and steps behind it.
  void start(outbox_entry& next);

  /// Nothing is held.
  bool empty() const noexcept { return entries_.empty(); }

  /// Numbers a message that passes an empty stream without being held: its sequence, and its floor.
  std::uint64_t pass() noexcept { return ++last_sequence_; }

  /// `next` shall look from the first entry again: some have to be sent again.
  void rewind() noexcept { cursor_ = 0; }

  /// The same after the route was lost, and with it perhaps what is not sent again.
  void rewind_lost();

  /// Drops finished entries: to be called when one has become so.
  void forget_finished();

  /// The first entry, if its receiver will wait in vain for one before it: it is on its way on
  /// `route` with a floor of the time when that one was still held. To be sent again. Else null.
  outbox_entry* stalled(std::uint64_t route);

  /// Calls `visit` with each unfinished entry, in order. `visit` may set `finished`, but not call
  /// `forget_finished`.
  template <class Visit>
  void for_each(Visit visit) {
    for (auto& entry : entries_) {
      if (!entry.finished) visit(entry);
    }
    forget_finished();
  }

 private:
  frame_priority priority_;
  std::deque<outbox_entry> entries_;  // Finished ones stay while an earlier one is unfinished.
  std::size_t cursor_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t last_missing_ = 0;  // The last forgotten one that may be missing.
};

}  // namespace hobnob::core
