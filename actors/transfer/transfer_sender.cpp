#include "actors/transfer/transfer_sender.hpp"

#include "actors/core/outermost_entries.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_sender_parts.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t scanned_at_once = 512;

/// What an honest receiver never comes near.
constexpr std::size_t asked_ranges_max = 100'000;

/// Files whose hashes are kept for the receiver's word on them. It tells four times a second.
constexpr std::size_t kept_files_max = 16'384;
constexpr std::uint64_t kept_blocks_max = 1024 * 1024;

/// A frame with less room than this is full, unless all that is left of the block fits.
constexpr std::size_t piece_size_min = 16 * 1024;

}  // namespace

transfer_sender::transfer_sender(const core::transfer_id& id,
                                 std::shared_ptr<core::transfer_source> source)
    : id_(id), source_(std::move(source)) {}

transfer_sender::~transfer_sender() = default;

transfer_sender::fault transfer_sender::scan() {
  if (auto failed = source_->scan(summary_)) return failed;
  content_hasher hash;
  core::outermost_entries outermost;
  for (std::uint64_t next = 0; next < summary_.entries;) {
    const auto entries = source_->entries(next, scanned_at_once);
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      if (entry.size > core::sent_file_size_max)
        return core::transfer_fault{"too-large", entry.path + " is larger than 16 TiB"};
      add_entry(hash, entry);
      outermost.add(entry);
    }
    next += entries.size();
  }
  manifest_hash_ = hash.value();
  summary_.outermost = outermost.take();
  summary_.holes = std::min(summary_.holes, summary_.bytes);
  return std::nullopt;
}

