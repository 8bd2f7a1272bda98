#include "actors/transfer/transfer_receiver.hpp"

#include "actors/core/outermost_entries.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/receiving_file.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

/// However long their paths are, a sender has them in memory; it says no more than its link takes.
constexpr std::uint32_t entries_asked_at_once = 512;
constexpr std::size_t waiting_entries_max = 2048;  ///< Fewer waiting or coming: more are asked for.
constexpr std::size_t open_files_max = 4096;

/// Of them all: more is opened only below it, so there may be one file's more. A hash each.
constexpr std::uint64_t open_blocks_max = 1024 * 1024;
constexpr std::size_t unsettled_max = 16'384;
constexpr std::uint64_t late_bytes_max = 256 * 1024 * 1024;
constexpr unsigned times_removed_max = 5;  ///< More often: it is waited, as with other faults.

core::transfer_fault sent_wrongly(std::string detail) {
  return {"protocol", "the sender sent " + std::move(detail)};
}

core::transfer_entry read_entry(const wire::ManifestEntry& from) {
  return {from.path(), from.folder() ? core::entry_kind::folder : core::entry_kind::file,
          from.size(), from.modified_ns()};
}

}  // namespace

transfer_receiver::transfer_receiver(transfer_receiver_config config,
                                     std::shared_ptr<core::transfer_sink> sink)
    : config_(std::move(config)), sink_(std::move(sink)) {}

transfer_receiver::~transfer_receiver() = default;

transfer_receiver::fault transfer_receiver::begin(answers& out) {
  times_removed_ = 0;
  return mended(begin_again(out), out);
}

transfer_receiver::fault transfer_receiver::begin_again(answers& out) {
  if (!open_) {
    if (auto failed = sink_->open(config_.offered)) return failed;
    open_ = true;
  }
  void_requests();
  return go_on(out);
}

void transfer_receiver::void_requests() {
  manifest_asked_ = declared_;
  late_bytes_ = std::min(late_bytes_ + std::exchange(asked_bytes_, 0), late_bytes_max);
  for (auto& [entry, file] : files_) {
    file.covered = file.held;
    file.compare_asked = file.compared;
    file.block_come = 0;
    if (!comparing_.contains(entry) && !file.all_held()) lacking_.insert(entry);
  }
  // The sender may be another program than the one that was told.
  to_compare_ = comparing_;
  unreported_earlier_ = finished_;
  for (const auto& [entry, root] : unreported_) unreported_earlier_.remove({entry, entry + 1});
}

transfer_receiver::fault transfer_receiver::take(const wire::Transfer& message, answers& out) {
  fault failed;
  if (message.has_manifest()) {
    failed = take_manifest(message);
  } else if (message.has_block_hashes()) {
    failed = take_hashes(message);
  } else {
    verified_ = verified_ || (message.has_verified() && complete_);
    return std::nullopt;
  }
  return mended(failed ? failed : go_on(out), out);
}

transfer_receiver::fault transfer_receiver::take_blocks(byte_view payload, answers& out) {
  return mended(take_frame(payload, out), out);
}

transfer_receiver::fault transfer_receiver::take_frame(byte_view payload, answers& out) {
  if (payload.size() < block_frame_header_size) return sent_wrongly("a frame that is cut");
  block_frame_reader frame{payload};
  while (!frame.at_end()) {
    const auto piece = frame.next();
    if (!piece) return sent_wrongly("a frame that is cut");
    if (auto failed = take_piece(*piece)) return failed;
    // At once, while the sink has it open: there may be a thousand in a frame.
    if (auto failed = finish_ready()) return failed;
  }
  return go_on(out);
}

/// Does whatever can be done without the sender, then asks it for the next things.
transfer_receiver::fault transfer_receiver::go_on(answers& out) {
  if (complete_) return close(out);
  if (auto failed = finish_ready()) return failed;
  do {
    if (auto failed = open_entries()) return failed;
    ask_for_blocks(out);
  } while (may_open());
  if (finished_.count() == config_.offered.entries) return close(out);
  ask_for_manifest(out);
  ask_for_hashes(out);
  return std::nullopt;
}

bool transfer_receiver::wants_more() const noexcept {
  return asked_bytes_ <= config_.window - config_.window / 4;
}

bool transfer_receiver::has_room_to_open() const noexcept {
  return files_.size() < open_files_max && open_blocks_ < open_blocks_max;
}

