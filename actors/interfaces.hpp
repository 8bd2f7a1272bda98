#pragma once

// The map of the system: every typed actor interface, a comment per handler.
//
//   relay:  (connections) -> user_session <-> directory -> account_store
//   peer:   subscriber <-> message_store <-> peer_hub, relay_session, peer_link (one per user)
//   both:   link_bridge makes connections speak to their consumer;
//           heartbeat_monitor watches one connection each

#include "actors/core/message.hpp"
#include "actors/core/online_user.hpp"
#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>

#include <variant>

// clang-format off: one handler a line.

namespace hobnob {

template <class... Ts>
using reacts_to = caf::reacts_to<Ts...>;

// --- What link_bridge needs of the actors it talks to ---

/// Consumes one connection.
using connection_consumer_actor = caf::typed_actor<
    reacts_to<connection_frames>,   // What one read brought; acknowledge it to the connection.
    reacts_to<connection_drained>,  // There is room again after `send_status::full`.
    reacts_to<connection_closed>>;  // The connection's last message.

/// Takes the new connections of a listener.
using connection_acceptor_actor = caf::typed_actor<reacts_to<connection_accepted>>;

/// Waits for the outcome of `link_bridge::dial`.
using dial_client_actor = caf::typed_actor<reacts_to<dial_finished>>;

// --- heartbeat_monitor ---

/// To the monitor itself: there is news of its connection's silence, or it is time to look.
struct heartbeat_tick {};

using heartbeat_monitor_actor = caf::typed_actor<reacts_to<heartbeat_tick>>;

/// A session or link that is watched.
using heartbeat_owner_actor =
    caf::typed_actor<reacts_to<silence_suspected>,  // Twice the interval without a sign of life, or
                                                    // heard again.
                     reacts_to<silence_lost>>;      // Three times the interval: give it up.

// --- Relay ---

struct route_found;

/// One logged-in (or logging-in) connection at the relay.
using user_session_actor = connection_consumer_actor::extend<
    reacts_to<silence_suspected>, reacts_to<silence_lost>,
    reacts_to<directory_notice>,   // Directory changes to pass on to the peer.
    reacts_to<route_found>,        // The session behind a session id that envelopes go to.
    reacts_to<forward_envelopes>,  // Envelopes of another session for this peer.
    // Envelopes of this peer that the receiver's session could not take.
    reacts_to<envelopes_refused>,
    reacts_to<circuit_offered>,  // Another session wants a circuit with this peer.
    reacts_to<end_session>>;     // Replaced, kicked or the relay stops.

struct register_session {
  login_request login;
  user_session_actor session;
};

/// The answer to `find_route`; `target` is null when there is no such session.
struct route_found {
  session_id session = 0;
  user_session_actor target;
};

/// Who is online, and which key each name is bound to.
using directory_actor = caf::typed_actor<
    // A login: bind or check the name, replace an older session.
    caf::replies_to<register_session>::with<login_verdict>,
    // A session is gone: tell the subscribers.
    reacts_to<session_ended>,
    // A session went silent, or is heard again.
    reacts_to<session_suspected>,
    reacts_to<session_record_changed>,  // New endpoints of a known session.
    caf::replies_to<directory_lookup>::with<directory_lookup_result>,
    caf::replies_to<find_route>::with<route_found>,
    caf::replies_to<admit_user>::with<account_change_result>,  // Bind (or rebind) a name.
    // Unbind a name and end its session.
    caf::replies_to<remove_user>::with<account_change_result>,
    caf::replies_to<kick_user>::with<account_change_result>,  // End the session of a user.
    caf::replies_to<list_users>::with<account_list>>;

/// Keeps the bindings of names to keys on disk; every answer means "durable".
using account_store_actor =
    caf::typed_actor<caf::replies_to<admit_user>::with<account_change_result>,
                     caf::replies_to<remove_user>::with<account_change_result>,
                     caf::replies_to<list_users>::with<account_list>>;

// --- Peer: public ---

/// Whoever wants to know what happens to a peer.
using peer_subscriber_actor =
    caf::typed_actor<reacts_to<session_changed>,   // Logged in, lost the relay, refused, ...
                     reacts_to<presence_changed>,  // A user came, went silent or left.
                     reacts_to<link_changed>,      // A direct link came, went silent or went.
                     reacts_to<text_received>,     // Chat from a user.
                     reacts_to<application_message_received>,  // Bytes on a named channel from a
                                                               // user.
                     reacts_to<message_progress>,  // How far a message of ours has come.
                     reacts_to<peer_stopped>>;     // The last message.

struct add_subscriber {
  peer_subscriber_actor subscriber;
};

/// The user on this machine.
using peer_actor = caf::typed_actor<
    // First tells it the present state, then every change.
    reacts_to<add_subscriber>,
    // Chat to a user; its outcome comes as `message_progress`.
    reacts_to<send_text>,
    reacts_to<send_application_message>,  // The same with bytes on a channel.
    // Everyone known: presence, path and why not a better one.
    caf::replies_to<get_users>::with<user_list>, caf::replies_to<get_status>::with<peer_status>,
    caf::replies_to<ping_user>::with<ping_result>,      // A round trip on the present path.
    caf::replies_to<verify_user>::with<verify_result>,  // Safety words; accepts a key if asked to.
    reacts_to<want_link>,                               // By a circuit if there is no other way.
    reacts_to<stop_peer>>;                              // Goodbye to all, then `peer_stopped`.

// --- Peer: inner ---

/// Messages to carry to one user, in order.
struct carry_messages {
  fingerprint to;
  std::vector<core::message> messages;
};

/// Receipts to carry back to one user.
struct carry_receipts {
  fingerprint to;
  std::vector<core::receipt> receipts;
};

/// Whoever carries messages where there is no link: the relay_session, which seals them into
/// envelopes. (What goes by a link the message_store writes to its connection itself.)
using message_carrier_actor =
    caf::typed_actor<reacts_to<carry_messages>, reacts_to<carry_receipts>>;

/// The peer has decided how messages to a user travel from now on. Messages in flight on another
/// route are sent again.
struct route_changed {
  fingerprint user;
  std::string name;
  /// Null: they go by the link that `route` names. If there is none there is no way at the moment;
  /// messages wait, or fail if `gone`.
  message_carrier_actor carrier;
  path_kind path = path_kind::none;
  std::uint64_t route = 0;  ///< Names this route, by a link as that link; never reused.
  bool gone = false;        ///< The user is offline (a clear, immediate failure).
};

/// A link is open. From here on the message_store writes its messages and receipts.
struct link_ready {
  std::uint64_t link = 0;
  fingerprint user;
  std::string name;
  path_kind path = path_kind::none;
  connection_ptr connection;
  bool transfers = false;               ///< The other side understands transfers.
  std::uint64_t epoch = 0, serial = 0;  ///< Of the user's record: a user may have two programs.
};

/// What one read of such a link brought. The store takes the message and receipt frames and
/// acknowledges `credit` to the connection; the transfers take theirs, which the link has
/// acknowledged (what may be under way of them is bounded by what was asked for).
struct link_frames {
  std::uint64_t link = 0;
  std::shared_ptr<const frame_batch> batch;
  std::size_t credit = 0;
};

/// A link took more than it could send, and has room again.
struct link_drained {
  std::uint64_t link = 0;
};

/// Such a link is no more.
struct link_gone {
  std::uint64_t link = 0;
};

/// Takes the transfer frames of links, and sends its own on their connections.
using link_transfers_actor = caf::typed_actor<reacts_to<link_ready>, reacts_to<link_frames>,
                                              reacts_to<link_drained>, reacts_to<link_gone>>;

/// The carrier has no room (or has room again).
struct carrier_blocked {
  fingerprint user;
  std::uint64_t route = 0;
  bool blocked = false;
};

/// Message and receipt frames of one authenticated user, out of envelopes.
struct frames_arrived {
  fingerprint from;
  std::string name;
  path_kind path = path_kind::none;
  message_carrier_actor reply_by;  ///< Where receipts go back.
  std::vector<frame> frames;
};

/// The relay would not forward messages to this user.
struct messages_refused {
  fingerprint user;
  std::uint64_t route = 0;
  std::vector<message_id> ids;
  std::string code;  ///< "offline" (another route may come), "busy" (try again), "too-large", ...
};

/// A moment has come that an actor asked to be woken at; `token` is its own.
struct deadline_passed {
  std::uint64_t token = 0;
};

/// Asks how many of our messages are neither delivered nor failed.
struct count_messages {};
struct message_count {
  std::uint32_t waiting = 0;
};

/// The peer has stopped: nothing more can be learned of what is under way, all of it has failed.
/// The answer comes behind the last word on each.
struct settle_messages {};

/// Who decides about what has no route yet: the peer's hub. The store's first message.
struct serve_hub {
  peer_actor hub;
};

/// The hub's answer to a message that the store had no route for: keep it until it can go.
struct keep_message {
  std::variant<send_text, send_application_message> message;
};

/// The other answer: the hub has told subscribers that it failed.
struct message_dropped {
  std::string to;
};

/// A subscriber that the hub has told the present state.
struct tell_subscriber {
  peer_subscriber_actor subscriber;
};

/// Outbox, deduplication and order of all conversations (in memory; later on disk). It is what the
/// rest of the program knows as the peer: what is to be sent to a user with a route goes its way
/// without another hop, and everything else is handed on to the hub.
using message_store_actor = peer_actor::extend<
    reacts_to<serve_hub>, reacts_to<keep_message>, reacts_to<message_dropped>,
    reacts_to<route_changed>,  // Sends what waits, or fails it if the user has gone.
    reacts_to<link_ready>, reacts_to<link_frames>, reacts_to<link_gone>,
    reacts_to<carrier_blocked>,   // Holds back, or goes on.
    reacts_to<frames_arrived>,    // Shows what is new, and answers by the way it came.
    reacts_to<messages_refused>,  // Tries again if that can help, else fails them.
    reacts_to<tell_subscriber>,   // Told of messages that come, and how far ours have come.
    caf::replies_to<count_messages>::with<message_count>,
    caf::replies_to<settle_messages>::with<message_count>,  // How many have failed.
    reacts_to<deadline_passed>>;  // A message, or a gap, has waited for long enough.

/// The relay's word on who is online; the changes of one notice.
struct directory_news {
  bool snapshot_begin = false;            ///< What was known before is void.
  bool snapshot_end = false;              ///< Everybody online has been told.
  std::vector<core::online_user> joined;  // Also new records of known sessions.
  std::vector<session_ended> left;
  std::vector<session_suspected> suspected;
};

/// Asks the relay for one user; exactly one of user, id, session.
struct lookup_user {
  std::uint64_t query = 0;
  std::string user;
  fingerprint id;
  session_id session = 0;
};
struct user_looked_up {
  std::uint64_t query = 0;
  bool online = false;
  core::online_user user;  ///< Only if online.
  bool known = false;      ///< The relay knows the name, though its user may be away.
};

/// Asks the relay for a circuit with that session.
struct request_circuit {
  session_id with = 0;
};
struct circuit_refused {
  session_id with = 0;
  std::string code;  ///< Stable: "off", "offline", "limit", "not-allowed".
};

/// An envelope came from a session that is no contact; it is kept for a moment.
struct unknown_sender {
  session_id session = 0;
  std::uint32_t messages = 0;  ///< That are in it.
};

/// An envelope came back: the relay knows no such session.
struct session_vanished {
  session_id session = 0;
};

/// The peer trusts this user's key (or no longer): envelopes go to it and come from it.
struct contact_changed {
  core::online_user user;
  bool admitted = false;
  /// The route by which messages go to it through the relay; 0: they do not.
  std::uint64_t route = 0;
  /// Not admitted because its key is not the one known: its messages are answered so.
  bool key_changed = false;
};

/// This machine has other addresses than before.
struct addresses_changed {};

/// The session with the relay: login, reconnecting, directory, envelopes.
using relay_session_actor = connection_consumer_actor::extend<
    reacts_to<dial_finished>, reacts_to<silence_suspected>, reacts_to<silence_lost>,
    reacts_to<carry_messages>, reacts_to<carry_receipts>, reacts_to<contact_changed>,
    reacts_to<addresses_changed>,  // Tells the relay where we can be dialled now.
    reacts_to<lookup_user>, reacts_to<request_circuit>,
    caf::replies_to<ping_user>::with<ping_result>,  // A round trip to the user through the relay.
    reacts_to<deadline_passed>,
    reacts_to<end_session>>;  // Says goodbye, then the actor ends.

/// The peer accepts whoever introduced itself on a link.
struct admit_link {};

/// Finds out whether the other side is still there; gives the link up if nothing is heard in time.
struct probe_link {
  std::chrono::milliseconds timeout{2000};
};

/// One connection that is, or wants to be, the link to a user.
using peer_link_actor = connection_consumer_actor::extend<
    reacts_to<silence_suspected>, reacts_to<silence_lost>, reacts_to<admit_link>,
    reacts_to<probe_link>,
    caf::replies_to<ping_user>::with<ping_result>,  // A round trip on this link.
    reacts_to<deadline_passed>,
    reacts_to<end_session>>;  // Says why, closes, then the actor ends.

/// The other side of a link has said who it is; record and key fit. It waits for `admit_link`.
struct link_introduced {
  std::uint64_t link = 0;  ///< The peer's number for it.
  core::online_user user;
};

/// SetupP2P went both ways.
struct link_opened {
  std::uint64_t link = 0;
};
struct link_suspected {
  std::uint64_t link = 0;
  bool suspect = false;
};
/// A link's last message.
struct link_ended {
  std::uint64_t link = 0;
  close_info why;
};

/// The peer listens (or does without): log in and begin.
struct start_peer {
  std::vector<endpoint> listening;
};

/// The peer itself: roster, link table, dialling, the choice of route.
using peer_hub_actor = peer_actor::extend<
    reacts_to<start_peer>, reacts_to<connection_accepted>, reacts_to<dial_finished>,
    reacts_to<session_changed>,  // From the relay_session, as are the next six.
    reacts_to<directory_news>, reacts_to<user_looked_up>, reacts_to<circuit_offered>,
    reacts_to<circuit_refused>, reacts_to<unknown_sender>, reacts_to<session_vanished>,
    reacts_to<link_introduced>,  // From a peer_link, as are the next three.
    reacts_to<link_opened>, reacts_to<link_suspected>, reacts_to<link_ended>,
    reacts_to<deadline_passed>>;

}  // namespace hobnob
