#include "actors/relay/user_session.hpp"
#include "transport/wire/hot_frames.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

using wire::envelope_header;
using wire::refusal_reason;

envelope_header header_of(const frame_batch& batch, std::uint32_t entry) {
  // Decoded once before by the session that forwards it: it is there.
  return envelope_header::decode(batch.view(batch.entries()[entry])).value_or(envelope_header{});
}

/// Envelopes on their way to a connection: a bounded number, without an allocation for each.
class envelope_chunk {
 public:
  static constexpr std::size_t frames_max = 64;
  static constexpr std::size_t bytes_max = 256 * 1024;

  /// For at most `count` envelopes.
  explicit envelope_chunk(std::size_t count) {
    heads_.reserve(std::min(count, frames_max));
    frames_.reserve(std::min(count, frames_max));
  }

  bool has_room() const { return frames_.size() < frames_max && bytes_ < bytes_max; }

  void add(session_id from, const frame_batch& batch, std::uint32_t entry) {
    auto header = header_of(batch, entry);
    header.session = from;
    auto& head = heads_.emplace_back();
    header.encode(head);
    auto body = batch.payload(batch.entries()[entry]).sub(envelope_header::size);
    bytes_ += body.size();
    frames_.push_back({frame_type::envelope_from, frame_priority::normal, head, std::move(body)});
  }

  std::span<const outgoing_frame> frames() const { return frames_; }

 private:
  std::vector<std::array<std::byte, envelope_header::size>> heads_;  // Reserved: `frames_` view it.
  std::vector<outgoing_frame> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace

// --- From this session's peer to others ---

void user_session_state::route_envelopes(const envelope_router::batch_ptr& batch) {
  const auto amount = router.present_size();
  if (amount == 0) return;
  auto groups = router.take_groups();
  const bool unlimited = config->limits.envelopes_per_second == 0;
  if (!unlimited && !envelopes.take(static_cast<double>(amount), self->clock().now())) {
    for (const auto& group : groups) {
      refuse_own(group.to, *batch, group.entries, refusal_reason::rate);
    }
    return;
  }
  for (auto& group : groups) {
    if (group.to == id) {
      refuse_own(group.to, *batch, group.entries, refusal_reason::not_allowed);
    } else if (router.find(group.to) != nullptr) {
      forward(group.to, batch, std::move(group.entries));
    } else if (router.wait_for_route(group.to, batch, std::move(group.entries))) {
      self->send(directory, find_route{group.to});  // Its answer comes as a message of its own.
    }
  }
}

void user_session_state::forward(session_id to, const envelope_router::batch_ptr& batch,
                                 std::vector<std::uint32_t> entries) {
  self->send(*router.find(to), forward_envelopes{id, batch, std::move(entries)});
}

void user_session_state::learn_route(const route_found& route) {
  auto waiting = router.take_waiting(route.session);
  if (stage != phase::online) return;
  if (route.target) {
    if (router.routes() >= envelope_router::routes_max) forget_routes();
    self->monitor(route.target);
    router.remember(route.session, route.target);
  }
  for (auto& group : waiting) {
    if (route.target) {
      forward(route.session, group.batch, std::move(group.entries));
    } else {
      refuse_own(route.session, *group.batch, group.entries, refusal_reason::unknown_session);
    }
  }
  if (!router.nothing_waits()) return;
  connection->acknowledge(std::exchange(unacknowledged, 0));
}

// A monitor is an entry in the watched actor, which may live much longer than this one.
void user_session_state::forget_routes() {
  for (const auto& target : router.take_routes()) self->demonitor(target.address());
}

void user_session_state::refuse_own(session_id to, const frame_batch& batch,
                                    const std::vector<std::uint32_t>& entries,
                                    refusal_reason reason) {
  envelopes_refused refused{to, {}, static_cast<std::uint8_t>(reason)};
  for (const auto entry : entries) refused.tags.push_back(header_of(batch, entry).tag);
  tell_refused(refused);
}

void user_session_state::tell_refused(const envelopes_refused& refused) {
  if (stage != phase::online) return;
  const auto reason = static_cast<refusal_reason>(refused.reason);
  if (reason == refusal_reason::unknown_session) router.forget(refused.to);
  count(config->counters->envelopes_refused, refused.tags.size());
  for (const auto tag : refused.tags) {
    const auto head = wire::envelope_refusal{refused.to, tag, reason}.encode();
    const auto status = connection->send(
        outgoing_frame{frame_type::envelope_refused, frame_priority::interactive, head, {}});
    if (status == send_status::full) blocked = true;
    if (status == send_status::overflow) {
      return close({close_reason::overflow, "too slow for the refusals of its own envelopes"});
    }
  }
}

// --- From others to this session's peer ---

void user_session_state::deliver(const forward_envelopes& envelopes_in) {
  const auto& entries = envelopes_in.entries;
  if (stage != phase::online) {
    return refuse_to_sender(envelopes_in, 0, refusal_reason::unknown_session);
  }
  std::size_t done = 0;
  while (done < entries.size() && !blocked) {
    envelope_chunk chunk{entries.size() - done};
    const auto first = done;
    while (done < entries.size() && chunk.has_room()) {
      chunk.add(envelopes_in.from, *envelopes_in.batch, entries[done++]);
    }
    const auto status = connection->send(chunk.frames());
    if (status == send_status::full) blocked = true;
    if (status == send_status::overflow || status == send_status::closed) {
      refuse_to_sender(envelopes_in, first, refusal_reason::unknown_session);
      if (status == send_status::closed) return;  // Its end is on the way to us.
      return close({close_reason::overflow, "too slow for what others sent"});
    }
  }
  count(config->counters->envelopes_forwarded, done);
  if (done < entries.size()) refuse_to_sender(envelopes_in, done, refusal_reason::busy);
}

void user_session_state::refuse_to_sender(const forward_envelopes& envelopes_in, std::size_t first,
                                          refusal_reason reason) {
  const auto sender = caf::actor_cast<user_session_actor>(self->current_sender());
  if (!sender) return;
  // The sender's peer knows us by the id that it wrote to, which is no longer ours once we left.
  envelopes_refused refused{0, {}, static_cast<std::uint8_t>(reason)};
  for (auto i = first; i < envelopes_in.entries.size(); ++i) {
    const auto header = header_of(*envelopes_in.batch, envelopes_in.entries[i]);
    refused.to = header.session;
    refused.tags.push_back(header.tag);
  }
  self->send(sender, std::move(refused));
}

}  // namespace hobnob
