#include "actors/core/outbox.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {
namespace {

using time_point = outbox::time_point;

void lower(std::optional<time_point>& earliest, time_point candidate) {
  if (!earliest || candidate < *earliest) earliest = candidate;
}

outbox_report failure(const message& failed, std::uint8_t path, std::string code,
                      std::string detail) {
  return {failed.id,
          outbox_report::kind::failed,
          path,
          static_cast<std::uint32_t>(failed.content.size()),
          std::move(code),
          std::move(detail)};
}

outbox_report failure(const outbox_entry& entry, std::string code, std::string detail) {
  return failure(entry.message, entry.path, std::move(code), std::move(detail));
}

// The recipient has gone. Whoever sent something that was not confirmed is told that nobody knows.
outbox_report gone(const outbox_entry& entry) {
  if (entry.attempts == 0) return failure(entry, "offline", "the user is offline");
  return failure(entry, "unconfirmed",
                 "it was sent, but the user left before confirming it: it may have arrived");
}

outbox_report refusal(const outbox_entry& entry, receipt_status status) {
  switch (status) {
    case receipt_status::too_large:
      return failure(entry, "too-large", "it is larger than the receiver accepts");
    case receipt_status::unsupported:
      return failure(entry, "unsupported", "the receiver does not know this kind of message");
    case receipt_status::untrusted:
      return failure(entry, "key-not-trusted",
                     "the receiver knows another key of yours and has not accepted this one");
    default:
      return failure(entry, "refused", "the receiver refused it");
  }
}

}  // namespace

outbox::outbox(std::uint64_t epoch, const outbox_limits& limits)
    : epoch_(epoch),
      limits_(limits),
      busy_pause_(limits.busy_pause_min),
      probe_after_(limits.probe_after) {}

void outbox::push(message added, time_point deadline, bool require_direct, time_point now,
                  outbox_actions& out) {
  const auto size = added.content.size();
  if (messages_ >= limits_.queued_messages_max || bytes_ + size > limits_.queued_bytes_max) {
    return out.reports.push_back(
        failure(added, 0, "overflow", "too many messages to this user are waiting"));
  }
  if (index_.contains(added.id)) {
    return out.reports.push_back(
        failure(added, 0, "duplicate-id", "another message has the same id"));
  }
  const auto where = find_channel(added);
  if (!where) {
    return out.reports.push_back(
        failure(added, 0, "too-many-channels", "too many channels to one user"));
  }

  outbox_entry fresh;
  fresh.message = std::move(added);
  fresh.message.epoch = epoch_;
  fresh.message.sequence = 0;
  fresh.deadline = deadline;
  fresh.require_direct = require_direct;
  fresh.direct_until = std::min(deadline, now + limits_.direct_patience);
  lower(earliest_, require_direct ? fresh.direct_until : deadline);
  messages_ += 1;
  bytes_ += size;
  auto& entry = where->stream.push(std::move(fresh));
  if (entry.message.acknowledged) index_.emplace(entry.message.id, place{where, &entry});
  make_ready(*where);
  pump(now, out);
}

bool outbox::pass(message& added, bool require_direct) {
  if (added.acknowledged || !may_pump() || nowhere_ || (require_direct && !route_.is_direct()))
    return false;
  const auto none = [](const auto& ready) { return ready.empty(); };
  if (!std::all_of(ready_.begin(), ready_.end(), none)) return false;
  const auto where = find_channel(added);
  if (!where || !where->stream.empty()) return false;
  added.epoch = epoch_;
  added.sequence = added.floor = where->stream.pass();
  return true;
}

outbox::channel* outbox::find_channel(const message& added) {
  if (const auto found = channels_.find(added.channel); found != channels_.end())
    return &found->second;
  if (channels_.size() >= limits_.channels_max) return nullptr;
  return &channels_.emplace(added.channel, channel{outbox_stream{added.priority}}).first->second;
}

void outbox::make_ready(channel& which) {
  if (std::exchange(which.ready, true)) return;
  ready_[static_cast<std::size_t>(which.stream.priority())].push_back(&which);
}

void outbox::change_route(const outbox_route& route, time_point now, outbox_actions& out) {
  const bool same = route.id == route_.id;
  route_ = route;
  if (!same) {
    begin_route();
    probe_after_ = limits_.probe_after;
    send_again_all();
    if (!route_.is_direct()) {
      // What has to go by link waits anew, as one may be on its way up.
      for (auto& [name, which] : channels_) {
        which.stream.for_each([&](outbox_entry& entry) {
          if (!entry.require_direct) return;
          entry.direct_until = std::min(entry.deadline, now + limits_.direct_patience);
          lower(earliest_, entry.direct_until);
        });
      }
    }
  }
  pump(now, out);
}

