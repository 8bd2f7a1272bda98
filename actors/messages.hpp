#pragma once

// The vocabulary of the system: every message that actors exchange. Facts are named in the past
// tense, commands by verbs. All messages stay inside one process; what travels on the wire is in
// transport/wire/ and docs/protocol.md.

#include "actors/type_ids.hpp"
#include "transport/circuit_pass.hpp"
#include "transport/close_reason.hpp"
#include "transport/connection_handle.hpp"
#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

using session_id = std::uint64_t;  ///< Given by a relay at login; 0 is none.
/// Random; the same on every path and in every event.
using message_id = std::array<std::uint8_t, 16>;

// --- Between coroutines and actors (link_bridge) ---

/// What one read brought. The consumer acknowledges `batch->wire_size()` to its connection once it
/// has dealt with it.
struct connection_frames {
  std::shared_ptr<const frame_batch> batch;
};

/// The send queue fell below its low-water mark after `send_status::full`.
struct connection_drained {};

/// The last message of a connection.
struct connection_closed {
  close_info why;
};

/// A listener has a new connection, TLS done, not yet reading: give it a consumer with
/// `link_bridge::attach`.
struct connection_accepted {
  connection_ptr connection;
};

/// The answer to `link_bridge::dial`.
struct dial_finished {
  std::uint64_t ticket = 0;
  connection_ptr connection;  ///< Null when it failed.
  endpoint remote;
  /// For people: "connection refused", "timed out", "the key is not the expected one".
  std::string error;
  /// The address pair is taken by the other side's dial: it is about to be accepted.
  bool awaits_accept = false;
  bool key_mismatch = false;
  fingerprint met;  ///< Whom TLS proved there, if it came so far.
};

// --- heartbeat_monitor to its session or link ---

struct silence_suspected {
  bool suspect = false;  ///< False: heard again.
};
struct silence_lost {};

// --- Relay: directory and sessions ---

/// What a login asks for, checked for form but not yet for right.
struct login_request {
  std::string user;
  public_key key{};
  fingerprint id;
  std::string signed_record;  ///< A serialised wire::SignedRecord, signature verified.
  std::uint64_t record_serial = 0;
  endpoint observed;
  bool subscribe = false;
  bool hidden = false;
};

struct login_verdict {
  session_id session = 0;  ///< 0: refused.
  bool newly_bound = false;
  /// Why refused, stable: "name-taken", "registration-closed", "bad-name", ...
  std::string code;
  std::string detail;  ///< The same for people.
};

struct session_ended {
  session_id session = 0;
  close_reason reason = close_reason::goodbye;
};

struct session_suspected {
  session_id session = 0;
  bool suspect = false;
};

struct session_record_changed {
  session_id session = 0;
  std::string signed_record;
  std::uint64_t record_serial = 0;
};

/// A serialised wire::Control with directory changes, made once and shared by all subscribers.
struct directory_notice {
  shared_slice payload;
};

/// Tells a session to end; its peer is told why.
struct end_session {
  close_info why;
};

/// Answers a wire::Lookup; `entry` is a serialised wire::DirectoryEntry, empty if not online.
struct directory_lookup {
  std::string user;
  fingerprint id;
  session_id session = 0;
};
struct directory_lookup_result {
  std::string entry;
  bool known = false;
};

/// Asks for the session that envelopes to `session` go to.
struct find_route {
  session_id session = 0;
};

/// Envelope frames of one sender to one receiver: entries of `batch`, whose payloads start with a
/// wire envelope_header.
struct forward_envelopes {
  session_id from = 0;
  std::shared_ptr<const frame_batch> batch;
  std::vector<std::uint32_t> entries;
};

/// What a receiving session could not take.
struct envelopes_refused {
  session_id to = 0;
  std::vector<std::uint64_t> tags;
  std::uint8_t reason = 0;  ///< wire envelope_refusal reason
};

/// Two sessions may join a connection each; this one by `token`.
struct circuit_offered {
  session_id with = 0;  ///< The other session.
  circuit_token token{};
  bool asked = false;  ///< It was this side that wanted it.
};

/// Account administration: `relay_main admit|rebind|remove|users|kick`, also beside a running
/// relay.
struct admit_user {
  std::string user;
  fingerprint id;
  bool rebind = false;  ///< Replace an existing binding (and end its session).
};
struct remove_user {
  std::string user;
};
struct kick_user {
  std::string user;
};
struct list_users {};

struct account_info {
  std::string user;
  fingerprint id;
  bool online = false;
  std::int64_t bound_at_s = 0;  ///< Unix time.
};
struct account_list {
  std::vector<account_info> accounts;
};
struct account_change_result {
  bool done = false;
  std::string detail;
};

// --- Peer: what subscribers are told ---

enum class path_kind : std::uint8_t { none, lan, wan, mapped, punched, circuit, relay };

enum class session_state : std::uint8_t { connecting, online, waiting, refused, replaced, stopped };

/// The session with the relay came or went.
struct session_changed {
  session_state state = session_state::connecting;
  std::string code;    ///< Stable, when refused: "name-taken", "relay-key-changed", ...
  std::string detail;  ///< For people.
  session_id session = 0;
  endpoint observed;                      ///< Our address as the relay sees it.
  fingerprint relay;                      ///< Whom TLS proved there; null if it never came so far.
  std::chrono::milliseconds retry_in{0};  ///< When `waiting`.
  std::chrono::milliseconds heartbeat{0};  ///< When `online`: what the relay decided for all.
};

