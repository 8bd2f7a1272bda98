// The receiver's side of a transfer: the offer, and what is answered to it.

#include "actors/transfer/receiving_transfer.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;

}  // namespace

void receiving_transfer_state::watch_expiry() {
  if (accepted || record.expires_ms == 0) return forget(alarm::expiry);
  const auto left = std::max<std::int64_t>(0, record.expires_ms - config.wall_ms());
  wake_in(alarm::expiry, milliseconds{left});
}

void receiving_transfer_state::linked() {
  offer_seen = accepted_said = false;
  if (!link.transfers) return;
  // A sender that has forgotten it says so.
  if (complete) {
    say_complete();
  } else if (accepted) {
    say_accepted();
  }
}

bool receiving_transfer_state::has_spoken() const {
  return link.connection && link.transfers && (accepted || offer_seen);
}

void receiving_transfer_state::take_offer(const wire::Transfer& message) {
  const auto& words = message.offer();
  const bool same = words.entries() == info.summary.entries &&
                    words.files() == info.summary.files && words.bytes() == info.summary.bytes &&
                    parse_hash(words.manifest_hash()) == record.manifest;
  if (!same)
    return fail("source-changed", "other files are offered than at first", "source-changed");
  // The sender has been on another link meanwhile, and all that it was asked for is void.
  if (std::exchange(offer_seen, true) && running) {
    stop_running();
    accepted_said = false;
  }
  if (complete) {
    say_complete();
  } else if (accepted && !accepted_said) {
    say_accepted();
  }
}

void receiving_transfer_state::say_accepted() {
  auto message = transfer_message(record.id);
  message.mutable_accepted();
  accepted_said = true;
  say(message);
}

void receiving_transfer_state::say_complete() {
  auto message = transfer_message(record.id);
  message.mutable_complete()->set_omitted(info.omitted.count);
  say(message);
}

transfer_order_result receiving_transfer_state::answer(const answer_offer& order) {
  if (accepted) return {false, "already-answered", "the offer has been accepted before"};
  if (!order.accept) return cancel();
  if (!order.sink && !config.settings->make_sink)
    return {false, "no-sink", "there is no place to receive to"};
  given_sink = order.sink;
  record.folder = order.folder;
  record.conflicts = order.conflicts;
  record.bytes_per_second = order.limits.bytes_per_second;
  limit();
  accepted = true;
  record_changed = true;
  forget(alarm::expiry);
  if (has_spoken() && offer_seen) say_accepted();
  return {true, {}, {}};
}

}  // namespace hobnob
