#include "actors/transfer/receiving_transfer.hpp"

#include "actors/transfer/transfer_frame.hpp"
#include "transport/frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hobnob {
namespace {

constexpr std::uint64_t window_usual = 8 * 1024 * 1024;
constexpr std::uint64_t window_min = 256 * 1024;
constexpr std::uint64_t window_shared_min = 2 * 1024 * 1024;

/// What an honest sender can have under way: what was asked for, and what was asked for before.
constexpr std::size_t kept_bytes_max = 32 * 1024 * 1024;

/// The part of the window that is worth a call: to wake a thread for every frame costs about
/// as much as to hash it. Where windows are small because many share the link, what is asked for
/// late comes in bursts, and chat waits behind them.
constexpr std::uint64_t calls_a_window = 16;

/// Of one call: whoever pauses it, or wants to hear how far it is, does not wait for long.
constexpr std::uint64_t compared_at_once = 16 * 1024 * 1024;

constexpr unsigned ticks_per_settling = 4;

/// So that a rate is held by asking in time for what it allows.
std::uint64_t window_for(const rate_limit& limit, std::uint64_t per_second, std::size_t receiving) {
  const auto share = std::max(window_shared_min, window_usual / receiving);
  return limit.limited() ? std::clamp(per_second * 2, window_min, share) : share;
}

/// The sender may have no more of what was asked for: with holes that is less than was awaited.
bool is_short(const transfer_input& input) {
  return input.message || input.blocks.size() < data_frame_size_max / 4 * 3;
}

/// In memory, about: many empty ones take some too.
std::size_t size_of(const transfer_input& input) {
  constexpr std::size_t overhead = 256;
  return overhead + (input.message ? input.message->ByteSizeLong() : input.blocks.size());
}

}  // namespace

receiving_transfer_state::~receiving_transfer_state() {
  ended();
  if (sharing) config.kept->end();
}

void receiving_transfer_state::start() {
  limit();
  begun = uncounted = config.remembered && accepted;
  omitted_before = record.omitted;
  renamed_before = record.renamed;
  watch_expiry();
}

void receiving_transfer_state::limit() {
  pace = std::make_shared<rate_limit>(record.bytes_per_second);
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
  if (!next.kept) next.kept = std::make_shared<kept_input>(config.kept);
  const auto size = size_of(input);
  if (next.kept->bytes() + size > kept_bytes_max)
    return fail("protocol", "the sender sends what was not asked for", "protocol");
  if (next.kept->add(size)) {
    next.urgent = next.urgent || is_short(input);
    return next.inputs.push_back(input);
  }
  // There is no room because of all of them together: it asks again for what it drops.
  const bool begins = next.begin;
  next = {};
  next.begin = true;
  if (!begins) say_accepted();
}

/// What was not taken comes before what has come since.
void receiving_transfer_state::keep_on(std::vector<transfer_input>& rest) {
  if (rest.empty() || next.begin) return;
  if (!next.kept) next.kept = std::make_shared<kept_input>(config.kept);
  for (const auto& input : rest) next.kept->add_back(size_of(input));
  next.urgent = true;
  next.inputs.insert(next.inputs.begin(), std::make_move_iterator(rest.begin()),
                     std::make_move_iterator(rest.end()));
}

// --- Running ---

void receiving_transfer_state::run() {
  begun = true;
  next.begin = true;
  adapted = {};
  idle_ticks = 0;
  if (!std::exchange(sharing, true)) config.kept->begin();
  if (!accepted_said) say_accepted();
}

void receiving_transfer_state::halt() {
  next = {};
  if (std::exchange(sharing, false)) config.kept->end();
  working = comparing = comparing_now = false;
}

void receiving_transfer_state::tick() {
  comparing = comparing_now;  // Not more often, or the state would flicker.
  // There is no news, and no thread is kept for what does not come.
  if (next.inputs.empty() && ++idle_ticks > 2 * ticks_per_settling) return update();
  next.report = true;
  next.settle = next.settle || ++ticks % ticks_per_settling == 0;
  update();
}

