#pragma once

#include "actors/interfaces.hpp"
#include "actors/peer/envelope.hpp"
#include "actors/peer/round_trips.hpp"
#include "transport/tls/identity.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hobnob {

/// Carries messages through the relay: packs, signs and seals them for the users that the peer
/// trusts (its contacts), opens what comes from them. Part of the relay_session actor.
class envelope_carrier {
 public:
  envelope_carrier(relay_session_actor::pointer owner, identity self, box_key_pair keys,
                   peer_hub_actor hub, message_store_actor store);

  void session_began(connection_ptr connection, session_id own);
  void session_ended();

  /// Trusted from now on, or no longer. What a user with a changed key sent is answered
  /// `untrusted`.
  void change_contact(const contact_changed& change);

  void carry(const carry_messages& order);
  void carry(const carry_receipts& order);
  void drained();

  /// A round trip to a contact and back; the token is 0 if it failed at once.
  std::pair<round_trips::promise, std::uint64_t> ping(const std::string& user);
  void ping_expired(std::uint64_t token);

  /// An `envelope_from` frame. False: the relay broke the protocol. What a sender did wrong only
  /// costs that envelope.
  bool take_envelope(const shared_slice& payload);
  bool take_refusal(byte_view payload);

  /// Hands on what `take_envelope` gathered: one message to the store for each run of one sender.
  void flush_received();

 private:
  struct contact {
    core::online_user user;
    std::uint64_t route = 0;
    bool blocked = false;
  };
  struct sent_envelope {
    fingerprint to;
    std::uint64_t route = 0;
    std::vector<message_id> messages;
  };

  contact* find(const fingerprint& id);
  send_status send(contact& to, byte_view body, frame_priority priority,
                   std::vector<message_id> messages);
  void refuse(const contact& to, std::vector<message_id> messages, std::string code);
  void take_opened(const contact& from, const opened_envelope& opened);
  void answer_untrusted(const core::online_user& from, const opened_envelope& opened);
  void drop_bad(session_id sender, std::string_view why);
  void note_blocked(contact& to, send_status status);

  static constexpr std::size_t held_max = 256;
  static constexpr std::size_t remembered_max = 4096;
  static constexpr std::size_t bad_senders_max = 1024;

  relay_session_actor::pointer owner_;
  identity self_;
  box_key_pair keys_;
  peer_hub_actor hub_;
  message_store_actor store_;
  connection_ptr connection_;
  session_id own_session_ = 0;
  std::map<session_id, contact> contacts_;  // They are walked: in an order of their own.
  std::unordered_map<fingerprint, session_id> sessions_;
  std::multimap<session_id, opened_envelope> held_;  // From sessions that are no contacts yet.
  std::deque<sent_envelope> sent_;                   // The newest; a refusal names its tag.
  std::uint64_t first_tag_ = 1;                      // Of sent_.front().
  std::vector<frames_arrived> received_;
  std::set<session_id> bad_senders_;  // The log has a line about each.
  round_trips pings_;
};

}  // namespace hobnob
