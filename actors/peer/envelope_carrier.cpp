#include "actors/peer/envelope_carrier.hpp"

#include "actors/peer/envelope_echo.hpp"
#include "actors/peer/message_frames.hpp"
#include "transport/wire/hot_frames.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>
#include <array>
#include <utility>

namespace hobnob {
namespace {

using wire::envelope_header;
using wire::refusal_reason;

/// The heads of the messages that begin in an envelope.
std::vector<core::message> messages_in(const opened_envelope& opened) {
  std::vector<core::message> heads;
  const auto frames = unpack_body(opened.body);
  if (!frames) return heads;
  for (const auto& each : *frames) {
    if (each.type != frame_type::message) continue;
    auto part = read_message_part(each.payload);
    if (part && part->offset == 0) heads.push_back(std::move(part->head));
  }
  return heads;
}

constexpr std::string_view another_signer = "it was signed by another user";

std::string_view fault_of(envelope_error error) {
  switch (error) {
    case envelope_error::undecryptable:
      return "it is not sealed to our key";
    case envelope_error::forged:
      return "its signature does not fit";
    default:
      return "it is malformed";
  }
}

std::string code_of(refusal_reason reason) {
  switch (reason) {
    case refusal_reason::unknown_session:
      return "offline";
    case refusal_reason::busy:
    case refusal_reason::rate:
      return "busy";
    case refusal_reason::too_large:
      return "too-large";
    case refusal_reason::not_allowed:
      break;
  }
  return "not-allowed";
}

}  // namespace

envelope_carrier::envelope_carrier(relay_session_actor::pointer owner, identity self,
                                   box_key_pair keys, peer_hub_actor hub, message_store_actor store)
    : owner_(owner),
      self_(std::move(self)),
      keys_(std::move(keys)),
      hub_(std::move(hub)),
      store_(std::move(store)) {}

void envelope_carrier::session_began(connection_ptr connection, session_id own) {
  connection_ = std::move(connection);
  own_session_ = own;
}

void envelope_carrier::session_ended() {
  connection_.reset();
  own_session_ = 0;
  contacts_.clear();
  sessions_.clear();
  held_.clear();
  received_.clear();
  bad_senders_.clear();
  first_tag_ += sent_.size();
  sent_.clear();
  pings_.abandon();
}

void envelope_carrier::change_contact(const contact_changed& change) {
  const auto session = change.user.session;
  if (!connection_ || session == 0) return;
  auto [first, last] = held_.equal_range(session);
  if (!change.admitted) {
    if (change.key_changed) {
      for (auto held = first; held != last; ++held) answer_untrusted(change.user, held->second);
    }
    held_.erase(first, last);
    const auto found = contacts_.find(session);
    if (found == contacts_.end()) return;
    const auto known = sessions_.find(found->second.user.id);
    if (known != sessions_.end() && known->second == session) sessions_.erase(known);
    contacts_.erase(found);
    return;
  }
  auto& entry = contacts_[session];
  if (change.route != entry.route) entry.blocked = false;
  entry.user = change.user;
  entry.route = change.route;
  sessions_[change.user.id] = session;
  for (auto held = first; held != last; ++held) take_opened(entry, held->second);
  held_.erase(first, last);
  flush_received();
}

envelope_carrier::contact* envelope_carrier::find(const fingerprint& id) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return nullptr;
  const auto found = contacts_.find(session->second);
  return found == contacts_.end() ? nullptr : &found->second;
}

// --- Sending ---

void envelope_carrier::carry(const carry_messages& order) {
  auto* to = find(order.to);
  if (!to || order.messages.empty()) return;  // The store sends them again on the next route.
  const auto priority = order.messages.front().priority;
  for (auto& packed : pack_messages(order.messages))
    note_blocked(*to, send(*to, packed.body, priority, std::move(packed.messages)));
}

void envelope_carrier::carry(const carry_receipts& order) {
  auto* to = find(order.to);
  if (!to) return;
  for (const auto& packed : pack_receipts(order.receipts))
    note_blocked(*to, send(*to, packed.body, frame_priority::interactive, {}));
}

send_status envelope_carrier::send(contact& to, byte_view body, frame_priority priority,
                                   std::vector<message_id> messages) {
  if (!connection_) return send_status::closed;
  auto sealed = seal_envelope(self_, {to.user.id, to.user.box_key, to.user.session}, body);
  if (sealed.empty()) {
    refuse(to, std::move(messages), "bad-key");
    return send_status::sent;
  }
  std::array<std::byte, envelope_header::size> head{};
  envelope_header{to.user.session, first_tag_ + sent_.size()}.encode(head);
  const auto status = connection_->send(
      outgoing_frame{frame_type::envelope, priority, head, shared_slice::of(std::move(sealed))});
  if (status == send_status::overflow) refuse(to, std::move(messages), "busy");
  if (status == send_status::overflow || status == send_status::closed) return status;
  sent_.push_back({to.user.id, to.route, std::move(messages)});
  if (sent_.size() > remembered_max) {
    sent_.pop_front();
    ++first_tag_;
  }
  return status;
}

