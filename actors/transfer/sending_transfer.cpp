#include "actors/transfer/sending_transfer.hpp"

#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;

/// Read and hashed by one call, while as many are encrypted and written: to wake a thread for each
/// costs about as much as its hash. One where a rate is to be held.
constexpr std::size_t frames_at_once = 2;

/// Of a `blocks` frame: small where a rate is to be held, else full TLS records with its header.
constexpr std::size_t blocks_size_min = 32 * 1024;
constexpr std::size_t blocks_size_max = data_frame_size_max - frame_header_size;

/// What a receiver may have told and asked while it is not its turn; more is no accident.
constexpr std::size_t inbox_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t inbox_messages_max = 20'000;

/// Of those that wait for the rate of all whoever had it last comes last.
constexpr milliseconds pace_courtesy{1};

}  // namespace

void sending_transfer_state::outcome::note(const transfer_sender& from) {
  has_blocks = from.has_blocks();
  has_questions = from.has_questions();
  done = from.done();
  files_done = from.files_done();
  bytes_done = from.bytes_done();
}

// --- What the receiver says ---

void sending_transfer_state::take(const transfer_input& input) {
  if (!input.message) return;
  using kind = wire::Transfer::KindCase;
  // It may know the offer of an earlier start of this program, and says so but once.
  if (!engine && input.message->has_accepted()) {
    take_accepted();
    ask_for_patience();
  }
  if (!engine) return;
  switch (input.message->kind_case()) {
    case kind::kAccepted:
      return take_accepted();
    case kind::kComplete:
      if (!accepted) take_accepted();  // On an earlier link; it is done, or will be.
      info.omitted_there = std::min(input.message->complete().omitted(), info.summary.files);
      break;
    case kind::kManifestRequest:
    case kind::kBlockRequest:
    case kind::kHashRequest:
    case kind::kFinished:
      break;
    default:
      return;
  }
  inbox_bytes += input.message->ByteSizeLong();
  if (inbox_bytes > inbox_bytes_max || inbox.size() >= inbox_messages_max)
    return fail("protocol", "the receiver asks for too much at once", "protocol");
  asked = true;
  patience = first_patience;
  forget(alarm::patience);
  inbox.push_back(input.message);
}

/// The receiver begins, or begins again.
void sending_transfer_state::take_accepted() {
  if (!std::exchange(accepted, true)) {
    forget(alarm::expiry);
    record_changed = true;
  }
  inbox.clear();
  inbox_bytes = 0;
  made_blocks.clear();
  forget_first = true;
  asked = has_blocks = has_questions = false;
  wake_in(alarm::patience, patience);
}

void sending_transfer_state::halt() {
  inbox.clear();
  inbox_bytes = 0;
  made_blocks.clear();
  asked = answering = has_blocks = has_questions = blocked = false;
  making = 0;
  forget_first = true;
}

bool sending_transfer_state::is_waiting() const {
  return !in_queue && inbox.empty() && !answering && !has_questions && !has_blocks && making == 0 &&
         made_blocks.empty();
}

transfer_order_result sending_transfer_state::answer(const answer_offer&) {
  return {false, "unknown-transfer", "it is no offer to this side"};
}

std::optional<transfer_state> sending_transfer_state::own_state() const {
  if (looking) return transfer_state::verifying;
  return std::nullopt;
}

transfer_state sending_transfer_state::quiet_state() const {
  return accepted ? transfer_state::running : transfer_state::offered;
}

// --- Running ---

void sending_transfer_state::pump() {
  const bool may_answer = has_questions && !blocked;
  if ((!inbox.empty() || may_answer) && !answering) answer_inbox();
  make_blocks();
}

void sending_transfer_state::answer_inbox() {
  answering = true;
  inbox_bytes = 0;
  work(
      [at = engine, messages = std::exchange(inbox, {}), may_answer = !blocked,
       forget_it = std::exchange(forget_first, false)] {
        outcome result;
        if (forget_it) at->forget_requests();
        for (const auto& message : messages) {
          if (result.fault) break;
          result.fault = at->take(*message, result.answers);
        }
        if (!result.fault && may_answer) result.fault = at->answer(result.answers);
        result.note(*at);
        return result;
      },
      [this, of = round](const outcome& result) {
        if (!over && of == round) answered(result);
      });
}