enum class presence : std::uint8_t { offline, online, suspect };

struct presence_changed {
  std::string user;
  fingerprint id;
  presence state = presence::offline;
  close_reason reason = close_reason::goodbye;  ///< Why it went offline.
  /// Loud: the user shows another key than the one known. No link and no message until
  /// `verify_user` accepts it.
  bool key_changed = false;
  /// Messages that came under that key since this was told last, at most every 10 s. None was
  /// shown, and their sender knows.
  std::uint32_t messages_refused = 0;
};

enum class link_state : std::uint8_t { down, up, suspect };

struct link_changed {
  std::string user;
  fingerprint id;
  link_state state = link_state::down;
  path_kind path = path_kind::none;
  endpoint remote;
  bool dialled = false;                         ///< We opened it.
  close_reason reason = close_reason::goodbye;  ///< Why it went down.
  std::string detail;
};

/// One address, for "why is there no direct link?".
struct dial_attempt {
  endpoint remote;
  std::string error;                 ///< Empty while it is being tried, or waits for its turn.
  std::chrono::milliseconds age{0};  ///< Since it ended.
};

/// A user's row in `who`.
struct user_info {
  std::string user;
  fingerprint id;
  presence state = presence::offline;
  bool verified = false;
  bool key_changed = false;
  path_kind path = path_kind::none;  ///< `relay`: no link, messages go through the relay.
  link_state link = link_state::down;
  endpoint remote;
  std::chrono::milliseconds round_trip{-1};
  std::string why_not_direct;  ///< One sentence; empty on a direct link.
  std::vector<dial_attempt> attempts;
  std::chrono::milliseconds retry_in{-1};
};

struct user_list {
  std::vector<user_info> users;
  bool complete = false;  ///< The relay has told everybody who is online.
};

struct text_received {
  std::string from;
  fingerprint from_id;
  message_id id{};
  std::string text;  ///< As sent: sanitise before showing it on a terminal.
  path_kind path = path_kind::none;
  std::int64_t sent_at_ms = 0;  ///< Unix time by the sender's clock.
  bool after_gap = false;       ///< Earlier messages of this sender never came.
};

struct application_message_received {
  std::string from;
  fingerprint from_id;
  message_id id{};
  std::string channel;
  shared_slice content;
  path_kind path = path_kind::none;
};

enum class message_state : std::uint8_t { queued, sent, delivered, failed };

/// How far one of our messages has come. `delivered` and `failed` are final. Of an unacknowledged
/// message nothing is told if it leaves at once; else `queued`, then `sent` or `failed`.
struct message_progress {
  message_id id{};
  std::string to;
  message_state state = message_state::queued;
  path_kind path = path_kind::none;
  /// Why it failed, stable: "offline", "unknown-user", "timeout", "require-direct", "key-changed",
  /// ...
  std::string code;
  std::string detail;  ///< For people.
  std::uint32_t size = 0;
};

/// The peer has stopped; nothing comes after it.
struct peer_stopped {};

// --- Peer: what subscribers may ask ---

struct send_text {
  std::string to;
  message_id id{};  ///< From `make_message_id`; names the message in `message_progress`.
  std::string text;
  std::chrono::milliseconds timeout{30000};
  bool require_direct = false;
};

struct send_application_message {
  std::string to;
  message_id id{};
  std::string channel;   ///< `[a-z0-9._-]{1,64}`; order is kept within a channel.
  shared_slice content;  ///< At most 1 MiB.
  /// The channel keeps that of its first message.
  frame_priority priority = frame_priority::normal;
  bool acknowledged = true;
  std::chrono::milliseconds timeout{30000};
  bool require_direct = false;
};

struct get_users {};
struct get_status {};

struct peer_status {
  std::string user;
  fingerprint id;
  std::vector<endpoint> listening;
  session_changed session;
  std::string relay_uri;
  std::uint32_t links = 0;
  std::uint32_t messages_waiting = 0;
  std::chrono::milliseconds uptime{0};
};

struct ping_user {
  std::string user;
};
/// A link to this user is wanted: through a circuit if none comes about directly. Holds for a
/// minute.
struct want_link {
  std::string user;
};

struct ping_result {
  std::string user;
  path_kind path = path_kind::none;  ///< `none`: no answer.
  endpoint remote;
  std::chrono::microseconds round_trip{0};
  std::string code;
  std::string detail;
};

struct verify_user {
  std::string user;
  bool accept = false;  ///< Trust the key now offered (a first or a changed one).
};
struct verify_result {
  std::string user;
  bool known = false;
  bool verified = false;
  bool key_changed = false;
  fingerprint pinned;
  fingerprint offered;       ///< Null when not online.
  std::string safety_words;  ///< The same on both sides if nobody is in between.
  std::string not_stored;    ///< Why the accepted key holds for this run only, for people.
};

/// Says goodbye to relay and links, then answers every subscriber with `peer_stopped`.
struct stop_peer {};

// The relay's and the peer's inner messages that carry only actor handles and core types are in
// interfaces.hpp.

}  // namespace hobnob