/// Everything open has been asked for, and it is not enough.
bool transfer_receiver::may_open() const noexcept {
  return !waiting_.empty() && has_room_to_open() && lacking_.empty() && wants_more();
}

// --- Manifest ---

void transfer_receiver::ask_for_manifest(answers& out) {
  while (manifest_asked_ < config_.offered.entries &&
         manifest_asked_ - declared_ + waiting_.size() < waiting_entries_max) {
    const auto left = config_.offered.entries - manifest_asked_;
    const auto count = std::min<std::uint64_t>(entries_asked_at_once, left);
    auto message = transfer_message(config_.id);
    message.mutable_manifest_request()->set_first(manifest_asked_);
    message.mutable_manifest_request()->set_count(static_cast<std::uint32_t>(count));
    out.push_back(encode_transfer(message));
    manifest_asked_ += count;
  }
}

transfer_receiver::fault transfer_receiver::take_manifest(const wire::Transfer& message) {
  const auto& chunk = message.manifest();
  const auto sent = static_cast<std::uint64_t>(chunk.entries_size());
  // What a late answer to a void request has brought already comes again.
  if (chunk.first() > declared_ || declared_ - chunk.first() >= sent) return std::nullopt;
  const auto known = declared_ - chunk.first(), count = sent - known;
  if (count > config_.offered.entries - declared_)
    return sent_wrongly("more entries than it offered");
  if (waiting_.size() + count > waiting_entries_max + 2 * entries_asked_at_once)
    return sent_wrongly("more entries than were asked for");
  std::vector<core::transfer_entry> entries;
  entries.reserve(count);
  for (auto i = known; i < sent; ++i) {
    const auto& entry = chunk.entries(static_cast<int>(i));
    if (entry.size() > core::sent_file_size_max)
      return core::transfer_fault{"too-large", entry.path() + " is larger than 16 TiB"};
    entries.push_back(read_entry(entry));
    if (!is_as_offered(entries.back()))
      return core::transfer_fault{"source-changed", "the files are not those that were offered"};
  }
  if (auto failed = sink_->declare(declared_, entries)) return failed;
  for (auto& entry : entries) {
    add_entry(manifest_hash_, entry);
    waiting_.push_back(std::move(entry));
  }
  declared_ += count;
  manifest_asked_ = std::max(manifest_asked_, declared_);
  if (declared_ == config_.offered.entries && manifest_hash_.value() != config_.manifest)
    return core::transfer_fault{"source-changed", "the list of files is not the one offered"};
  return std::nullopt;
}

/// The outermost names are those that somebody has accepted.
bool transfer_receiver::is_as_offered(const core::transfer_entry& entry) {
  const auto& offered = config_.offered.outermost;
  const bool outermost = core::outermost_name_of(entry.path).size() == entry.path.size();
  if (!outermost || outermost_declared_ >= offered.size()) return true;
  const auto& expected = offered[outermost_declared_++];
  return entry.path == expected.name && entry.kind == expected.kind &&
         (entry.kind == core::entry_kind::folder || entry.size == expected.bytes);
}

transfer_receiver::fault transfer_receiver::open_entries() {
  if (!may_open()) return std::nullopt;
  auto coming = asked_bytes_;
  while (!waiting_.empty() && has_room_to_open() && coming < config_.window) {
    const auto entry = static_cast<std::uint32_t>(declared_ - waiting_.size());
    if (auto failed = open_entry(entry, waiting_.front())) return failed;
    if (lacking_.contains(entry)) coming += waiting_.front().size;
    waiting_.pop_front();
  }
  return std::nullopt;
}

transfer_receiver::fault transfer_receiver::open_entry(std::uint32_t entry,
                                                       const core::transfer_entry& declared) {
  core::transfer_sink::standing found;
  if (auto failed = sink_->look(entry, found)) return failed;
  if (found.finished) {
    note_finished(entry, declared, nullptr, {});
    return std::nullopt;
  }
  if (declared.kind == core::entry_kind::folder || declared.size == 0) {
    std::string shown;
    if (auto failed = sink_->finish(entry, found.candidate, shown)) return failed;
    const auto root = hash_root({});
    if (declared.kind == core::entry_kind::file) unsettled_.emplace(entry, declared);
    note_finished(entry, declared, &root, shown);
    return std::nullopt;
  }
  auto& file = files_.try_emplace(entry, declared).first->second;
  open_blocks_ += file.plan.count();
  file.candidate = found.candidate;
  file.compare_end =
      found.candidate ? file.plan.count() : found.unfinished / file.plan.block_size();
  if (found.unfinished == declared.size) file.compare_end = file.plan.count();
  (file.compare_end > 0 ? comparing_ : lacking_).insert(entry);
  if (file.compare_end > 0) to_compare_.insert(entry);
  return std::nullopt;
}