void outbox::begin_route() {
  blocked_ = nowhere_ = false;
  paused_until_.reset();
  busy_pause_ = limits_.busy_pause_min;
}

void outbox::send_again_all() {
  in_flight_messages_ = in_flight_bytes_ = 0;
  probe_at_.reset();
  for (auto& [name, which] : channels_) {
    which.stream.rewind_lost();
    make_ready(which);
  }
}

void outbox::recipient_gone(outbox_actions& out) {
  route_ = {};
  begin_route();
  send_again_all();
  for (auto& [name, which] : channels_) {
    which.stream.for_each([&](outbox_entry& entry) { fail(entry, gone(entry), out); });
  }
  earliest_.reset();
}

void outbox::stop(outbox_actions& out) {
  for (auto& [name, which] : channels_) {
    which.stream.for_each([&](outbox_entry& entry) {
      const auto* detail = entry.attempts == 0
                               ? "the program stopped before it could be sent"
                               : "the program stopped before it was confirmed: it may have arrived";
      fail(entry, failure(entry, "stopped", detail), out);
    });
  }
  earliest_.reset();
}

void outbox::set_blocked(std::uint64_t route, bool blocked, time_point now, outbox_actions& out) {
  if (route != route_.id) return;
  blocked_ = blocked;
  if (probe_at_) probe_at_ = now + probe_after_;  // Until now the silence was ours.
  pump(now, out);
}

bool outbox::take_receipt(const receipt& answer, time_point now, outbox_actions& out) {
  const auto found = index_.find(answer.id);
  if (found == index_.end()) return true;  // Late, or for a message that has failed since.
  auto& [where, entry] = found->second;
  if (entry->message.sequence == 0) return false;

  nowhere_ = false;
  busy_pause_ = limits_.busy_pause_min;
  probe_after_ = limits_.probe_after;
  if (probe_at_) probe_at_ = now + probe_after_;
  if (answer.status == receipt_status::delivered) {
    out.reports.push_back({entry->message.id,
                           outbox_report::kind::delivered,
                           entry->path,
                           static_cast<std::uint32_t>(entry->message.content.size()),
                           {},
                           {}});
  } else {
    out.reports.push_back(refusal(*entry, answer.status));
  }
  auto& in = *where;
  settle(*entry);  // Invalidates `found`.
  forget_finished(in);
  pump(now, out);
  return true;
}

void outbox::refused(std::uint64_t route, std::span<const std::array<std::uint8_t, 16>> ids,
                     const std::string& code, time_point now, outbox_actions& out) {
  if (route != route_.id) return;  // All that went there has been sent again since.
  // After `offline` whoever chose the route has heard of it; until there is another one it is tried
  // again in vain, and not by every turn of the connection.
  const bool nowhere = code == "offline";
  const bool later = nowhere || code == "busy";
  for (const auto& id : ids) {
    const auto found = index_.find(id);
    if (found == index_.end() || found->second.entry->route != route) continue;
    auto& where = *found->second.where;
    auto& entry = *found->second.entry;
    leave_flight(entry);
    entry.route = 0;
    entry.attempts -= 1;
    if (later) {
      where.stream.rewind();
    } else {
      fail(entry, failure(entry, code, "the relay refused it"), out);
      forget_finished(where);
    }
    make_ready(where);
  }
  nowhere_ = nowhere_ || nowhere;
  if (later && !paused_until_) {
    paused_until_ = now + busy_pause_;
    busy_pause_ = std::min(busy_pause_ * 2, limits_.busy_pause_max);
  }
  pump(now, out);
}

void outbox::resume(time_point now, outbox_actions& out) {
  yielded_ = false;
  pump(now, out);
}

void outbox::tick(time_point now, outbox_actions& out) {
  if (paused_until_ && now >= *paused_until_) paused_until_.reset();
  if (probe_at_ && now >= *probe_at_) {
    probe_after_ = std::min(probe_after_ * 2, limits_.probe_after_max);
    if (blocked_) {
      probe_at_ = now + probe_after_;
    } else {
      for (auto& [name, which] : channels_) {
        which.stream.for_each([](outbox_entry& entry) { entry.route = 0; });
      }
      send_again_all();
    }
  }
  if (earliest_ && now >= *earliest_) {
    earliest_.reset();
    for (auto& [name, which] : channels_) {
      which.stream.for_each([&](outbox_entry& entry) { fail_if_late(entry, now, out); });
      forget_finished(which);
      make_ready(which);  // The entry that others waited behind may be the one that failed.
    }
  }
  pump(now, out);
}

