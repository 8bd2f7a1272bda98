#pragma once

#include "transport/bytes.hpp"
#include "transport/frame.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace hobnob::core {

enum class message_kind : std::uint8_t { text = 1, application = 2 };

/// One message between two users, as every path carries it.
/// Order is kept per (sender, epoch, channel); text is the channel with the empty name.
struct message {
  std::array<std::uint8_t, 16> id{};  ///< Random; the same on every path.
  message_kind kind = message_kind::text;
  /// The receiver answers with a receipt; the sender keeps it until then.
  bool acknowledged = true;
  std::string channel;
  std::uint64_t epoch = 0;     ///< Random per start of the sender's outbox.
  std::uint64_t sequence = 0;  ///< From 1, per receiver and channel.
  /// Lowest sequence its sender still holds: nothing below it will come any more.
  std::uint64_t floor = 0;
  std::int64_t sent_at_ms = 0;                            ///< Unix time by the sender's clock.
  frame_priority priority = frame_priority::interactive;  ///< Local: how urgent on a link.
  shared_slice content;
};

enum class receipt_status : std::uint8_t {
  delivered = 1,
  refused = 2,
  too_large = 3,
  unsupported = 4,
  untrusted = 5  ///< The receiver knows another key of the sender.
};

/// The receiver's end-to-end word about one message.
struct receipt {
  std::array<std::uint8_t, 16> id{};
  receipt_status status = receipt_status::delivered;
};

}  // namespace hobnob::core
