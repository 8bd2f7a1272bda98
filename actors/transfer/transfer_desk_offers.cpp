// Offers that come in, and words on transfers that have ended or that nobody knows.

#include "actors/request.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/transfer_desk.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_offer.hpp"
#include "actors/transfer/transfer_words.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::hours unanswered_max{24 * 30};
constexpr std::chrono::seconds verify_patience{10};

constexpr std::chrono::milliseconds late_offers_pause{500};

void say_to(const transfer_link& link, const wire::Transfer& message) {
  const auto status = link.connection->send(outgoing_frame{
      frame_type::transfer, frame_priority::interactive, {}, encode_transfer(message)});
  if (status == send_status::overflow)
    link.connection->close({close_reason::overflow, "too much waits to be sent"});
}

void end_there(const transfer_link& link, const transfer_id& id, const std::string& code,
               const std::string& detail) {
  auto message = transfer_message(id);
  message.mutable_end()->set_code(code);
  message.mutable_end()->set_detail(detail);
  say_to(link, message);
}

}  // namespace

void transfer_desk_state::take(const link_frames& arrived) {
  const auto found = links.find(arrived.link);
  if (found == links.end()) return;
  const auto from = found->second.link;
  const auto protocol_fault = [&] {
    links.erase(arrived.link);
    from.connection->close({close_reason::protocol, "a transfer frame that does not check"});
  };
  // Mostly all of one transfer.
  std::vector<std::pair<transfer_id, std::vector<transfer_input>>> sorted;
  const auto& batch = *arrived.batch;
  for (const auto& frame : batch.entries()) {
    transfer_input input;
    std::optional<transfer_id> owner;
    if (frame.type == frame_type::transfer) {
      auto message = std::make_shared<wire::Transfer>();
      owner = decode_transfer(batch.view(frame), *message);
      input.message = std::move(message);
    } else if (frame.type == frame_type::blocks) {
      owner = block_frame_owner(batch.view(frame));
      input.blocks = batch.kept_payload(frame);
    } else {
      continue;
    }
    if (!owner) return protocol_fault();
    auto place = std::find_if(sorted.begin(), sorted.end(),
                              [&](const auto& group) { return group.first == *owner; });
    if (place == sorted.end()) place = sorted.insert(place, {*owner, {}});
    place->second.push_back(std::move(input));
  }
  for (auto& [id, inputs] : sorted) hand(from, id, std::move(inputs));
}

void transfer_desk_state::hand(const transfer_link& from, const transfer_id& id,
                               std::vector<transfer_input> inputs) {
  const auto is_offer = [](const transfer_input& i) { return i.message && i.message->has_offer(); };
  const auto offer = std::find_if(inputs.begin(), inputs.end(), is_offer);
  const auto found = transfers.find(id);
  if (found != transfers.end() && found->second.info.key == from.user) {
    auto& row = found->second;
    if (!row.actor) {
      for (const auto& each : inputs) {
        if (answer_for(row, from, each)) return;  // One is enough.
      }
      return;
    }
    // The sender chooses the link.
    const bool receives = row.info.direction == transfer_direction::receiving;
    if (offer != inputs.end() && receives && row.link != from.link) attach(row, from);
    self->send(row.actor, transfer_frames{from.link, std::move(inputs)});
    return;
  }
  if (in_hand.contains(id)) return withdraw(id, from.user, inputs);
  if (found == transfers.end() && offer != inputs.end()) {
    const auto known = links.find(from.link);
    if (known != links.end()) consider(from, known->second.user, id, *offer->message);
    return;
  }
  // Of somebody else's transfer nobody learns more than that.
  const auto says_last_word = [](const transfer_input& i) {
    return i.message && (i.message->has_end() || i.message->has_verified());
  };
  if (!std::all_of(inputs.begin(), inputs.end(), says_last_word))
    end_there(from, id, "unknown", "the transfer is not known here");
}

/// The other side may have missed how it ended. Whether there was something to answer.
bool transfer_desk_state::answer_for(const entry& ended, const transfer_link& from,
                                     const transfer_input& input) {
  if (!input.message || input.message->has_end()) return false;
  const auto& said = *input.message;
  const auto id = ended.info.id;
  if (ended.info.state == transfer_state::failed) {
    end_there(from, id, code_for_there(ended.info.code), {});
    return true;
  }
  auto message = transfer_message(id);
  if (ended.info.direction == transfer_direction::receiving) {
    if (!said.has_offer()) return false;
    message.mutable_complete()->set_omitted(ended.info.omitted.count);
    say_to(from, message);
    return true;
  }
  if (said.has_complete()) {
    message.mutable_verified();
    say_to(from, message);
    return true;
  }
  const bool begins_again = said.has_accepted() || said.has_manifest_request() ||
                            said.has_hash_request() || said.has_block_request();
  if (begins_again) offer_again(ended, from);
  return begins_again;
}