transfer_sender::fault transfer_sender::take(const wire::Transfer& message, answers& out) {
  switch (message.kind_case()) {
    case wire::Transfer::kManifestRequest:
      return ask_entries(message);
    case wire::Transfer::kBlockRequest:
      return ask(message);
    case wire::Transfer::kHashRequest:
      return ask_hashes(message);
    case wire::Transfer::kFinished:
      return take_finished(message);
    case wire::Transfer::kComplete: {
      done_ = true;
      files_done_ = summary_.files;
      bytes_done_ = summary_.bytes;
      auto answer = transfer_message(id_);
      answer.mutable_verified();
      out.push_back(encode_transfer(answer));
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

// --- Blocks ---

transfer_sender::fault transfer_sender::ask(const wire::Transfer& message) {
  const auto& request = message.block_request();
  for (const auto& range : request.ranges()) {
    const auto entries = range.count() == 0 ? range.entries() : 1;
    if (entries == 0 || range.entry() >= summary_.entries ||
        entries > summary_.entries - range.entry() || range.first() + range.count() < range.first())
      return asked_wrongly("what there is not");
    if (asked_.size() >= asked_ranges_max) return asked_wrongly("too much at once");
    if (range.count() == 0) {
      asked_.push_back({range.entry(), 0, 0, entries});
    } else {
      const auto end = range.first() + range.count();
      asked_.push_back({range.entry(), range.first(), end, 1, request.holes_behind()});
    }
  }
  return std::nullopt;
}

transfer_sender::fault transfer_sender::next_blocks(std::size_t size_max, shared_slice& payload) {
  payload = {};
  block_frame_writer frame{id_, size_max};
  bool full = false;
  while (!full && !asked_.empty()) {
    if (auto failed = add_piece(frame, full)) return failed;
  }
  if (!frame.empty()) payload = frame.take();
  return std::nullopt;
}

/// The next stretch of what is asked for first; `full` if it does not go in any more.
transfer_sender::fault transfer_sender::add_piece(block_frame_writer& frame, bool& full) {
  auto& range = asked_.front();
  auto* file = open(range.entry);
  if (!file) return asked_wrongly("what there is not");
  const auto end = range.end != 0 ? range.end : file->plan.count();
  if (end > file->plan.count()) return asked_wrongly("blocks behind the end of a file");
  if (range.first >= end) return run_on(range, *file);
  const auto size = file->plan.size(range.first), left = size - sent_of_block_;
  const auto offset = file->plan.offset(range.first) + sent_of_block_;
  core::content_stretch next;
  if (auto failed = source_->stretch_at(range.entry, offset, left, next)) return failed;
  next.size = std::clamp<std::uint64_t>(next.size, 1, left);
  full = frame.room() < (next.hole ? 1 : std::min<std::uint64_t>(next.size, piece_size_min));
  if (full) return std::nullopt;
  const bool all_hole = next.hole && next.size == size;
  if (next.hole) {
    frame.add_hole(range.entry, offset, next.size);
    if (!all_hole) block_hash_.add_zeros(next.size);
  } else {
    next.size = std::min<std::uint64_t>(next.size, frame.room());
    const auto data = frame.add(range.entry, offset, next.size);
    if (auto failed = source_->read(range.entry, offset, data)) return failed;
    block_hash_.add(data);
  }
  sent_of_block_ += next.size;
  if (next.size < left) return std::nullopt;
  const auto hash = all_hole ? hash_zeros(size) : block_hash_.value();
  frame.add_hash(hash);
  file->note(range.first, hash);
  begin_block();
  if (++range.first >= end && !range.runs_on) next_range();
  return std::nullopt;
}

/// Behind what was asked for come the blocks that are holes, if they may, each of them once.
transfer_sender::fault transfer_sender::run_on(asked_range& range, open_file& file) {
  const auto next = range.end;
  core::content_stretch found;
  if (range.runs_on && next < file.plan.count() && next >= file.run_on_end) {
    const auto size = file.plan.size(next);
    if (auto failed = source_->stretch_at(range.entry, file.plan.offset(next), size, found))
      return failed;
    if (found.hole && found.size >= size) {
      file.run_on_end = ++range.end;
      return std::nullopt;
    }
  }
  next_range();
  return std::nullopt;
}

void transfer_sender::begin_block() {
  sent_of_block_ = 0;
  block_hash_.reset();
}

void transfer_sender::next_range() {
  auto& range = asked_.front();
  if (range.entries > 1) {
    range = {range.entry + 1, 0, 0, range.entries - 1};
  } else {
    asked_.pop_front();
  }
}

void transfer_sender::forget_requests() {
  asked_.clear();
  begin_block();
  questions_.clear();
  question_hash_.reset();
  for (auto& [entry, file] : files_) file.run_on_end = 0;
}

/// Null if there is no such entry.
transfer_sender::open_file* transfer_sender::open(std::uint32_t entry) {
  const auto found = files_.find(entry);
  if (found != files_.end()) return &found->second;
  const auto entries = source_->entries(entry, 1);
  if (entry >= summary_.entries || entries.empty()) return nullptr;
  const auto blocks = core::block_plan{entries.front().size}.count();
  while (!files_.empty() &&
         (files_.size() >= kept_files_max || kept_blocks_ + blocks > kept_blocks_max))
    forget_files(files_.begin()->first, files_.begin()->first + std::uint64_t{1});
  kept_blocks_ += blocks;
  return &files_.try_emplace(entry, entries.front()).first->second;
}

/// Entries `first` to `end - 1`.
void transfer_sender::forget_files(std::uint64_t first, std::uint64_t end) {
  auto next = files_.lower_bound(static_cast<std::uint32_t>(first));
  while (next != files_.end() && next->first < end) {
    kept_blocks_ -= next->second.plan.count();
    next = files_.erase(next);
  }
}

// --- What the receiver has finished ---

transfer_sender::fault transfer_sender::take_finished(const wire::Transfer& message) {
  const auto& news = message.finished();
  for (const auto& range : news.ranges()) {
    if (range.first() >= summary_.entries || range.count() > summary_.entries - range.first())
      return core::transfer_fault{"protocol", "the receiver finished what there is not"};
    constexpr auto hash_size = sizeof(core::content_hash);
    const std::string_view roots = range.roots();
    if (!roots.empty() && roots.size() != hash_size * range.count())
      return core::transfer_fault{"protocol", "the receiver sent hashes of another number"};
    for (std::uint32_t i = 0; i < range.count() && !roots.empty(); ++i) {
      const auto root = parse_hash(roots.substr(hash_size * i, hash_size));
      if (auto failed = check_root(range.first() + i, *root)) return failed;
    }
    forget_files(range.first(), std::uint64_t{range.first()} + range.count());
  }
  files_done_ = std::min(news.files_done(), summary_.files);
  bytes_done_ = std::min(news.bytes_done(), summary_.bytes);
  return std::nullopt;
}

/// Of files that went over in several runs not all hashes are at hand; the receiver has verified
/// every block of them when it came.
transfer_sender::fault transfer_sender::check_root(std::uint32_t entry,
                                                   const core::content_hash& root) {
  const auto found = files_.find(entry);
  if (found == files_.end() || found->second.kind == core::entry_kind::folder) return std::nullopt;
  const auto& file = found->second;
  if (file.hashed.count() != file.plan.count() || hash_root(file.hashes) == root)
    return std::nullopt;
  const auto entries = source_->entries(entry, 1);
  return core::transfer_fault{"not-verified", (entries.empty() ? "a file" : entries.front().path) +
                                                  " is not the same at the receiver"};
}

}  // namespace hobnob
