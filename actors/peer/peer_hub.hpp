#pragma once

#include "actors/core/link_table.hpp"
#include "actors/core/token_bucket.hpp"
#include "actors/interfaces.hpp"
#include "actors/peer/agenda.hpp"
#include "actors/peer/own_record.hpp"
#include "actors/peer/peer_config.hpp"
#include "actors/peer/peer_environment.hpp"
#include "actors/peer/peer_user.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hobnob {

/// A link, from the moment its connection is there.
struct peer_link_entry {
  peer_link_actor actor;
  std::weak_ptr<const connection_handle> connection;
  std::optional<core::online_user> user;  ///< Once it has introduced itself.
  std::string dialled_user;  ///< Whom we dialled or entered a circuit for; empty: we accepted.
  endpoint remote;
  path_kind path = path_kind::none;
  bool dialled = false;  ///< We opened it.
  bool admitted = false;
  bool open = false;
  bool suspect = false;
};

/// The peer: who is there, by which link or through the relay to reach them, and why not better.
/// One actor; its reasons to change are files of their own:
///
///   peer_hub.cpp            its behaviour, subscribers, start and stop
///   peer_hub_presence.cpp   what the relay says: session, directory, trust in keys
///   peer_hub_senders.cpp    whose envelopes come without being a contact, or under another key
///   peer_hub_lookups.cpp    users whom the directory does not tell of
///   peer_hub_links.cpp      connections on their way to being links, and the link table
///   peer_hub_dialling.cpp   whom to dial, when and where
///   peer_hub_circuits.cpp   links through the relay where there is no other way
///   peer_hub_sending.cpp    the route of each user's messages, and those that wait for one
///   peer_hub_queries.cpp    what subscribers may ask
struct peer_hub_state {
  using time_point = std::chrono::steady_clock::time_point;

  static inline const char* name = "hobnob.peer";

  /// Within it whoever has just logged in is named by the relay, which gathers news for 250 ms.
  static constexpr std::chrono::milliseconds notice_time{400};

  explicit peer_hub_state(peer_hub_actor::pointer selfptr) : self(selfptr) {}

  peer_hub_actor::behavior_type make_behavior(peer_config settings, own_record own,
                                              peer_environment_ptr surroundings,
                                              message_store_actor messages,
                                              link_transfers_actor files);

  // --- peer_hub.cpp
  void start(const start_peer& order);
  void subscribe(const peer_subscriber_actor& subscriber);
  void stop();
  void finish_stop();
  void say_stopped();
  template <class Event>
  void tell(const Event& event) {
    for (const auto& subscriber : subscribers) self->send(subscriber, event);
  }
  time_point now() const { return self->clock().now(); }
  void at(time_point when, std::function<void()> what);
  void arm(time_point when);
  void woken(std::uint64_t token);

  // --- peer_hub_presence.cpp
  void session_told(const session_changed& news);
  void directory_told(const directory_news& news);
  void user_online(const core::online_user& news, bool listed);
  void user_left(session_id session, close_reason reason);
  std::optional<core::online_user> forget_session(peer_user& user);
  void forget_presence();
  void key_changed(peer_user& user, const core::online_user& news);
  void set_presence(peer_user& user, presence state, close_reason reason = close_reason::goodbye);
  void end_snapshot();
  peer_user& user_named(const std::string& name);
  peer_user* find_user(const std::string& name);
  peer_user* find_session(session_id session);
  enum class trust : std::uint8_t { known, unknown, changed };
  trust trust_in(const std::string& name, const fingerprint& id) const;

  // --- peer_hub_senders.cpp
  void sender_unknown(const unknown_sender& news);
  void ask_about_sender(session_id sender);
  void sender_found(session_id sender);
  void dismiss_sender(session_id sender);
  void note_refused(session_id sender, std::uint32_t messages);
  void tell_refused(peer_user& user);

  // --- peer_hub_lookups.cpp
  bool is_told_of(const peer_user& user) const { return follows_directory() && user.listed; }
  void look_up(peer_user& user);
  void ask_for(peer_user& user);
  void ask_in_turn(const std::string& user);
  void found(peer_user& user, const user_looked_up& answer);
  void not_found(peer_user& user, bool known);
  void plan_lookup(peer_user& user);
  void vanished(session_id session);
  /// Asks for a user at the relay. The answer has query 0 if none came.
  using lookup_handler = std::function<void(const user_looked_up&)>;
  void ask_relay(lookup_user query, lookup_handler on_answer);
  void answered(const user_looked_up& answer);

