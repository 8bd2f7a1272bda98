#pragma once

#include "actors/core/inbox.hpp"
#include "actors/core/outbox.hpp"
#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace hobnob {

struct message_store_config {
  std::uint64_t epoch = 0;                ///< Random, another at every start.
  std::function<std::int64_t()> wall_ms;  ///< Unix time; what messages are stamped with.
  core::outbox_limits outgoing;
  core::inbox_limits incoming;
};

/// All messages of one peer until they are delivered or failed, and what is needed to show each one
/// that comes exactly once and in order, whichever path carries it. In memory.
///
/// The peer decides the route to each user and tells it (`route_changed`); subscribers get the
/// messages that come and the progress of those sent. What goes by a link it writes to the link's
/// connection itself. A message for which there is no route is the hub's to decide about
/// (message_store_front.cpp). Codes of failed messages: "unknown-user",
/// "bad-channel", "invalid-text", "too-large", "duplicate-id", "overflow", "too-many-channels",
/// "offline", "timeout", "require-direct", "refused", "unsupported", "key-not-trusted", "stopped",
/// and "unconfirmed": it was sent, and whether it arrived nobody knows.
struct message_store_state {
  using time_point = std::chrono::steady_clock::time_point;

  static inline const char* name = "hobnob.messages";

  /// All that is known of one user.
  struct conversation {
    conversation(const fingerprint& user_id, std::size_t own_index,
                 const message_store_config& config);

    fingerprint user;
    std::string name;
    std::size_t index;  // In `conversations`.
    core::outbox out;
    core::inbox in;
    // What we send goes by one of these; both are null if there is no way.
    message_carrier_actor carrier;
    connection_ptr link;
    // What came last came by one of these.
    message_carrier_actor reply_by;
    std::uint64_t reply_link = 0;
    path_kind reply_path = path_kind::none;
    bool misbehaved = false;

    bool has_way() const noexcept { return carrier || link; }
  };

  /// A link whose messages we carry.
  struct open_link {
    conversation* with = nullptr;
    path_kind path = path_kind::none;
    connection_ptr connection;
  };

  explicit message_store_state(message_store_actor::pointer selfptr) : self(selfptr) {}

  message_store_actor::behavior_type make_behavior(message_store_config settings);

  // --- message_store_front.cpp: what the rest of the program knows as the peer
  template <class Order>
  void send(Order& order);
  void take_back(const std::string& to);
  void subscribe(const peer_subscriber_actor& subscriber);
  template <class Request>
  void hand_on(const Request& request) {
    if (hub) self->send(hub, request);
  }

  // --- message_store_links.cpp
  void open(const link_ready& news);
  void take(const link_frames& arrived);
  void close(const link_gone& news);
  void carry(conversation& with, std::vector<core::message> messages);
  void carry(conversation& with, const core::message& message);
  void answer(conversation& with, std::vector<core::receipt> receipts);
  void note_send(conversation& with, connection_handle& link, send_status status);

  // --- message_store.cpp
  void keep(const send_text& order);
  void keep(send_application_message& order);
  void keep(const std::string& to, core::message message, std::chrono::milliseconds timeout,
            bool require_direct);
  void change_route(const route_changed& order);
  void take(const frames_arrived& arrived);
  enum class verdict : std::uint8_t { sound, absurd, malformed };
  verdict take_frame(conversation& with, const frame& incoming, time_point at,
                     core::inbox_actions& received, core::outbox_actions& sent);
  void note_nonsense(conversation& with);
  void woken(std::uint64_t token);
  void look_at_deadlines();

  conversation& conversation_with(const fingerprint& user, const std::string& user_name);
  conversation* find(const fingerprint& user);
  message_count count() const;
  message_count settle_all();
  void fail(const std::string& to, const core::message& message, std::string code,
            std::string detail);

  /// Carry out what the pure classes decided.
  void perform(conversation& with, core::outbox_actions actions);
  void perform(conversation& with, core::inbox_actions actions);
  void tell(const conversation& with, core::outbox_report report);
  void show(const conversation& from, core::inbox_actions::shown shown);

  /// Makes sure that we are woken by `due`.
  void wake_by(time_point due);
  void wake_for(const conversation& with);

  template <class Event>
  void tell_subscribers(const Event& event) {
    for (const auto& subscriber : subscribers) self->send(subscriber, event);
  }
  time_point now() const { return self->clock().now(); }

  message_store_actor::pointer self;
  message_store_config config;
  peer_actor hub;
  bool stopping = false;
  // How many messages to a user the hub has to decide about: later ones wait behind them.
  std::unordered_map<std::string, std::size_t> asked;
  // Subscribers whom the hub has yet to tell the present state.
  std::size_t subscribing = 0;
  std::vector<peer_subscriber_actor> subscribers;
  std::vector<std::unique_ptr<conversation>> conversations;  // In the order in which they began.
  std::unordered_map<fingerprint, conversation*> by_user;
  std::unordered_map<std::string, conversation*> by_name;
  std::unordered_map<std::uint64_t, open_link> links;
  std::vector<time_point> wakes;  // When a `deadline_passed` is on its way; the next one is last.
};

message_store_actor::behavior_type message_store(
    message_store_actor::stateful_pointer<message_store_state> self, message_store_config config);

}  // namespace hobnob
