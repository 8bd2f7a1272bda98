// Input: the payload of a `transfer` frame with an offer. What is read of it keeps its rules, is
// the same when it is written again, and shows nothing on a terminal but lines of text.

#include "actors/core/outermost_entries.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/transfer/offer_policy.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_offer.hpp"
#include "peer_main/transfer_events.hpp"
#include "peer_main/words.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>

namespace {

using namespace hobnob;

void check(const core::transfer_summary& offered) {
  if (offered.outermost.size() > core::outermost_max || offered.files > offered.entries ||
      offered.holes > offered.bytes)
    std::abort();
  auto files = offered.files, bytes = offered.bytes;
  for (const auto& each : offered.outermost) {
    if (each.name.empty() || each.files > files || each.bytes > bytes) std::abort();
    files -= each.files;
    bytes -= each.bytes;
  }
}

void judge(const offered_files& offer) {
  transfer_config config;
  config.policy = {accept_policy::all, 1'000'000, 1000};
  config.make_sink = [](const transfer_config::sink_order&) { return nullptr; };
  const auto verdict = judge_offer(config, {"bob", true, true, 0}, offer.summary);
  const bool fits = offer.summary.bytes <= 1'000'000 && offer.summary.entries <= 1000;
  if (fits != (verdict.decided == offer_verdict::decision::accept)) std::abort();
}

/// Line feeds are ours.
void show(const offered_files& offer) {
  transfer_offered news;
  news.info.direction = transfer_direction::receiving;
  news.info.user = "bob";
  news.info.summary = offer.summary;
  news.info.note = offer.note;
  auto text = in_words(event_of(news), false).text;
  std::erase(text, '\n');
  if (core::sanitise_line(text, 1 << 20) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Transfer message;
  if (!decode_transfer(std::as_bytes(std::span{data, size}), message) || !message.has_offer())
    return 0;
  const auto offer = read_offer(message.offer());
  if (!offer) return 0;
  check(offer->summary);
  wire::TransferOffer words;
  write_offer(*offer, words);
  const auto again = read_offer(words);
  if (!again || again->summary != offer->summary || again->manifest != offer->manifest ||
      again->note != offer->note || again->expires != offer->expires)
    std::abort();
  judge(*offer);
  show(*offer);
  return 0;
}
