#include "actors/transfer/file_transfer_state.hpp"

#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_words.hpp"
#include "transport/wire/transfer.pb.h"

#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds running_tick{250};
constexpr seconds resting_tick{30};
constexpr seconds retry_interval{10};
constexpr minutes silence_max{10};   ///< Of a link that lives: the other side has lost its way.
constexpr seconds idle_turn_max{5};  ///< Who waits so long for the other side lets another one run.
constexpr std::size_t detail_size_max = 200;

constexpr unsigned alarm_bits = 8;

}  // namespace

file_transfer_actor::behavior_type file_transfer_state::make_behavior(file_transfer_config settings,
                                                                      transfer_owner_actor owner) {
  config = std::move(settings);
  desk = std::move(owner);
  record = config.record;
  info = info_of(record);
  accepted = config.accepted || (config.remembered && record.state != "offered");
  paused = config.remembered && record.state == "paused";
  record_changed = !config.remembered;
  start();
  update();
  return {[this](const transfer_link& news) { take_link(news); },
          [this](const transfer_frames& arrived) { take_frames(arrived); },
          [this](const link_drained&) {
            if (running) drained();
          },
          [this](const slot_answer& answer) {
            if (answer.ticket != ticket) return;  // It was not wanted any more.
            has_turn = answer.granted;
            in_queue = !answer.granted;
            update();
          },
          [this](const transfer_work_done& done) {
            done.then();
            if (calls_ > 0) return;
            if (over) return self->quit();
            if (!running) rest();
          },
          [this](const deadline_passed& moment) { woken(moment.token); },
          [this](const compare_source& order) -> caf::result<source_compared> {
            return compare_with(order);
          },
          [this](const answer_offer& order) {
            auto result = answer(order);
            update();
            return result;
          },
          [this](const cancel_transfer&) { return cancel(); },
          [this](const pause_transfer&) { return pause(); },
          [this](const resume_transfer&) { return resume(); },
          [this](const limit_transfer& order) { return set_limits(order.limits); }};
}

file_transfer_state::~file_transfer_state() { rest(); }

/// Lets go of the thread, which one that waits for days does without. A call may be under way, for
/// which it waits when it is destroyed; the loop must not.
void file_transfer_state::rest() {
  if (!worker_ || !config.reaper) return;
  config.reaper->after(milliseconds{0}, [worker = std::shared_ptr{std::move(worker_)}] {});
}

void file_transfer_state::post(std::function<void()> job) {
  if (!worker_) {
    const auto& make = config.settings->make_background;
    worker_ = make ? make() : make_background_thread();
  }
  worker_->after(milliseconds{0}, std::move(job));
}

// --- What follows from what is known ---

void file_transfer_state::update() {
  if (over) return;
  const bool held = paused || fault || (!held_there.empty() && held_there != "queued");
  const bool wants = link.connection && accepted && !held && has_work();
  if (!wants && running) stop_running();
  if (wants != (ticket != 0)) {
    ticket = wants ? ++last_ticket_ : 0;
    has_turn = in_queue = turn_given_up = false;
    self->send(desk, slot_wanted{record.id, record.direction, ticket});
  }
  if (has_turn && !running) {
    running = true;
    heard_at = now();
    wake_in(alarm::tick, running_tick);
    run();
    if (over) return;
  }
  say_hold();
  tell();
  if (running) pump();
}

void file_transfer_state::stop_running() {
  running = false;
  ++round;
  rate_.reset();
  info.bytes_per_second = 0;
  forget(alarm::pace);
  halt();
  if (calls_ == 0) rest();
  wake_in(alarm::tick, resting_tick);
}

void file_transfer_state::take_link(const transfer_link& news) {
  if (over) return;
  const bool awaited = std::exchange(config.link_coming, false);
  if (news.link == link.link && news.connection == link.connection) {
    if (awaited) update();
    return;
  }
  if (running) stop_running();
  link = news;
  info.path = news.path;
  hold_said.clear();
  held_there.clear();
  held_there_detail.clear();
  heard_at = now();
  if (link.connection) {
    if (record.key.is_null()) {
      record.key = info.key = link.user;
      record_changed = true;
    }
    if (record.key != link.user)
      return fail("key-changed", "the other side has another key than at the beginning", {});
    wake_in(alarm::tick, resting_tick);
    linked();
  }
  update();
}

void file_transfer_state::take_frames(const transfer_frames& arrived) {
  if (arrived.link != link.link) return;
  heard_at = now();
  for (const auto& input : arrived.inputs) {
    if (over) return;
    if (input.message && input.message->has_hold()) {
      take_hold(*input.message);
    } else if (input.message && input.message->has_end()) {
      take_end(*input.message);
    } else {
      take(input);
    }
  }
  update();
}

void file_transfer_state::take_hold(const wire::Transfer& message) {
  const auto& news = message.hold();
  held_there.clear();
  held_there_detail.clear();
  if (news.held()) {
    held_there = code_from_there(news.code());
    held_there_detail = shortened(news.detail(), detail_size_max);
    if (held_there == "cancelled-there") held_there = "paused";
  }
  update();
}