/// The receiver had everything, and was killed before it could remember that: it looks again at
/// what it has.
void transfer_desk_state::offer_again(const entry& ended, const transfer_link& to) {
  const auto record = ended.record;
  if (stopping || !record || record->sources.empty() || !config->open_source)
    return end_there(to, ended.info.id, "unknown", "the transfer has ended here");
  file_transfer_config made;
  made.record = *record;
  made.record.state = "accepted";
  made.record.expires_ms = 0;
  made.remembered = true;
  add(std::move(made));
}

// --- New offers ---

void transfer_desk_state::consider(const transfer_link& from, const std::string& user,
                                   const transfer_id& id, const wire::Transfer& message) {
  auto words = read_offer(message.offer());
  if (!words) {
    links.erase(from.link);
    from.connection->close({close_reason::protocol, "an offer that does not check"});
    return;
  }
  offer_in_hand offer;
  auto& record = offer.record;
  record.id = id;
  record.direction = transfer_direction::receiving;
  record.user = user;
  record.key = from.user;
  record.summary = std::move(words->summary);
  record.note = std::move(words->note);
  record.manifest = words->manifest;
  record.state = "offered";
  const auto patience = words->expires.count() == 0
                            ? std::chrono::seconds{unanswered_max}
                            : std::min<std::chrono::seconds>(words->expires, unanswered_max);
  record.expires_ms = wall_ms() + std::chrono::milliseconds{patience}.count();
  offer.link = from.link;
  if (may_offer(user)) return weigh(offer);
  const auto late = std::count_if(late_offers.begin(), late_offers.end(), [&](const auto& each) {
    return in_hand.at(each).record.user == user;
  });
  if (static_cast<std::uint64_t>(late) >= config->offers_max)
    return end_there(from, id, "refused", "there are too many offers at once");
  late_offers.push_back(id);
  in_hand.emplace(id, offer);
  wait_with_offers();
}

void transfer_desk_state::wait_with_offers() {
  if (late_offers.empty() || std::exchange(waiting_with_offers, true)) return;
  self->delayed_send(self, late_offers_pause, deadline_passed{late_offers_token});
}

/// Each costs writes to the disk and a line on a terminal.
bool transfer_desk_state::may_offer(const std::string& user) {
  return offer_rates.take(user, 1, self->clock().now());
}

void transfer_desk_state::weigh_late_offers() {
  waiting_with_offers = false;
  for (auto next = late_offers.begin(); next != late_offers.end();) {
    const auto offer = in_hand.find(*next)->second;
    if (!may_offer(offer.record.user)) {
      ++next;
      continue;
    }
    next = late_offers.erase(next);
    in_hand.erase(offer.record.id);
    weigh(offer);
  }
  wait_with_offers();
}

/// An offer that nobody has looked at yet.
void transfer_desk_state::withdraw(const transfer_id& id, const fingerprint& by,
                                   const std::vector<transfer_input>& inputs) {
  const auto late = std::find(late_offers.begin(), late_offers.end(), id);
  const bool ends = std::any_of(inputs.begin(), inputs.end(), [](const transfer_input& i) {
    return i.message && i.message->has_end();
  });
  if (!ends || late == late_offers.end() || in_hand.at(id).record.key != by) return;
  late_offers.erase(late);
  in_hand.erase(id);
}

void transfer_desk_state::weigh(const offer_in_hand& offer) {
  const auto& user = offer.record.user;
  if (policy_for(*config, user).accept != accept_policy::verified) return decide(offer, false);
  in_hand.emplace(offer.record.id, offer);
  request(self, peer, verify_patience, verify_user{user, false})
      .then(
          [this, offer](const verify_result& known) {
            decide(offer, known.verified && !known.key_changed && known.pinned == offer.record.key);
          },
          [this, offer](caf::error&) { decide(offer, false); });
}

void transfer_desk_state::decide(const offer_in_hand& offer, bool verified) {
  in_hand.erase(offer.record.id);
  const auto found = links.find(offer.link);
  if (stopping || found == links.end()) return;  // It will be offered again.
  const auto link = found->second.link;
  offerer from{offer.record.user, met_before.contains(offer.record.key), verified, 0};
  for (const auto& [id, row] : transfers) {
    if (row.actor && row.info.user == from.user &&
        row.info.direction == transfer_direction::receiving)
      ++from.unfinished;
  }
  const auto verdict = judge_offer(*config, from, offer.record.summary);
  using decision = offer_verdict::decision;
  if (verdict.decided == decision::refuse)
    return end_there(link, offer.record.id, verdict.code, verdict.detail);
  file_transfer_config made;
  made.record = offer.record;
  made.accepted = verdict.decided == decision::accept;
  made.link_coming = true;
  auto& row = add(std::move(made));
  attach(row, link);
  // It is told as it would be after a new start: by the offer.
  auto message = std::make_shared<wire::Transfer>(transfer_message(offer.record.id));
  write_offer({offer.record.summary, offer.record.manifest, {}, {}}, *message->mutable_offer());
  self->send(row.actor, transfer_frames{link.link, {transfer_input{std::move(message), {}}}});
}

}  // namespace hobnob