void outbox::fail_if_late(outbox_entry& entry, time_point now, outbox_actions& out) {
  const bool for_link = waits_for_link(entry);
  const bool unsent = entry.attempts == 0;
  if (for_link && now >= entry.direct_until) {
    return fail(entry,
                unsent
                    ? failure(entry, "require-direct", "there is no direct link to the user")
                    : failure(entry, "unconfirmed",
                              "the link died before it was confirmed, and it may not be relayed"),
                out);
  }
  if (now >= entry.deadline) {
    return fail(entry,
                failure(entry, "timeout",
                        unsent ? "there was no way to the user in time"
                               : "it was sent, but not confirmed in time: it may have arrived"),
                out);
  }
  lower(earliest_, for_link ? entry.direct_until : entry.deadline);
}

bool outbox::waits_for_link(const outbox_entry& entry) const {
  return entry.require_direct && !route_.is_direct();
}

std::optional<time_point> outbox::deadline() const {
  auto first = earliest_;
  if (paused_until_) lower(first, *paused_until_);
  if (probe_at_) lower(first, *probe_at_);
  return first;
}

bool outbox::may_pump() const noexcept {
  return route_.id != 0 && !blocked_ && !yielded_ && !paused_until_;
}

void outbox::pump(time_point now, outbox_actions& out) {
  if (!may_pump()) return;
  const bool was_idle = in_flight_messages_ == 0;
  std::size_t burst = 0;
  for (auto& ready : ready_) {  // The most urgent first, and in turn within a priority.
    while (!ready.empty()) {
      auto& from = *ready.front();
      const auto entry = from.stream.next(route_.id);
      if (!entry || waits_for_link(*entry)) {  // A new route makes all channels ready again.
        ready.erase(ready.begin());
        from.ready = false;
        continue;
      }
      if (!may_send(from, *entry)) break;
      if (burst >= limits_.burst_bytes) {
        yielded_ = out.yielded = true;
        break;
      }
      burst += entry->message.content.size() + sizeof(message);
      std::rotate(ready.begin(), ready.begin() + 1, ready.end());
      send(from, *entry, out);
    }
    if (yielded_) break;
  }
  if (in_flight_messages_ == 0) {
    probe_at_.reset();
  } else if (route_.relayed && (was_idle || !probe_at_)) {
    probe_at_ = now + probe_after_;
  }
}

bool outbox::may_send(const channel& from, const outbox_entry& entry) const {
  // One to try it; what nobody would miss waits for another route.
  if (nowhere_) return entry.message.acknowledged && in_flight_messages_ == 0;
  if (!entry.message.acknowledged || in_flight_messages_ == 0) return true;
  if (in_flight_messages_ >= limits_.in_flight_messages_max) return false;
  const bool privileged = from.stream.priority() <= frame_priority::interactive;
  const auto window = limits_.in_flight_bytes_max - (privileged ? 0 : limits_.in_flight_reserve);
  return in_flight_bytes_ + entry.message.content.size() <= window;
}

void outbox::send(channel& from, outbox_entry& entry, outbox_actions& out) {
  from.stream.start(entry);
  entry.route = route_.id;
  entry.path = route_.path;
  entry.attempts += 1;
  if (entry.told_route != route_.id) {
    entry.told_route = route_.id;
    out.reports.push_back({entry.message.id,
                           outbox_report::kind::sent,
                           route_.path,
                           static_cast<std::uint32_t>(entry.message.content.size()),
                           {},
                           {}});
  }
  out.carry.push_back(entry.message);
  if (entry.message.acknowledged) {
    in_flight_messages_ += 1;
    in_flight_bytes_ += entry.message.content.size();
  } else {
    settle(entry);
    forget_finished(from);
  }
}

void outbox::leave_flight(const outbox_entry& entry) {
  if (route_.id == 0 || entry.route != route_.id || !entry.message.acknowledged) return;
  in_flight_messages_ -= 1;
  in_flight_bytes_ -= entry.message.content.size();
}

// The entry's books are closed; its place in the channel is the stream's affair.
void outbox::settle(outbox_entry& entry) {
  leave_flight(entry);
  messages_ -= 1;
  bytes_ -= entry.message.content.size();
  if (entry.message.acknowledged) index_.erase(entry.message.id);
  entry.finished = true;
  entry.message.content = {};
}

void outbox::fail(outbox_entry& entry, outbox_report why, outbox_actions& out) {
  out.reports.push_back(std::move(why));
  settle(entry);
  entry.missing = true;
}

void outbox::forget_finished(channel& in) {
  in.stream.forget_finished();
  if (auto* first = in.stream.stalled(route_.id)) {
    leave_flight(*first);
    first->route = 0;
    in.stream.rewind();
    make_ready(in);
  }
}

}  // namespace hobnob::core
