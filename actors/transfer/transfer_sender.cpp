#include "actors/transfer/transfer_sender.hpp"

#include "actors/core/outermost_entries.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t manifest_size_max = 48 * 1024;  ///< Of one message.
constexpr std::size_t entries_at_once = 512;
constexpr std::uint64_t hashes_at_once = 1024;
constexpr std::size_t compared_read_size = 256 * 1024;

/// What an honest receiver never comes near.
constexpr std::size_t asked_ranges_max = 100'000;
constexpr std::uint32_t manifest_request_max = 4096;

/// Files whose hashes are kept for the receiver's word on them. It tells four times a second.
constexpr std::size_t kept_files_max = 16'384;

/// A frame with less room than this is full, unless all that is left of the block fits.
constexpr std::size_t piece_size_min = 16 * 1024;

core::transfer_fault asked_wrongly(std::string detail) {
  return {"protocol", "the receiver asked for " + std::move(detail)};
}

void put_entry(const core::transfer_entry& entry, wire::Manifest& into) {
  auto& out = *into.add_entries();
  out.set_path(entry.path);
  out.set_folder(entry.kind == core::entry_kind::folder);
  out.set_size(entry.size);
  out.set_modified_ns(entry.modified_ns);
}

}  // namespace

/// Blocks `first` to `end - 1` of an entry; or, with `end` 0, everything of `entries` entries.
struct transfer_sender::asked_range {
  std::uint32_t entry = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint32_t entries = 0;
};

struct transfer_sender::open_file {
  explicit open_file(const core::transfer_entry& entry)
      : kind(entry.kind), plan(entry.size), hashes(plan.count()) {}

  void note(std::uint64_t block, const core::content_hash& hash) {
    hashes[block] = hash;
    hashed.add({block, block + 1});
  }

  core::entry_kind kind;
  core::block_plan plan;
  std::vector<core::content_hash> hashes;
  core::block_set hashed;
};

transfer_sender::transfer_sender(const core::transfer_id& id,
                                 std::shared_ptr<core::transfer_source> source)
    : id_(id), source_(std::move(source)) {}

transfer_sender::~transfer_sender() = default;

transfer_sender::fault transfer_sender::scan() {
  if (auto failed = source_->scan(summary_)) return failed;
  content_hasher hash;
  core::outermost_entries outermost;
  for (std::uint64_t next = 0; next < summary_.entries;) {
    const auto entries = source_->entries(next, entries_at_once);
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      add_entry(hash, entry);
      outermost.add(entry);
    }
    next += entries.size();
  }
  manifest_hash_ = hash.value();
  summary_.outermost = outermost.take();
  return std::nullopt;
}

