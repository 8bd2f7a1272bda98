// The receiver of a transfer: what is compared, asked for, taken and reported.

#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/receiving_file.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_receiver.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <span>
#include <utility>

namespace hobnob {
namespace {

constexpr unsigned damaged_blocks_max = 3;  ///< Of one file.
constexpr std::uint64_t compared_bytes_at_once = 64 * 1024 * 1024;
constexpr std::uint64_t compared_blocks_at_once = 512;
constexpr std::size_t compare_buffer_size = 256 * 1024;
constexpr std::size_t report_size_max = 40 * 1024;  ///< Of one message.

/// What may come beside that of void requests, for whatever reason; more is no accident.
constexpr std::uint64_t unasked_bytes_max = 128 * 1024 * 1024;

core::transfer_fault sent_unasked() {
  return {"protocol", "the sender sends what was not asked for"};
}

/// Writes `EntriesFinished`, in as many messages as it takes.
class finished_report {
 public:
  finished_report(wire::Transfer empty, std::vector<shared_slice>& out)
      : empty_(std::move(empty)), message_(empty_), out_(out) {}

  /// Finished on an earlier link.
  void add(const core::block_range& range) {
    begin(range.first).set_count(static_cast<std::uint32_t>(range.count()));
    with_roots_ = nullptr;
  }

  /// In ascending order, all after the earlier ones.
  void add(std::uint32_t entry, const core::content_hash& root) {
    if (!with_roots_ || size_ > report_size_max ||
        with_roots_->first() + with_roots_->count() != entry) {
      with_roots_ = &begin(entry);
    }
    with_roots_->set_count(with_roots_->count() + 1);
    *with_roots_->mutable_roots() += hash_text(root);
    size_ += root.size();
  }

  void end(bool even_if_empty) {
    if (size_ > 0 || even_if_empty) out_.push_back(encode_transfer(message_));
  }

 private:
  wire::EntriesFinished::Range& begin(std::uint64_t entry) {
    constexpr std::size_t range_size = 16;
    if (size_ > report_size_max) {
      out_.push_back(encode_transfer(message_));
      message_ = empty_;
      size_ = 0;
    }
    size_ += range_size;
    auto& range = *message_.mutable_finished()->add_ranges();
    range.set_first(static_cast<std::uint32_t>(entry));
    return range;
  }