  // --- peer_hub_links.cpp
  void accepted(const connection_ptr& connection);
  std::uint64_t add_link(const connection_ptr& connection, const std::string& dialled_user);
  void introduced(const link_introduced& news);
  void judge(std::uint64_t number, time_point hold_until);
  void ask_about_stranger(std::uint64_t number);
  void admit(std::uint64_t number);
  void opened(std::uint64_t number);
  void suspected(const link_suspected& news);
  void ended(const link_ended& news);
  void apply(const core::link_table::verdict& verdict, const std::string& user);
  void end_link(std::uint64_t number, close_info why);
  template <class Wanted>
  void end_links(Wanted wanted, const close_info& why) {
    for (const auto& [number, link] : links) {
      if (wanted(link)) end_link(number, why);
    }
  }
  void probe_links(const peer_user& user);
  const peer_link_entry* current_link(const peer_user& user) const;
  bool is_linked(const peer_user& user) const { return current_link(user) != nullptr; }
  bool is_linked_directly(const peer_user& user) const {
    const auto* link = current_link(user);
    return link && link->path != path_kind::circuit;
  }
  void came_to_nothing(const peer_link_entry& link, const close_info& end);
  void log_fault(const peer_link_entry& link, const close_info& why);
  void current_link_changed(peer_user& user, const peer_link_entry* last, const close_info& why);
  void tell_link(peer_user& user, link_state state, const peer_link_entry& link,
                 const close_info& why = {});
  shared_slice make_setup();
  std::chrono::milliseconds heartbeat() const;

  // --- peer_hub_dialling.cpp
  bool may_dial() const;
  bool may_accept() const;
  void plan_dials(peer_user& user, std::chrono::milliseconds head_start);
  void dial_due_users();
  void watch_addresses();
  void look_at_addresses();
  void dial_result(const dial_finished& result);
  void dial_ended(const std::string& user, const endpoint& remote, const std::string& error);

  // --- peer_hub_circuits.cpp
  void want(const want_link& wish);
  void consider_circuit(peer_user& user);
  bool wants_circuit(const peer_user& user) const;
  void offered_circuit(const circuit_offered& offer);
  void enter_circuit(const circuit_offered& offer);
  void circuit_entered(const std::string& user, const dial_finished& result);
  void refused_circuit(const circuit_refused& news);
  void circuit_failed(peer_user& user, const std::string& why);

  // --- peer_hub_sending.cpp
  void send(peer_user::waiting_send message);
  void pass_on(peer_user::waiting_send message);
  void release_waiting(peer_user& user);
  void fail_waiting(peer_user& user, const std::string& code, const std::string& detail);
  void release_pings(peer_user& user);
  void fail(const peer_user::waiting_send& message, const std::string& code,
            const std::string& detail);
  void expire_waiting(const std::string& user, const message_id& id);
  void tell_route(peer_user& user, const peer_route& route);
  void update_route(peer_user& user);
  void update_all_routes();
  peer_route best_route(const peer_user& user) const;
  bool follows_directory() const { return !config->hidden || config->follow_directory; }
  bool session_usable() const {
    return status.state == session_state::online && directory_complete;
  }

  /// Of the user's present start, by the relay's last word.
  std::optional<std::uint64_t> listed_epoch(const peer_user& user) const {
    if (!session_usable() || !user.online) return std::nullopt;
    return user.online->epoch;
  }

  // --- peer_hub_queries.cpp
  user_list list_users() const;
  caf::result<peer_status> report();
  caf::result<ping_result> ping(const ping_user& query);
  caf::result<ping_result> ping_when_found(const ping_user& query);
  verify_result verify(const verify_user& query);

  peer_hub_actor::pointer self;
  std::optional<peer_config> config;
  std::optional<own_record> record;
  peer_environment_ptr environment;
  message_store_actor store;
  link_transfers_actor transfers;  // Null: there are none here.
  relay_session_actor session;
  std::vector<peer_subscriber_actor> subscribers;

  session_changed status;                        // Of the session with the relay.
  endpoint observed;                             // Our address, as the relay last saw it.
  std::chrono::milliseconds relay_heartbeat{0};  // As a relay last told it.
  bool directory_complete = false;               // The snapshot is in.
  bool started = false;
  bool stopping = false;
  bool finishing = false;
  std::vector<endpoint> listening;
  std::vector<endpoint> own_endpoints;  // As last told to the others.
  time_point started_at{};

  std::map<std::string, peer_user> users;
  std::unordered_map<session_id, std::string> sessions;

  std::map<std::uint64_t, peer_link_entry> links;
  std::optional<core::link_table> table;
  std::optional<core::token_bucket> strangers;  // Lookups for unknown users who came to us.
  std::optional<core::token_bucket> questions;  // Lookups for users whom we write to.
  std::optional<core::token_bucket> refusals;   // Log lines about who was refused.
  std::uint64_t last_number = 0;                // Of links, dials, routes and lookups.

  struct dial_in_flight {
    std::string user;
    endpoint remote;
    bool by_circuit = false;  // To the relay, which joins it with the user's.
  };
  std::map<std::uint64_t, dial_in_flight> dials;
  std::set<std::string> to_dial;  // Users whose plan has something due.
  time_point next_dial = time_point::max();

  std::map<std::uint64_t, lookup_handler> lookups;
  std::map<session_id, std::uint32_t> unknown_senders;  // Asked about; the messages so far.
  agenda later;
  std::optional<time_point> armed;  // When the agenda's timer goes off.
  std::uint64_t timer = 0;          // Names it.
};

peer_hub_actor::behavior_type peer_hub(peer_hub_actor::stateful_pointer<peer_hub_state> self,
                                       peer_config config, own_record record,
                                       peer_environment_ptr environment, message_store_actor store,
                                       link_transfers_actor transfers);

}  // namespace hobnob
