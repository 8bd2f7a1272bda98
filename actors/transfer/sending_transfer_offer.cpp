// The sender's side of a transfer: the source is looked through, and offered on every link.

#include "actors/transfer/sending_transfer.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_offer.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <caf/typed_response_promise.hpp>
#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;

}  // namespace

void sending_transfer_state::start() {
  limit();
  look_through();
}

void sending_transfer_state::limit() { pace.emplace(record.bytes_per_second); }

void sending_transfer_state::look_through() {
  struct view {
    std::shared_ptr<transfer_sender> engine;
    transfer_sender::fault fault;
  };
  looking = true;
  work(
      [id = record.id, source = config.source, sources = record.sources, settings = config.settings,
       at = wanted]() mutable {
        view result;
        if (!source && settings->open_source) source = settings->open_source(sources);
        if (!source) {
          result.fault = core::transfer_fault{"source-unreadable", "the source cannot be opened"};
          return result;
        }
        at->set(source);
        result.engine = std::make_shared<transfer_sender>(id, std::move(source));
        result.fault = result.engine->scan();
        return result;
      },
      [this](view& result) {
        looking = false;
        if (over) return;
        if (!result.fault) engine = std::move(result.engine);
        looked_through(result.fault);
      });
}

void sending_transfer_state::looked_through(const transfer_sender::fault& failed) {
  if (failed) return trouble(*failed);
  const bool known = record.manifest != core::content_hash{};
  if (known && engine->manifest_hash() != record.manifest)
    return fail("source-changed", "the files are not those that were offered", {});
  info.omitted = engine->omitted();
  record.omitted = info.omitted.count;
  info.renamed = engine->renamed();
  record.renamed = info.renamed.count;
  auto summary = engine->summary();
  if (!info.summary.name.empty()) summary.name = info.summary.name;
  info.summary = std::move(summary);
  record.manifest = engine->manifest_hash();
  record_changed = true;
  if (!accepted && record.expires_ms > 0) {
    const auto left = record.expires_ms - config.wall_ms();
    wake_in(alarm::expiry, milliseconds{std::max<std::int64_t>(0, left)});
  }
  if (link.connection) offer();
  update();
}

void sending_transfer_state::retry() {
  if (!engine && !looking) look_through();
}

/// Where two links come about at once, the receiver may have followed an offer on the other one
/// that arrived late, and come back when that one ended: it waits for an offer then.
void sending_transfer_state::waited() {
  if (!link.connection || !engine || !offered || asked || !held_there.empty() || paused || fault)
    return;
  patience = std::min<std::chrono::seconds>(2 * patience, std::chrono::minutes{5});
  offer();
}

void sending_transfer_state::linked() {
  asked = offered = false;
  forget(alarm::patience);
  if (!link.transfers) return fail("unsupported", "the other side's program takes no files", {});
  if (engine) return offer();
  if (accepted) ask_for_patience();
}

/// To look through many files takes its time, which the receiver is not to take for silence.
void sending_transfer_state::ask_for_patience() {
  auto message = transfer_message(record.id);
  message.mutable_hold()->set_held(true);
  message.mutable_hold()->set_code("queued");
  hold_said = "queued";
  say(message);
}

caf::result<source_compared> sending_transfer_state::compare_with(const compare_source& order) {
  if (!engine || !order.source || over) return source_compared{!over};
  auto promise = self->make_response_promise<source_compared>();
  work(
      [id = record.id, source = order.source, offered = record.manifest] {
        transfer_sender now{id, source};
        return !now.scan() && now.manifest_hash() != offered;
      },
      [this, promise](bool changed) mutable {
        if (changed)
          fail("source-changed", "the files are others than were offered", "source-changed");
        promise.deliver(source_compared{!over});
      });
  return promise;
}

void sending_transfer_state::offer() {
  auto message = transfer_message(record.id);
  offered_files words{info.summary, record.manifest, record.note, {}};
  if (!accepted && record.expires_ms > 0) {
    const auto left = (record.expires_ms - config.wall_ms()) / 1000;
    words.expires = std::chrono::seconds{std::max<std::int64_t>(left, 1)};
  }
  write_offer(words, *message.mutable_offer());
  offered = true;
  say(message);
}

}  // namespace hobnob