void file_transfer_state::take_end(const wire::Transfer& message) {
  auto code = code_from_there(message.end().code());
  if (code == "unknown" && is_complete()) return succeed();
  fail(code, shortened(message.end().detail(), detail_size_max), {});
}

bool file_transfer_state::is_silent() const {
  return link.connection && accepted && !paused && !fault && held_there.empty() && is_waiting() &&
         now() - heard_at > silence_max;
}

/// So that nobody keeps others out by being silent. It runs on, whenever the other side does.
void file_transfer_state::give_up_turn() {
  if (turn_given_up || !is_waiting() || now() - heard_at <= idle_turn_max) return;
  turn_given_up = true;
  self->send(desk, slot_wanted{record.id, record.direction, 0});
  if (calls_ == 0) rest();
}

void file_transfer_state::wake_in(alarm what, std::chrono::steady_clock::duration time) {
  const auto place = static_cast<std::size_t>(what);
  alarms_[place].set = true;
  self->delayed_send(self, time, deadline_passed{++alarms_[place].number << alarm_bits | place});
}

void file_transfer_state::forget(alarm what) {
  auto& entry = alarms_[static_cast<std::size_t>(what)];
  ++entry.number;
  entry.set = false;
}

void file_transfer_state::woken(std::uint64_t token) {
  const auto what = static_cast<alarm>(token & ((1u << alarm_bits) - 1));
  auto& entry = alarms_[static_cast<std::size_t>(what)];
  if (over || token >> alarm_bits != entry.number) return;
  entry.set = false;
  switch (what) {
    case alarm::tick:
      if (!link.connection) return;
      if (is_silent()) {
        if (is_complete()) return succeed();
        return fail("silent", "the other side does not go on", "silent");
      }
      if (running) {
        give_up_turn();
        rate_.note(info.bytes_done, now());
        info.bytes_per_second = rate_.per_second();
        tick();
        tell_progress();
      }
      if (!over) wake_in(alarm::tick, running ? milliseconds{running_tick} : resting_tick);
      return;
    case alarm::retry:
      fault.reset();
      retry();
      return update();
    case alarm::expiry:
      if (!accepted) fail("expired", "nobody answered the offer in time", "expired");
      return;
    case alarm::patience:
      return waited();
    default:
      if (running) pump();
  }
}

// --- What a person orders ---

transfer_order_result file_transfer_state::pause() {
  paused = true;
  record_changed = true;
  update();
  return {true, {}, {}};
}

transfer_order_result file_transfer_state::resume() {
  if (!paused && !fault) {
    return {false, "not-paused",
            held_there == "paused" ? "the other side has paused it" : "it is not paused"};
  }
  paused = false;
  if (std::exchange(fault, std::nullopt)) {
    forget(alarm::retry);
    retry();
  }
  record_changed = true;
  update();
  return {true, {}, {}};
}

/// What has been spent by the old limits is forgotten.
transfer_order_result file_transfer_state::set_limits(const transfer_limits& limits) {
  if (limits.bytes_per_second != record.bytes_per_second) {
    record.bytes_per_second = limits.bytes_per_second;
    record_changed = true;
    forget(alarm::pace);
    limit();
    update();
  }
  return {true, {}, {}};
}

transfer_order_result file_transfer_state::cancel() {
  const bool offer = record.direction == transfer_direction::receiving && !accepted;
  if (offer) {
    fail("refused", "the offer was refused", "refused");
  } else {
    fail("cancelled", "it was cancelled", "cancelled");
  }
  return {true, {}, {}};
}

// --- The end ---

void file_transfer_state::trouble(const core::transfer_fault& failed) {
  if (over) return;
  if (!failed.passing) return fail(failed.code, failed.detail, failed.code);
  fault = failed;
  wake_in(alarm::retry, retry_interval);
  update();
}

void file_transfer_state::fail(const std::string& code, std::string detail,
                               const std::string& for_there) {
  if (over) return;
  if (!for_there.empty() && has_spoken()) say_end(for_there, detail);
  if (info.summary.name.empty()) info.summary.name = name_of_first(record.sources);
  end(transfer_state::failed, code, std::move(detail));
  discard();
  if (calls_ == 0) self->quit();
}

void file_transfer_state::succeed() {
  if (over) return;
  info.files_done = info.summary.files;
  info.bytes_done = info.summary.bytes;
  end(transfer_state::done, {}, {});
  if (calls_ == 0) self->quit();
}

void file_transfer_state::end(transfer_state state, const std::string& code, std::string detail) {
  if (running) stop_running();
  over = true;
  info.state = state;
  info.code = code;
  info.detail = std::move(detail);
  info.bytes_per_second = 0;
  if (ticket != 0) self->send(desk, slot_wanted{record.id, record.direction, 0});
  record_changed = true;
  send_told();
  ended();
}

}  // namespace hobnob