transfer_sender::fault transfer_sender::take(const wire::Transfer& message, answers& out) {
  switch (message.kind_case()) {
    case wire::Transfer::kManifestRequest: {
      const auto& wanted = message.manifest_request();
      return send_manifest(wanted.first(), wanted.count(), out);
    }
    case wire::Transfer::kBlockRequest:
      return ask(message);
    case wire::Transfer::kHashRequest: {
      const auto& wanted = message.hash_request();
      return send_hashes(wanted.entry(), wanted.first(), wanted.count(), out);
    }
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

// --- Manifest and hashes ---

transfer_sender::fault transfer_sender::send_manifest(std::uint64_t first, std::uint32_t count,
                                                      answers& out) {
  if (first > summary_.entries) return asked_wrongly("entries behind the last one");
  if (count > manifest_request_max) return asked_wrongly("too many entries at once");
  const auto end = first + std::min<std::uint64_t>(count, summary_.entries - first);
  auto message = transfer_message(id_);
  std::size_t size = 0;
  const auto flush = [&] {
    if (message.manifest().entries().empty()) return;
    out.push_back(encode_transfer(message));
    message.clear_manifest();
    size = 0;
  };
  for (auto next = first; next < end;) {
    const auto entries =
        source_->entries(next, std::min<std::uint64_t>(entries_at_once, end - next));
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      if (size > 0 && size + entry.path.size() > manifest_size_max) flush();
      if (size == 0) message.mutable_manifest()->set_first(next);
      put_entry(entry, *message.mutable_manifest());
      size += entry.path.size() + 32;
      ++next;
    }
  }
  flush();
  return std::nullopt;
}

transfer_sender::fault transfer_sender::send_hashes(std::uint32_t entry, std::uint64_t first,
                                                    std::uint64_t count, answers& out) {
  auto* file = open(entry);
  if (!file || first > file->plan.count() || count > file->plan.count() - first)
    return asked_wrongly("hashes of what there is not");
  auto message = transfer_message(id_);
  auto& hashes = *message.mutable_block_hashes();
  hashes.set_entry(entry);
  hashes.set_first(first);
  std::vector<std::byte> buffer(
      std::min<std::uint64_t>(compared_read_size, file->plan.block_size()));
  for (auto block = first; block < first + std::min(count, hashes_at_once); ++block) {
    if (!file->hashed.contains(block)) {
      content_hasher hash;
      const auto size = file->plan.size(block);
      for (std::uint64_t done = 0; done < size;) {
        const auto part =
            std::span{buffer}.first(std::min<std::uint64_t>(buffer.size(), size - done));
        if (auto failed = source_->read(entry, file->plan.offset(block) + done, part))
          return failed;
        hash.add(part);
        done += part.size();
      }
      file->note(block, hash.value());
    }
    *hashes.mutable_hashes() += hash_text(file->hashes[block]);
  }
  out.push_back(encode_transfer(message));
  return std::nullopt;
}

// --- Blocks ---

transfer_sender::fault transfer_sender::ask(const wire::Transfer& message) {
  for (const auto& range : message.block_request().ranges()) {
    const auto entries = range.count() == 0 ? range.entries() : 1;
    if (entries == 0 || range.entry() >= summary_.entries ||
        entries > summary_.entries - range.entry() || range.first() + range.count() < range.first())
      return asked_wrongly("what there is not");
    if (asked_.size() >= asked_ranges_max) return asked_wrongly("too much at once");
    if (range.count() == 0) {
      asked_.push_back({range.entry(), 0, 0, entries});
    } else {
      asked_.push_back({range.entry(), range.first(), range.first() + range.count(), 1});
    }
  }
  return std::nullopt;
}

transfer_sender::fault transfer_sender::next_blocks(std::size_t size_max, bytes& payload) {
  payload.clear();
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
  if (range.first >= end) {
    next_range();
    return std::nullopt;
  }
  const auto left = file->plan.size(range.first) - sent_of_block_;
  if (frame.room() < std::min<std::uint64_t>(left, piece_size_min)) {
    full = true;
    return std::nullopt;
  }
  const auto size = std::min<std::uint64_t>(left, frame.room());
  const auto offset = file->plan.offset(range.first) + sent_of_block_;
  const auto data = frame.add(range.entry, offset, size);
  if (auto failed = source_->read(range.entry, offset, data)) return failed;
  block_hash_.add(data);
  sent_of_block_ += size;
  if (size < left) return std::nullopt;
  const auto hash = block_hash_.value();
  frame.add_hash(hash);
  file->note(range.first, hash);
  begin_block();
  if (++range.first >= end) next_range();
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
}

/// Null if there is no such entry.
transfer_sender::open_file* transfer_sender::open(std::uint32_t entry) {
  const auto found = files_.find(entry);
  if (found != files_.end()) return &found->second;
  const auto entries = source_->entries(entry, 1);
  if (entry >= summary_.entries || entries.empty()) return nullptr;
  if (files_.size() >= kept_files_max) files_.erase(files_.begin());
  return &files_.try_emplace(entry, entries.front()).first->second;
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
    files_.erase(files_.lower_bound(range.first()),
                 files_.lower_bound(range.first() + range.count()));
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
