#pragma once

#include "actors/core/dedup_window.hpp"
#include "actors/core/message.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace hobnob::core {

/// What to do with messages that have come.
struct inbox_actions {
  struct shown {
    core::message message;
    bool after_gap = false;  ///< Earlier messages of the channel never came.
  };
  std::vector<shown> show;  ///< In order; each exactly once.
  std::vector<receipt> receipts;
};

/// What one sender's messages that wait for earlier ones may take up, over all its channels.
struct hold_back_budget {
  std::size_t messages_max = 1000;
  std::size_t bytes_max = 4 * 1024 * 1024;
  std::size_t messages = 0;
  std::size_t bytes = 0;

  bool exceeded() const noexcept { return messages > messages_max || bytes > bytes_max; }
};

/// Brings the messages of one channel (of one epoch of one sender) into order and removes
/// duplicates. A gap is waited for until it is too old, or holds back too much; then what came is
/// shown with a mark, and the missing messages, should they still come, are refused, so that their
/// sender knows.
class channel_order {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// `floor` is that of the first message that came.
  explicit channel_order(std::uint64_t floor) : window_(floor) {}

  /// The sequence number that is due.
  std::uint64_t next() const noexcept { return window_.next(); }

  /// Would this message be shown, now or later?
  bool is_new(std::uint64_t sequence) const;

  /// Takes a whole message whose floor and sequence have been found sane. `status` is the judgement
  /// on its content: all but `delivered` are answered and never shown.
  void accept(message incoming, receipt_status status, time_point now, hold_back_budget& budget,
              inbox_actions& out);

  /// Shows what waits for a gap older than `patience`.
  void tick(time_point now, duration patience, hold_back_budget& budget, inbox_actions& out);

  /// Shows all that waits.
  void flush(time_point now, hold_back_budget& budget, inbox_actions& out);

  /// Since when the present gap has been waited for; nothing if there is none.
  std::optional<time_point> waiting_since() const;

 private:
  struct held {
    core::message message;
    receipt_status status = receipt_status::delivered;
  };

  void pass_floor(std::uint64_t floor, time_point now, hold_back_budget& budget,
                  inbox_actions& out);
  void skip_first_gap(time_point now, hold_back_budget& budget, inbox_actions& out);
  void release(time_point now, hold_back_budget& budget, inbox_actions& out);
  void hold(message incoming, receipt_status status, time_point now, hold_back_budget& budget,
            inbox_actions& out);
  void start_waiting(time_point now);
  void take_next(message incoming, receipt_status status, inbox_actions& out);

  dedup_window window_;
  std::map<std::uint64_t, held> held_;
  time_point waiting_since_{};     // Meaningful while `held_` is not empty, as is the next.
  std::uint64_t waiting_for_ = 0;  // The first number of the gap.
  bool gap_ = false;               // The next one shown comes after a gap.
};

}  // namespace hobnob::core
