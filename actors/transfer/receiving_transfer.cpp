#include "actors/transfer/receiving_transfer.hpp"

#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t window_usual = 8 * 1024 * 1024;
constexpr std::uint64_t window_min = 256 * 1024;

/// What an honest sender can have under way: what was asked for, and what was asked for before.
constexpr std::size_t kept_bytes_max = 64 * 1024 * 1024;

constexpr unsigned ticks_per_settling = 4;

/// So that a rate is held by asking in time for what it allows.
std::uint64_t window_for(const rate_limit& limit, std::uint64_t per_second) {
  return limit.limited() ? std::clamp(per_second * 2, window_min, window_usual) : window_usual;
}

}  // namespace

void receiving_transfer_state::start() {
  limit = std::make_shared<rate_limit>(config.limits.bytes_per_second);
  begun = config.remembered && accepted;
  watch_expiry();
}

void receiving_transfer_state::watch_expiry() {
  if (accepted || record.expires_ms == 0) return forget(alarm::expiry);
  const auto left = std::max<std::int64_t>(0, record.expires_ms - config.wall_ms());
  wake_in(alarm::expiry, milliseconds{left});
}

// --- The offer ---

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
  offer_seen = true;
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
  message.mutable_complete();
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
  config.limits = order.limits;
  limit = std::make_shared<rate_limit>(order.limits.bytes_per_second);
  accepted = true;
  record_changed = true;
  forget(alarm::expiry);
  if (has_spoken() && offer_seen) say_accepted();
  return {true, {}, {}};
}

// --- What the sender says ---

void receiving_transfer_state::take(const transfer_input& input) {
  if (!input.message) return keep(input);
  using kind = wire::Transfer::KindCase;
  switch (input.message->kind_case()) {
    case kind::kOffer:
      return take_offer(*input.message);
    case kind::kManifest:
    case kind::kBlockHashes:
      return keep(input);
    case kind::kVerified:
      if (complete) succeed();
      return;
    default:
      return;
  }
}

void receiving_transfer_state::keep(const transfer_input& input) {
  if (!running) return;  // It was asked for before something held it back.
  kept_bytes += input.message ? input.message->ByteSizeLong() : input.blocks.size();
  if (kept_bytes > kept_bytes_max)
    return fail("protocol", "the sender sends what was not asked for", "protocol");
  next.inputs.push_back(input);
}

// --- Running ---

void receiving_transfer_state::run() {
  begun = true;
  next.begin = true;
  if (!accepted_said) say_accepted();
}

void receiving_transfer_state::halt() {
  next = {};
  kept_bytes = 0;
  working = comparing = comparing_now = false;
}

void receiving_transfer_state::tick() {
  comparing = comparing_now;  // Not more often, or the state would flicker.
  next.report = true;
  next.settle = next.settle || ++ticks % ticks_per_settling == 0;
  update();
}

void receiving_transfer_state::pump() {
  if (working || !(next.begin || !next.inputs.empty() || next.report || next.settle)) return;
  if (limit->next() > now()) {
    if (!is_set(alarm::pace)) wake_in(alarm::pace, limit->next() - now());
    return;
  }
  working = true;
  kept_bytes = 0;
  transfer_receiver_config engine_config;
  engine_config.id = record.id;
  engine_config.offered = info.summary;
  engine_config.manifest = record.manifest;
  engine_config.window = window_for(*limit, config.limits.bytes_per_second);
  engine_config.finished = record.finished;
  work(
      [at = shop, sink = given_sink, settings = config.settings, order = sink_order(),
       engine_config = std::move(engine_config), todo = std::exchange(next, {})] {
        if (!at->sink)
          at->sink = sink ? sink : settings->make_sink ? settings->make_sink(order) : nullptr;
        if (!at->sink) {
          outcome result;
          result.fault = core::transfer_fault{"disk-error", "there is no place to receive to"};
          return result;
        }
        if (!at->engine) at->engine = std::make_unique<transfer_receiver>(engine_config, at->sink);
        return perform(*at, todo);
      },
      [this, of = round](outcome& result) { worked(result, of == round); });
}

receiving_transfer_state::outcome receiving_transfer_state::perform(workshop& shop,
                                                                    const job& todo) {
  outcome result;
  auto& engine = *shop.engine;
  if (todo.begin) result.fault = engine.begin(result.answers);
  for (const auto& input : todo.inputs) {
    if (result.fault) break;
    if (input.message) {
      result.fault = engine.take(*input.message, result.answers);
    } else {
      result.taken += input.blocks.size();
      result.fault = engine.take_blocks(input.blocks.view(), result.answers);
    }
  }
  if (todo.report && !result.fault && !engine.complete()) engine.report(result.answers);
  if (todo.settle && !result.fault) result.fault = engine.settle();
  if (todo.settle || engine.complete()) result.finished = engine.finished();
  result.files_done = engine.files_done();
  result.bytes_done = engine.bytes_done();
  result.comparing = engine.comparing();
  result.complete = engine.complete();
  result.stored = engine.stored();
  return result;
}

/// `current`: nothing has stopped it meanwhile.
void receiving_transfer_state::worked(outcome& result, bool current) {
  if (over) return;
  info.files_done = result.files_done;
  info.bytes_done = result.bytes_done;
  info.stored = std::move(result.stored);
  if (result.finished && *result.finished != record.finished) {
    record.finished = *std::move(result.finished);
    record_changed = true;
  }
  if (result.complete) complete = true;
  if (!current) return update();
  working = false;
  comparing_now = result.comparing;
  limit->spend(result.taken, now());
  for (auto& payload : result.answers) say(std::move(payload), frame_priority::interactive);
  if (result.fault) return trouble(*result.fault);
  update();
}

bool receiving_transfer_state::is_waiting() const {
  return complete || (running ? !working && next.inputs.empty() : !in_queue);
}

std::optional<transfer_state> receiving_transfer_state::own_state() const {
  if (!accepted) return transfer_state::offered;
  if (complete) return transfer_state::verifying;
  return std::nullopt;
}

transfer_state receiving_transfer_state::quiet_state() const {
  return !offer_seen || comparing ? transfer_state::verifying : transfer_state::running;
}

// --- The end ---

transfer_config::sink_order receiving_transfer_state::sink_order() const {
  return {record.id, info.user, record.folder, record.conflicts, record.finished};
}

void receiving_transfer_state::discard() {
  if (!begun) return;
  work(
      [at = shop, sink = given_sink, settings = config.settings, order = sink_order()] {
        at->engine.reset();
        if (!at->sink)
          at->sink = sink ? sink : settings->make_sink ? settings->make_sink(order) : nullptr;
        if (at->sink) at->sink->discard();
        return true;
      },
      [](bool) {});
}

file_transfer_actor::behavior_type receiving_transfer(
    file_transfer_actor::stateful_pointer<receiving_transfer_state> self,
    file_transfer_config config, transfer_owner_actor desk) {
  return self->state.make_behavior(std::move(config), std::move(desk));
}

}  // namespace hobnob