/// What is less than that waits for more of it, or for the tick.
bool receiving_transfer_state::is_worth_a_call() const {
  if (next.begin || next.report || next.settle || next.urgent) return true;
  return next.kept && next.kept->bytes() >= std::min(window / calls_a_window, awaited);
}

void receiving_transfer_state::pump() {
  if (working || !is_worth_a_call()) return;
  if (pace->next() > now()) {
    if (!is_set(alarm::pace)) wake_in(alarm::pace, pace->next() - now());
    return;
  }
  working = true;
  if (!next.inputs.empty()) idle_ticks = 0;
  const auto most = window_for(*pace, record.bytes_per_second, config.kept->receiving());
  // What waits for the rate says nothing of the disk.
  const bool paced = pace->limited();
  next.window = window = paced ? most : adapted.adapt(next.kept ? next.kept->bytes() : 0, most);
  transfer_receiver_config engine_config;
  engine_config.id = record.id;
  engine_config.offered = info.summary;
  engine_config.manifest = record.manifest;
  engine_config.window = next.window;
  engine_config.finished = record.finished;
  engine_config.omitted_before = omitted_before;
  engine_config.renamed_before = renamed_before;
  engine_config.given_up = shop->given_up;
  work(
      [at = shop, sink = given_sink, settings = config.settings, order = sink_order(),
       engine_config = std::move(engine_config), todo = std::exchange(next, {})]() mutable {
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

receiving_transfer_state::outcome receiving_transfer_state::perform(workshop& shop, job& todo) {
  outcome result;
  auto& engine = *shop.engine;
  engine.set_window(todo.window);
  const auto enough = engine.bytes_compared() + compared_at_once;
  if (todo.begin) result.fault = engine.begin(result.answers);
  auto input = todo.inputs.begin();
  for (; input != todo.inputs.end() && !result.fault && engine.bytes_compared() < enough; ++input) {
    if (input->message) {
      result.fault = engine.take(*input->message, result.answers);
    } else {
      result.taken += input->blocks.size();
      result.fault = engine.take_blocks(input->blocks.view(), result.answers);
    }
  }
  result.rest.assign(std::make_move_iterator(input), std::make_move_iterator(todo.inputs.end()));
  if (todo.report && !result.fault && !engine.complete()) engine.report(result.answers);
  if (todo.settle && !result.fault) result.fault = engine.settle(result.answers);
  if (todo.settle || engine.complete()) result.finished = engine.finished();
  result.files_done = engine.files_done();
  result.bytes_done = engine.bytes_done();
  result.comparing = engine.comparing();
  result.awaited = engine.bytes_awaited();
  result.complete = engine.complete();
  result.stored = engine.stored();
  result.omitted = engine.omitted();
  result.renamed = engine.renamed();
  return result;
}

/// `current`: nothing has stopped it meanwhile.
void receiving_transfer_state::worked(outcome& result, bool current) {
  if (over) return;
  info.files_done = result.files_done;
  info.bytes_done = result.bytes_done;
  info.stored = std::move(result.stored);
  info.omitted = std::move(result.omitted);
  info.renamed = std::move(result.renamed);
  if (result.finished && *result.finished != record.finished) {
    record.finished = *std::move(result.finished);
    record.omitted = info.omitted.count;
    record.renamed = info.renamed.count;
    record_changed = true;
  }
  if (result.complete) complete = true;
  if (!current) return update();
  working = false;
  comparing_now = result.comparing;
  awaited = result.awaited;
  if (awaited > 0 || complete) uncounted = false;
  pace->spend(result.taken, now());
  for (auto& payload : result.answers) say(std::move(payload), frame_priority::interactive);
  if (result.fault) return trouble(*result.fault);
  keep_on(result.rest);
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
  const bool compares = !offer_seen || comparing || uncounted;
  return compares ? transfer_state::verifying : transfer_state::running;
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
