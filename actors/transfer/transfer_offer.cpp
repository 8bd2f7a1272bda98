#include "actors/transfer/transfer_offer.hpp"

#include "actors/core/outermost_entries.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace hobnob {
namespace {

constexpr std::size_t offered_name_max = 1024;  ///< Bytes: four times what a file's name may have.
constexpr std::size_t offered_note_max = 200;
constexpr std::uint64_t entries_max = UINT32_MAX;

/// No more than there is in all.
bool read_outermost(const wire::TransferOffer& words, core::transfer_summary& into) {
  if (static_cast<std::size_t>(words.outermost_size()) > core::outermost_max) return false;
  auto files = words.files(), bytes = words.bytes();
  for (const auto& each : words.outermost()) {
    if (each.name().empty() || each.name().size() > offered_name_max) return false;
    if (each.files() > files || each.bytes() > bytes) return false;
    files -= each.files();
    bytes -= each.bytes();
    into.outermost.push_back({each.name(),
                              each.folder() ? core::entry_kind::folder : core::entry_kind::file,
                              each.files(), each.bytes()});
  }
  return true;
}

}  // namespace

std::optional<offered_files> read_offer(const wire::TransferOffer& words) {
  const auto manifest = parse_hash(words.manifest_hash());
  if (!manifest || words.name().size() > offered_name_max ||
      words.note().size() > offered_note_max || words.entries() > entries_max ||
      words.files() > words.entries() || words.holes() > words.bytes())
    return std::nullopt;
  offered_files offer;
  offer.summary = {words.name(), words.entries(), words.files(), words.bytes()};
  if (!read_outermost(words, offer.summary)) return std::nullopt;
  offer.summary.holes = words.holes();
  offer.manifest = *manifest;
  offer.note = words.note();
  offer.expires = std::chrono::seconds{words.expires_s()};
  return offer;
}

void write_offer(const offered_files& offer, wire::TransferOffer& words) {
  words.set_name(offer.summary.name);
  words.set_entries(offer.summary.entries);
  words.set_files(offer.summary.files);
  words.set_bytes(offer.summary.bytes);
  words.set_holes(offer.summary.holes);
  words.set_manifest_hash(hash_text(offer.manifest));
  words.set_note(offer.note);
  words.set_expires_s(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(offer.expires.count(), 0, UINT32_MAX)));
  for (const auto& each : offer.summary.outermost) {
    auto& item = *words.add_outermost();
    item.set_name(each.name);
    item.set_folder(each.kind == core::entry_kind::folder);
    item.set_files(each.files);
    item.set_bytes(each.bytes);
  }
}

}  // namespace hobnob
