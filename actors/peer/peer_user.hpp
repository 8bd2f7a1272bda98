#pragma once

#include "actors/core/dial_plan.hpp"
#include "actors/interfaces.hpp"

#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace hobnob {

/// How messages to a user travel, as last told to the message store.
struct peer_route {
  enum class kind : std::uint8_t { untold, waiting, gone, relay, link };

  kind by = kind::untold;
  std::uint64_t via = 0;  ///< The link's number, or the user's session at the relay.

  friend bool operator==(const peer_route&, const peer_route&) = default;
};

/// A circuit to a user that is wanted, or on its way.
struct circuit_wish {
  using time_point = std::chrono::steady_clock::time_point;

  time_point until{};       ///< Somebody wants it until then.
  time_point not_before{};  ///< Direct dials come first; after a failure there is a pause.
  std::optional<time_point> entered;  ///< The last one.
  std::uint64_t attempt = 0;          ///< What is under way has the number; 0: nothing.
  std::uint32_t failures = 0;
  std::string fault;  ///< Of the last failure, for people.
};

/// What the peer knows of one other user.
struct peer_user {
  std::string name;
  fingerprint id;  ///< The key we go by. Null until one is known.
  bool verified = false;

  presence state = presence::offline;
  std::optional<core::online_user> online;   ///< Its session, if it shows the key we go by.
  std::optional<core::online_user> offered;  ///< Its session, if it shows another key.
  bool listed = false;                       ///< In the directory (a hidden user is not).
  bool seen = false;                         ///< In the snapshot that is coming in.

  core::dial_plan dial;

  /// To be dialled from any port next: a connection that was only half opened, as through a NAT
  /// that answers from another port, holds the addresses that a dial from our own would have.
  std::set<endpoint> from_any_port;

  circuit_wish circuit;
  link_state link = link_state::down;  ///< As last told to subscribers.
  path_kind path = path_kind::none;    ///< The same: of that link.
  peer_route route;
  std::uint64_t route_number = 0;
  std::optional<std::chrono::steady_clock::time_point> relay_after;  ///< A link's head start.

  /// Sends that wait until the relay has said who that is.
  using waiting_send = std::variant<send_text, send_application_message>;
  std::vector<waiting_send> waiting;
  bool looked_up = false;  ///< A lookup by name is under way, or has its turn soon.

  std::chrono::milliseconds lookup_pause{};  ///< After the last one, which found nobody.
  bool lookup_planned = false;
  std::vector<caf::typed_response_promise<ping_result>> pings;  ///< Wait for the same.

  // Messages that came under a key that is not trusted.
  std::uint32_t refused = 0;  ///< Since it was told last.
  std::optional<std::chrono::steady_clock::time_point> refused_told;
};

/// Whether messages to the user may be waiting or under way.
inline bool in_conversation(const peer_user& user) {
  return user.route.by != peer_route::kind::untold && user.route.by != peer_route::kind::gone;
}

/// Whether a link that needs no relay has been told of.
inline bool is_direct(const peer_user& user) {
  return user.link != link_state::down && user.path != path_kind::circuit;
}

/// One sentence on why there is no direct link; empty if there is one.
/// `hidden`: this peer is (see `peer_config`).
std::string why_not_direct(const peer_user& user, bool may_dial, bool may_accept, bool hidden);

/// The attempts for `who`.
std::vector<dial_attempt> attempts_of(const peer_user& user,
                                      std::chrono::steady_clock::time_point now);

}  // namespace hobnob
