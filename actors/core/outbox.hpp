#pragma once

#include "actors/core/message.hpp"
#include "actors/core/outbox_stream.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace hobnob::core {

struct outbox_limits {
  using duration = std::chrono::steady_clock::duration;

  std::size_t queued_messages_max = 5000;
  std::size_t queued_bytes_max = 16 * 1024 * 1024;
  std::size_t channels_max = 256;  ///< A receiver keeps as many (inbox_limits).
  /// On their way without a receipt. A receiver holds back as much when the first of them is late.
  std::size_t in_flight_messages_max = 1000;
  std::size_t in_flight_bytes_max = 4 * 1024 * 1024;
  std::size_t in_flight_reserve =
      1024 * 1024;  ///< Of the bytes: for urgent and interactive messages only.
  std::size_t burst_bytes = 256 * 1024;  ///< Then the carrier gets time to say that it is full.
  duration direct_patience =
      std::chrono::seconds{5};  ///< How long `require_direct` waits for a link.
  duration busy_pause_min = std::chrono::milliseconds{50};
  duration busy_pause_max = std::chrono::seconds{2};
  duration probe_after =
      std::chrono::seconds{5};  ///< Silence on a relayed route before all is sent again; doubles.
  duration probe_after_max = std::chrono::seconds{20};
};

/// How messages to the recipient travel now.
struct outbox_route {
  std::uint64_t id = 0;   ///< Never reused; 0: there is no way at the moment.
  std::uint8_t path = 0;  ///< The caller's word for the kind of path; comes back in reports.
  bool relayed = false;   ///< By envelopes, which may get lost.
  bool circuit = false;   ///< By a link through the relay.

  /// Fit for messages that require it.
  bool is_direct() const { return id != 0 && !relayed && !circuit; }
};

/// How far a message has come.
struct outbox_report {
  enum class kind : std::uint8_t { sent, delivered, failed };

  std::array<std::uint8_t, 16> id{};
  kind what = kind::sent;
  std::uint8_t path = 0;
  std::uint32_t size = 0;
  std::string code;    ///< Why it failed: stable, for programs.
  std::string detail;  ///< The same for people.
};

struct outbox_actions {
  std::vector<message> carry;          ///< To hand to the route's carrier, in order.
  std::vector<outbox_report> reports;  ///< In the order in which it happened.
  bool yielded = false;  ///< There is more to send: call `resume` when others had their turn.
};

/// All messages to one recipient until they are delivered, failed, or (unacknowledged ones) sent.
///
/// A message that was on its way when its route went is sent again on the next one, with the same
/// id and sequence. Every message carries the lowest sequence of its channel that is still held, so
/// that a failed one never stalls later ones. Unacknowledged messages are sent once and forgotten;
/// they have their place in the order.
class outbox {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `epoch` is new and random at every start of the program.
  explicit outbox(std::uint64_t epoch, const outbox_limits& limits = {});

  outbox(outbox&&) = delete;  // The index points into the channels.

  /// Takes a message (its epoch, sequence and floor are set here), or fails it at once.
  void push(message added, time_point deadline, bool require_direct, time_point now,
            outbox_actions& out);

  /// True if `added` is unacknowledged and nothing is before it: it has its numbers, is the
  /// carrier's to send now, and the outbox knows no more of it. Else nothing has changed: `push`
  /// it.
  bool pass(message& added, bool require_direct);

  /// Messages travel by `route` from now on.
  void change_route(const outbox_route& route, time_point now, outbox_actions& out);

  /// The recipient is offline: everything fails.
  void recipient_gone(outbox_actions& out);

  /// The sender stops: everything fails.
  void stop(outbox_actions& out);

  /// The carrier of `route` is full, or not any more.
  void set_blocked(std::uint64_t route, bool blocked, time_point now, outbox_actions& out);

  /// The recipient answered. False: for a message that was never sent (a protocol error).
  bool take_receipt(const receipt& answer, time_point now, outbox_actions& out);

  /// The relay refused these messages. `busy` means try again after a pause; after `offline` they
  /// wait for the next route, or for word that the recipient is gone, and one tries it meanwhile.
  void refused(std::uint64_t route, std::span<const std::array<std::uint8_t, 16>> ids,
               const std::string& code, time_point now, outbox_actions& out);

  /// To be called at `deadline()`, or later.
  void tick(time_point now, outbox_actions& out);

  /// Goes on sending after `outbox_actions::yielded`.
  void resume(time_point now, outbox_actions& out);

  std::optional<time_point> deadline() const;

  /// Messages not yet delivered or failed.
  std::size_t size() const noexcept { return messages_; }

  /// Of their contents.
  std::size_t content_bytes() const noexcept { return bytes_; }

  const outbox_route& route() const noexcept { return route_; }

 private:
  struct channel {
    outbox_stream stream;
    bool ready = false;  // It is in `ready_`.
  };
  struct place {
    channel* where;
    outbox_entry* entry;
  };
  struct id_hash {
    std::size_t operator()(const std::array<std::uint8_t, 16>& id) const noexcept {
      std::size_t result;
      std::memcpy(&result, id.data(), sizeof result);
      return result;
    }
  };

  bool may_pump() const noexcept;
  channel* find_channel(const message& added);
  void make_ready(channel& which);
  void begin_route();
  void send_again_all();
  void pump(time_point now, outbox_actions& out);
  bool may_send(const channel& from, const outbox_entry& entry) const;
  void send(channel& from, outbox_entry& entry, outbox_actions& out);
  void leave_flight(const outbox_entry& entry);
  void settle(outbox_entry& entry);
  void fail(outbox_entry& entry, outbox_report why, outbox_actions& out);
  void forget_finished(channel& in);
  void fail_if_late(outbox_entry& entry, time_point now, outbox_actions& out);
  bool waits_for_link(const outbox_entry& entry) const;

  std::uint64_t epoch_;
  outbox_limits limits_;
  outbox_route route_;
  bool blocked_ = false;
  bool nowhere_ = false;  // The relay said so of the route.
  bool yielded_ = false;
  std::map<std::string, channel> channels_;
  std::unordered_map<std::array<std::uint8_t, 16>, place, id_hash>
      index_;  // Acknowledged messages only.
  // Channels that may have something to send: few. There are outboxes by the thousand, and an empty
  // vector takes no memory, as a deque does.
  std::array<std::vector<channel*>, frame_priorities> ready_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::size_t in_flight_messages_ = 0;
  std::size_t in_flight_bytes_ = 0;
  std::optional<time_point> earliest_;      // No message falls due before it.
  std::optional<time_point> paused_until_;  // The relay is busy, or knows no such session.
  outbox_limits::duration busy_pause_;
  std::optional<time_point> probe_at_;  // Relayed messages are in flight and nothing is heard.
  outbox_limits::duration probe_after_;
};

}  // namespace hobnob::core