// --- The end of a file, and of all ---

transfer_receiver::fault transfer_receiver::finish_ready() {
  while (!ready_.empty()) {
    const auto found = files_.find(*ready_.begin());
    auto& file = found->second;
    std::string shown;
    if (auto failed = sink_->finish(found->first, file.candidate, shown)) return failed;
    const auto root = hash_root(file.hashes);
    bytes_done_ -= file.declared.size;  // Of its blocks; now as a whole.
    note_finished(found->first, file.declared, &root, shown);
    if (!file.candidate) unsettled_.emplace(found->first, std::move(file.declared));
    ready_.erase(ready_.begin());
    open_blocks_ -= file.plan.count();
    files_.erase(found);
    if (unsettled_.size() < unsettled_max) continue;
    if (auto failed = settle_finished()) return failed;
  }
  return std::nullopt;
}

/// Without a root it was finished by an earlier run.
void transfer_receiver::note_finished(std::uint32_t entry, const core::transfer_entry& declared,
                                      const core::content_hash* root, const std::string& shown) {
  constexpr std::size_t stored_max = 10;
  finished_.add({entry, entry + 1});
  if (root) {
    unreported_.emplace(entry, *root);
  } else {
    unreported_earlier_.add({entry, entry + 1});
    settled_.add({entry, entry + 1});
  }
  bytes_done_ += declared.size;
  if (declared.kind == core::entry_kind::file) ++files_done_;
  const bool outermost = core::outermost_name_of(declared.path).size() == declared.path.size();
  const bool new_place = std::find(stored_.begin(), stored_.end(), shown) == stored_.end();
  if (outermost && !shown.empty() && new_place && stored_.size() < stored_max)
    stored_.push_back(shown);
}

transfer_receiver::fault transfer_receiver::settle(answers& out) {
  return mended(settle_finished(), out);
}

transfer_receiver::fault transfer_receiver::settle_finished() {
  if (settled_ == finished_) return std::nullopt;
  if (auto failed = sink_->settle()) return failed;
  settled_ = finished_;
  unsettled_.clear();
  return std::nullopt;
}

/// What the sink has lost comes again, when it goes on: at once, if that was only removed.
transfer_receiver::fault transfer_receiver::mended(fault failed, answers& out) {
  if (!failed) return failed;
  const bool lost = take_lost();
  const bool removed = lost && failed->passing && failed->code == "folder-changed";
  if (!removed || ++times_removed_ > times_removed_max) return failed;
  void_requests();
  return mended(go_on(out), out);
}

bool transfer_receiver::take_lost() {
  const auto lost = sink_->take_lost();
  for (const auto entry : lost) receive_again(static_cast<std::uint32_t>(entry));
  return !lost.empty();
}

void transfer_receiver::receive_again(std::uint32_t entry) {
  auto file = files_.find(entry);
  if (file != files_.end()) {
    drop_held(file->second);
  } else {
    const auto known = unsettled_.find(entry);
    if (known == unsettled_.end()) return;
    finished_.remove({entry, std::uint64_t{entry} + 1});
    unreported_.erase(entry);
    bytes_done_ -= known->second.size;
    --files_done_;
    file = files_.try_emplace(entry, known->second).first;
    open_blocks_ += file->second.plan.count();
    unsettled_.erase(known);
  }
  comparing_.erase(entry);
  to_compare_.erase(entry);
  ready_.erase(entry);
  (file->second.all_held() ? ready_ : lacking_).insert(entry);  // An empty one needs nothing.
}

transfer_receiver::fault transfer_receiver::close(answers& out) {
  if (!complete_) {
    if (auto failed = sink_->close()) return failed;
    settled_ = finished_;
    unsettled_.clear();
    complete_ = true;
  }
  report(out);
  auto message = transfer_message(config_.id);
  message.mutable_complete()->set_omitted(omitted().count);
  out.push_back(encode_transfer(message));
  return std::nullopt;
}

core::omitted_entries transfer_receiver::omitted() const {
  auto result = sink_->omitted();
  result.count += config_.omitted_before;
  return result;
}

core::renamed_entries transfer_receiver::renamed() const {
  auto result = sink_->renamed();
  result.count += config_.renamed_before;
  return result;
}

}  // namespace hobnob
