#pragma once

#include "actors/core/channel_order.hpp"
#include "actors/core/message_part.hpp"
#include "actors/core/reassembly.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hobnob::core {

struct inbox_limits {
  std::chrono::steady_clock::duration gap_patience = std::chrono::seconds{30};
  std::size_t held_messages_max = 1000;
  std::size_t held_bytes_max = 4 * 1024 * 1024;
  std::size_t channels_max = 256;  ///< Per epoch.
  std::size_t epochs_max = 8;      ///< Of a sender that restarts often.
  reassembly::limits parts;
};

/// Everything that comes from one sender: parts become messages, messages are shown exactly once
/// and in the order of their channel, whichever path brought them.
class inbox {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Judges the content of a whole message: `delivered` lets it through, anything else is the
  /// answer to it.
  using content_check = receipt_status (*)(const message&);

  explicit inbox(content_check check, const inbox_limits& limits = {});

  /// Takes what one frame held. False: a protocol error (absurd numbers, parts that contradict each
  /// other); nothing has changed.
  bool accept(message_part part, time_point now, inbox_actions& out);

  /// Shows what has waited too long for earlier messages. To be called at `deadline()`, or later.
  void tick(time_point now, inbox_actions& out);

  std::optional<time_point> deadline() const;

  /// What waits for earlier messages, and for the rest of itself.
  const hold_back_budget& held_back() const noexcept { return budget_; }
  const reassembly& parts() const noexcept { return parts_; }

 private:
  struct epoch_state {
    std::uint64_t epoch = 0;
    std::map<std::string, channel_order, std::less<>> channels;
  };

  epoch_state* use_epoch(std::uint64_t epoch, time_point now, inbox_actions& out);
  channel_order* find_channel(const message& head, time_point now, inbox_actions& out);

  content_check check_;
  inbox_limits limits_;
  hold_back_budget budget_;
  reassembly parts_;
  std::vector<epoch_state> epochs_;     // The last used one first.
  std::vector<std::uint64_t> retired_;  // Old messages of these come from nobody honest.
};

}  // namespace hobnob::core