void sending_transfer_state::answered(const outcome& result) {
  answering = false;
  // What a link does not take waits: it is not to grow because somebody asks for much.
  for (const auto& payload : result.answers)
    blocked = say(payload, frame_priority::normal) != send_status::sent || blocked;
  info.files_done = result.files_done;
  info.bytes_done = result.bytes_done;
  if (result.fault) return trouble(*result.fault);
  if (result.done) return succeed();
  if (!forget_first) {
    has_blocks = result.has_blocks;
    has_questions = result.has_questions;
  }
  pump();
}

bool sending_transfer_state::must_pause_for_rate() {
  auto next = pace->next();
  if (config.shared_limit) next = std::max(next, config.shared_limit->next());
  if (next <= now()) return false;
  if (is_set(alarm::pace)) return true;
  wake_in(alarm::pace, next - now() + (spent ? pace_courtesy : milliseconds{0}));
  spent = false;
  return true;
}

void sending_transfer_state::make_blocks() {
  const bool limited = pace->limited() || config.shared_limit;
  const std::size_t count = limited ? 1 : frames_at_once;
  while (has_blocks && making + made_blocks.size() <= count) {
    if (must_pause_for_rate()) return;
    auto size = pace->share(blocks_size_min, blocks_size_max);
    if (config.shared_limit)
      size = std::min(size, config.shared_limit->share(blocks_size_min, blocks_size_max));
    // As if it had been sent: two frames made at once are not to pass for one.
    const auto prepaid = std::min(size, unspent);
    unspent -= prepaid;
    pace->spend(size - prepaid, now());
    if (config.shared_limit) config.shared_limit->spend(size - prepaid, now());
    spent = config.shared_limit != nullptr;
    making += count;
    work(
        [at = engine, size, count] {
          outcome result;
          for (std::size_t i = 0; i < count && !result.fault && at->has_blocks(); ++i) {
            shared_slice frame;
            result.fault = at->next_blocks(size, frame);
            if (!frame.empty()) result.frames.push_back(std::move(frame));
          }
          result.note(*at);
          return result;
        },
        [this, size, count, of = round](outcome& result) {
          if (count == 1) {
            const auto used = result.frames.empty() ? 0 : result.frames.front().size();
            keep_change(size - std::min(size, used), result.has_blocks);
          }
          if (over || of != round) return;
          making -= count;
          made(result);
        });
  }
}

/// Of what was spent, this was not sent: it is for the next frame. Were it given back before the
/// last one, it would let this transfer come before others that wait for the rate of all.
void sending_transfer_state::keep_change(std::size_t unused, bool goes_on) {
  if (goes_on) {
    unspent += unused;
    return;
  }
  pace->give_back(unused);
  if (config.shared_limit) config.shared_limit->give_back(unused);
}

void sending_transfer_state::made(outcome& result) {
  if (result.fault) return trouble(*result.fault);
  if (forget_first) return pump();  // It was asked for before the receiver began again.
  has_blocks = result.has_blocks;
  std::ranges::move(result.frames, std::back_inserter(made_blocks));
  send_blocks();
}

void sending_transfer_state::send_blocks() {
  while (!blocked && !made_blocks.empty()) {
    const auto status = link.connection->send(
        outgoing_frame{frame_type::blocks, frame_priority::bulk, {}, made_blocks.front()});
    if (status == send_status::closed) return;  // The link is about to be gone.
    blocked = status != send_status::sent;
    if (status != send_status::overflow) made_blocks.pop_front();
  }
  pump();
}

void sending_transfer_state::ended() {
  if (is_working()) wanted->give_up();
}

void sending_transfer_state::drained() {
  blocked = false;
  send_blocks();
}

file_transfer_actor::behavior_type sending_transfer(
    file_transfer_actor::stateful_pointer<sending_transfer_state> self, file_transfer_config config,
    transfer_owner_actor desk) {
  return self->state.make_behavior(std::move(config), std::move(desk));
}

}  // namespace hobnob