void envelope_carrier::refuse(const contact& to, std::vector<message_id> messages,
                              std::string code) {
  if (messages.empty()) return;
  owner_->send(store_,
               messages_refused{to.user.id, to.route, std::move(messages), std::move(code)});
}

void envelope_carrier::note_blocked(contact& to, send_status status) {
  if (status == send_status::full && !std::exchange(to.blocked, true))
    owner_->send(store_, carrier_blocked{to.user.id, to.route, true});
}

void envelope_carrier::drained() {
  for (auto& [session, entry] : contacts_) {
    if (std::exchange(entry.blocked, false))
      owner_->send(store_, carrier_blocked{entry.user.id, entry.route, false});
  }
}

bool envelope_carrier::take_refusal(byte_view payload) {
  const auto refusal = wire::envelope_refusal::decode(payload);
  if (!refusal) return false;
  if (refusal->tag < first_tag_ || refusal->tag - first_tag_ >= sent_.size()) return true;
  auto& envelope = sent_[refusal->tag - first_tag_];
  if (!envelope.messages.empty()) {
    owner_->send(store_,
                 messages_refused{envelope.to, envelope.route, std::exchange(envelope.messages, {}),
                                  code_of(refusal->reason)});
  }
  if (refusal->reason == refusal_reason::unknown_session && contacts_.contains(refusal->session))
    owner_->send(hub_, session_vanished{refusal->session});
  return true;
}

// --- Receiving ---

bool envelope_carrier::take_envelope(const shared_slice& payload) {
  const auto header = envelope_header::decode(payload.view());
  if (!header) return false;
  auto opened = open_envelope(keys_, self_.fingerprint(), own_session_,
                              payload.view().subspan(envelope_header::size));
  if (opened.error != envelope_error::none) {
    drop_bad(header->session, fault_of(opened.error));
    return true;
  }
  const auto found = contacts_.find(header->session);
  if (found != contacts_.end()) {
    take_opened(found->second, opened);
  } else if (held_.size() < held_max) {
    const auto messages = static_cast<std::uint32_t>(messages_in(opened).size());
    held_.emplace(header->session, std::move(opened));
    owner_->send(hub_, unknown_sender{header->session, messages});
  }
  return true;
}

void envelope_carrier::take_opened(const contact& from, const opened_envelope& opened) {
  // The relay names a session, the signature a key: only both together are the user.
  if (opened.sender != from.user.id) return drop_bad(from.user.session, another_signer);
  if (const auto probe = envelope_echo::decode(opened.body.view())) {
    if (probe->type == frame_type::pong) {
      pings_.returned(probe->token, owner_->clock().now());
    } else if (auto* to = find(from.user.id)) {
      send(*to, envelope_echo{frame_type::pong, probe->token}.encode(), frame_priority::urgent, {});
    }
    return;
  }
  auto frames = unpack_body(opened.body);
  if (!frames) return drop_bad(from.user.session, "its contents are malformed");
  if (received_.empty() || received_.back().from != from.user.id) {
    received_.push_back({from.user.id, from.user.user, path_kind::relay,
                         caf::actor_cast<message_carrier_actor>(relay_session_actor{owner_}),
                         std::move(*frames)});
    return;
  }
  auto& together = received_.back().frames;
  together.insert(together.end(), frames->begin(), frames->end());
}

/// Says that its messages were not shown, so that they fail at once and not by their time-out.
void envelope_carrier::answer_untrusted(const core::online_user& from,
                                        const opened_envelope& opened) {
  if (opened.sender != from.id) return drop_bad(from.session, another_signer);
  std::vector<core::receipt> refusals;
  for (const auto& head : messages_in(opened)) {
    if (head.acknowledged) refusals.push_back({head.id, core::receipt_status::untrusted});
  }
  contact to{from};
  for (const auto& packed : pack_receipts(refusals))
    send(to, packed.body, frame_priority::interactive, {});
}

/// Only that envelope is lost; the log has one line for each session that sends such.
void envelope_carrier::drop_bad(session_id sender, std::string_view why) {
  if (bad_senders_.size() >= bad_senders_max || !bad_senders_.insert(sender).second) return;
  const auto found = contacts_.find(sender);
  spdlog::warn(
      "messages: an envelope of {} is dropped: {}",
      found == contacts_.end() ? "session " + std::to_string(sender) : found->second.user.user,
      why);
}

void envelope_carrier::flush_received() {
  for (auto& arrived : received_) owner_->send(store_, std::move(arrived));
  received_.clear();
}

// --- Round trips ---

std::pair<round_trips::promise, std::uint64_t> envelope_carrier::ping(const std::string& user) {
  auto answer = owner_->make_response_promise<ping_result>();
  ping_result result;
  result.user = user;
  for (auto& [session, entry] : contacts_) {
    if (entry.user.user != user) continue;
    result.path = path_kind::relay;
    const auto token = pings_.begin(answer, std::move(result), owner_->clock().now());
    send(entry, envelope_echo{frame_type::ping, token}.encode(), frame_priority::urgent, {});
    return {answer, token};
  }
  result.code = "offline";
  result.detail = "the user is not online";
  answer.deliver(std::move(result));
  return {answer, 0};
}

void envelope_carrier::ping_expired(std::uint64_t token) { pings_.expired(token); }

}  // namespace hobnob