  const wire::Transfer empty_;
  wire::Transfer message_;
  wire::EntriesFinished::Range* with_roots_ = nullptr;
  std::size_t size_ = 0;
  std::vector<shared_slice>& out_;
};

}  // namespace

// --- Comparing ---

void transfer_receiver::ask_for_hashes(answers& out) {
  for (const auto entry : std::exchange(to_compare_, {})) {
    auto& file = files_.at(entry);
    const auto count = compared_at_once(entry, file);
    auto message = transfer_message(config_.id);
    auto& wanted = *message.mutable_hash_request();
    wanted.set_entry(entry);
    wanted.set_first(file.compared);
    wanted.set_count(count);
    out.push_back(encode_transfer(message));
    file.compare_asked = file.compared + count;
  }
}

/// Blocks: as many as are read in a moment. A hole costs next to nothing, but for its ends, which
/// are hashed with what is beside them.
std::uint64_t transfer_receiver::compared_at_once(std::uint32_t entry, const receiving_file& file) {
  const auto end = std::min(file.compare_end, file.compared + compared_blocks_at_once);
  const auto in_bytes = std::max<std::uint64_t>(1, compared_bytes_at_once / file.plan.block_size());
  if (end - file.compared <= in_bytes) return end - file.compared;
  const auto from = file.plan.offset(file.compared);
  const auto size = std::min(file.plan.offset(end), file.plan.file_size()) - from;
  std::uint64_t seen = 0, to_read = 0;
  while (seen < size && to_read < compared_bytes_at_once) {
    core::content_stretch next;
    // Whoever reads it will see the fault.
    if (sink_->stretch_at(entry, from + seen, size - seen, next)) next = {size - seen, false};
    next.size = std::clamp<std::uint64_t>(next.size, 1, size - seen);
    if (!next.hole) next.size = std::min(next.size, compared_bytes_at_once - to_read);
    to_read += next.hole ? std::min(next.size, file.plan.block_size()) / 8 : next.size;
    seen += next.size;
  }
  return std::max<std::uint64_t>(
      1, seen == size ? end - file.compared : seen / file.plan.block_size());
}

transfer_receiver::fault transfer_receiver::take_hashes(const wire::Transfer& message) {
  constexpr auto hash_size = sizeof(core::content_hash);
  const auto& news = message.block_hashes();
  const auto found = files_.find(news.entry());
  // An answer to a void request comes again, or is not wanted any more.
  if (found == files_.end() || !comparing_.contains(news.entry())) return std::nullopt;
  auto& file = found->second;
  const std::string_view hashes = news.hashes();
  if (news.first() != file.compared ||
      hashes.size() / hash_size != file.compare_asked - file.compared)
    return std::nullopt;
  for (std::size_t i = 0; i * hash_size < hashes.size(); ++i) {
    const auto expected = parse_hash(hashes.substr(i * hash_size, hash_size));
    if (!expected) return core::transfer_fault{"protocol", "the sender sent a hash that is cut"};
    bool same = false;
    if (auto failed = compare_block(found->first, file, file.compared, *expected, same)) {
      take_lost();
      // Somebody has removed it: nothing is left to compare, and there is no need to wait.
      return comparing_.contains(news.entry()) ? failed : std::nullopt;
    }
    if (same) {
      bytes_done_ += file.plan.size(file.compared);
      file.hold(file.compared, *expected);
    } else if (file.candidate) {
      // Another file of that name and size: nothing of it is taken over.
      file.compare_end = file.compared;
      break;
    }
    ++file.compared;
  }
  if (file.compared >= file.compare_end) {
    end_comparison(found->first, file);
  } else {
    to_compare_.insert(found->first);
  }
  return std::nullopt;
}

transfer_receiver::fault transfer_receiver::compare_block(std::uint32_t entry, receiving_file& file,
                                                          std::uint64_t block,
                                                          const core::content_hash& expected,
                                                          bool& same) {
  std::vector<std::byte> buffer;
  content_hasher hash;
  const auto size = file.plan.size(block);
  for (std::uint64_t done = 0; done < size;) {
    if (config_.given_up && *config_.given_up)
      return core::transfer_fault{"disk-error", "nobody waits for it any more"};
    const auto offset = file.plan.offset(block) + done;
    core::content_stretch next{size - done, false};
    fault failed;
    // A small file is not worth a look of its own.
    if (file.plan.count() > 1) failed = sink_->stretch_at(entry, offset, size - done, next);
    next.size = std::clamp<std::uint64_t>(next.size, 1, size - done);
    if (!failed && next.hole && next.size == size) {
      same = hash_zeros(size) == expected;
      return std::nullopt;
    }
    if (!failed && next.hole) {
      hash.add_zeros(next.size);
      done += next.size;
      continue;
    }
    buffer.resize(std::min<std::uint64_t>(compare_buffer_size, file.plan.block_size()));
    const auto part = std::span{buffer}.first(std::min<std::uint64_t>(buffer.size(), next.size));
    if (!failed) failed = sink_->read(entry, offset, part);
    // A file that is not there any more is not the same; what cannot be read may be another time.
    if (failed) return file.candidate && failed->code == "folder-changed" ? std::nullopt : failed;
    hash.add(part);
    done += part.size();
    bytes_compared_ += part.size();
  }
  same = hash.value() == expected;
  return std::nullopt;
}

void transfer_receiver::end_comparison(std::uint32_t entry, receiving_file& file) {
  comparing_.erase(entry);
  if (file.all_held()) {
    ready_.insert(entry);
    return;
  }
  if (file.candidate) drop_held(file);
  lacking_.insert(entry);
}

void transfer_receiver::drop_held(receiving_file& file) {
  for (const auto& range : file.held.ranges()) {
    for (auto block = range.first; block < range.end; ++block) bytes_done_ -= file.plan.size(block);
  }
  file.candidate = false;
  file.held = {};
  file.covered = {};
  file.block_come = 0;
}

// --- Asking ---

void transfer_receiver::ask_for_blocks(answers& out) {
  if (lacking_.empty() || !wants_more()) return;
  auto message = transfer_message(config_.id);
  message.mutable_block_request()->set_holes_behind(sink_->keeps_holes());
  auto& ranges = *message.mutable_block_request()->mutable_ranges();
  constexpr int ranges_at_once = 3000;
  while (!lacking_.empty() && asked_bytes_ < config_.window && ranges.size() < ranges_at_once) {
    const auto entry = *lacking_.begin();
    auto& file = files_.at(entry);
    const auto wanted = (config_.window - asked_bytes_) / file.plan.block_size() + 1;
    const auto gap = file.covered.first_gap(0, file.plan.count(), wanted);
    file.covered.add(*gap);
    if (file.covered.count() == file.plan.count()) lacking_.erase(lacking_.begin());
    asked_bytes_ += std::min(file.plan.offset(gap->first) + gap->count() * file.plan.block_size(),
                             file.plan.file_size()) -
                    file.plan.offset(gap->first);
    const bool whole = gap->count() == file.plan.count();
    auto* last = ranges.empty() ? nullptr : ranges.Mutable(ranges.size() - 1);
    if (whole && last && last->count() == 0 && last->entry() + last->entries() == entry) {
      last->set_entries(last->entries() + 1);
      continue;
    }
    auto& range = *ranges.Add();
    range.set_entry(entry);
    if (whole) {
      range.set_entries(1);
    } else {
      range.set_first(gap->first);
      range.set_count(gap->count());
    }
  }
  if (!ranges.empty()) out.push_back(encode_transfer(message));
}

// --- Taking ---

/// Unless there was more of that than happens.
bool transfer_receiver::bears_unasked(std::uint64_t size) {
  const auto late = std::min(late_bytes_, size);
  late_bytes_ -= late;
  unasked_bytes_ += size - late;
  return unasked_bytes_ <= unasked_bytes_max;
}

/// Of a block that was not asked for, but may come with what was.
bool transfer_receiver::is_hole_behind(const block_piece& piece, const receiving_file& file,
                                       std::uint64_t block) const {
  return piece.hole && piece.offset == file.plan.offset(block) && block < file.plan.count() &&
         piece.size == file.plan.size(block) && !file.covered.contains(block) &&
         sink_->keeps_holes();
}

/// As if it had been asked for.
void transfer_receiver::cover(std::uint32_t entry, receiving_file& file, std::uint64_t block) {
  file.covered.add({block, block + 1});
  asked_bytes_ += file.plan.size(block);
  if (file.covered.count() == file.plan.count()) lacking_.erase(entry);
}

transfer_receiver::fault transfer_receiver::take_piece(const block_piece& piece) {
  const auto found = files_.find(piece.entry);
  const auto block = found == files_.end() ? 0 : piece.offset / found->second.plan.block_size();
  const bool known = found != files_.end() && !comparing_.contains(piece.entry) &&
                     !found->second.held.contains(block);
  if (known && is_hole_behind(piece, found->second, block))
    cover(piece.entry, found->second, block);
  auto* const file = known && found->second.covered.contains(block) ? &found->second : nullptr;
  if (file && piece.offset == file->plan.offset(block)) {
    // It will come again; and of holes, which come for nothing, it is not to be very often.
    const auto again = std::exchange(file->block_come, 0);
    asked_bytes_ += again;
    file->block = block;
    file->block_hash.reset();
    if (again > 0 && !bears_unasked(again)) return sent_unasked();
  }
  if (!file || file->block != block ||
      piece.offset != file->plan.offset(block) + file->block_come) {
    const bool borne = bears_unasked(piece.hole ? block_piece::header_size : piece.size);
    return borne ? fault{} : sent_unasked();
  }
  const auto left = file->plan.size(block) - file->block_come;
  if (piece.size > left || (piece.size == left) != piece.hash.has_value())
    return core::transfer_fault{"protocol", "the sender cuts blocks in another way"};
  if (auto failed = piece.hole ? sink_->write_zeros(piece.entry, piece.offset, piece.size)
                               : sink_->write(piece.entry, piece.offset, piece.data))
    return failed;
  asked_bytes_ -= piece.size;
  // Small files come in one piece: nothing need be kept of them.
  const bool whole = piece.hash && file->block_come == 0;
  if (!whole && piece.hole) file->block_hash.add_zeros(piece.size);
  if (!whole && !piece.hole) file->block_hash.add(piece.data);
  file->block_come += piece.size;
  if (!piece.hash) return std::nullopt;
  file->block_come = 0;
  const auto hash = !whole       ? file->block_hash.value()
                    : piece.hole ? hash_zeros(piece.size)
                                 : hash_content(piece.data);
  if (hash == *piece.hash) {
    file->hold(block, *piece.hash);
    bytes_done_ += file->plan.size(block);
    if (file->all_held()) ready_.insert(piece.entry);
    return std::nullopt;
  }
  if (++file->damaged > damaged_blocks_max) {
    return core::transfer_fault{"not-verified", file->declared.path +
                                                    " keeps coming damaged: check the memory and "
                                                    "the disk of the sender"};
  }
  file->covered.remove({block, block + 1});
  lacking_.insert(piece.entry);
  return std::nullopt;
}

// --- Reporting ---

void transfer_receiver::report(answers& out) {
  auto empty = transfer_message(config_.id);
  empty.mutable_finished()->set_files_done(files_done_);
  empty.mutable_finished()->set_bytes_done(bytes_done_);
  finished_report report{std::move(empty), out};
  for (const auto& range : unreported_earlier_.ranges()) report.add(range);
  for (const auto& [entry, root] : unreported_) report.add(entry, root);
  report.end(bytes_done_ != reported_bytes_);
  unreported_earlier_ = {};
  unreported_.clear();
  reported_bytes_ = bytes_done_;
}

}  // namespace hobnob
