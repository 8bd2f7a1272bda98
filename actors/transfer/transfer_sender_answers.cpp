// The sender of a transfer: what it says of its entries, and of the hashes of its files.

#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_sender_parts.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t manifest_size_max = 48 * 1024;  ///< Of one message.
constexpr std::size_t entries_at_once = 128;
constexpr std::uint64_t hashes_at_once = 1024;
constexpr std::size_t hashed_read_size = 256 * 1024;

/// Of one call of `answer`.
constexpr std::size_t said_at_once = 512 * 1024;
constexpr std::uint64_t read_at_once = 16 * 1024 * 1024;

/// What an honest receiver never comes near.
constexpr std::size_t questions_max = 20'000;
constexpr std::uint32_t manifest_request_max = 4096;

void put_entry(const core::transfer_entry& entry, wire::Manifest& into) {
  auto& out = *into.add_entries();
  out.set_path(entry.path);
  out.set_folder(entry.kind == core::entry_kind::folder);
  out.set_size(entry.size);
  out.set_modified_ns(entry.modified_ns);
}

}  // namespace

transfer_sender::fault transfer_sender::ask_entries(const wire::Transfer& message) {
  const auto& wanted = message.manifest_request();
  if (wanted.first() > summary_.entries) return asked_wrongly("entries behind the last one");
  if (wanted.count() > manifest_request_max) return asked_wrongly("too many entries at once");
  const auto count = std::min<std::uint64_t>(wanted.count(), summary_.entries - wanted.first());
  return put_question({false, 0, wanted.first(), wanted.first(), wanted.first() + count, 0, {}});
}

transfer_sender::fault transfer_sender::ask_hashes(const wire::Transfer& message) {
  const auto& wanted = message.hash_request();
  const auto* file = open(wanted.entry());
  if (!file || wanted.first() > file->plan.count() ||
      wanted.count() > file->plan.count() - wanted.first())
    return asked_wrongly("hashes of what there is not");
  const auto count = std::min<std::uint64_t>(wanted.count(), hashes_at_once);
  return put_question(
      {true, wanted.entry(), wanted.first(), wanted.first(), wanted.first() + count, 0, {}});
}

transfer_sender::fault transfer_sender::put_question(question asked) {
  if (questions_.size() >= questions_max) return asked_wrongly("too much at once");
  questions_.push_back(std::move(asked));
  return std::nullopt;
}

transfer_sender::fault transfer_sender::answer(answers& out) {
  allowance left{said_at_once, read_at_once};
  while (!questions_.empty() && left.said > 0 && left.read > 0) {
    auto& asked = questions_.front();
    if (!asked.of_hashes) {
      send_entries(asked, left, out);
    } else if (auto failed = send_hashes(asked, left, out)) {
      return failed;
    }
    if (asked.next >= asked.end) questions_.pop_front();
  }
  return std::nullopt;
}

/// One message of them.
void transfer_sender::send_entries(question& asked, allowance& left, answers& out) {
  auto message = transfer_message(id_);
  auto& manifest = *message.mutable_manifest();
  manifest.set_first(asked.next);
  std::size_t size = 0;
  bool full = false;
  while (asked.next < asked.end && !full) {
    const auto entries = source_->entries(
        asked.next, std::min<std::uint64_t>(entries_at_once, asked.end - asked.next));
    if (entries.empty()) asked.end = asked.next;
    for (const auto& entry : entries) {
      full = size > 0 && size + entry.path.size() > manifest_size_max;
      if (full) break;
      put_entry(entry, manifest);
      size += entry.path.size() + 32;
      ++asked.next;
    }
  }
  left.said -= std::min(left.said, size);
  if (size > 0) out.push_back(encode_transfer(message));
}

/// All of them in one message, when the last one is known.
transfer_sender::fault transfer_sender::send_hashes(question& asked, allowance& left,
                                                    answers& out) {
  auto* const file = open(asked.entry);
  if (!file) return asked_wrongly("hashes of what there is not");
  for (; asked.next < asked.end; ++asked.next) {
    if (!file->hashed.contains(asked.next)) {
      if (auto failed = hash_block(asked, *file, left)) return failed;
      if (!file->hashed.contains(asked.next)) return std::nullopt;  // Enough for now.
    }
    asked.read_of_block = 0;
    question_hash_.reset();
    asked.hashes += hash_text(file->hashes[asked.next]);
  }
  auto message = transfer_message(id_);
  auto& answer = *message.mutable_block_hashes();
  answer.set_entry(asked.entry);
  answer.set_first(asked.first);
  answer.set_hashes(std::move(asked.hashes));
  out.push_back(encode_transfer(message));
  left.said -= std::min(left.said, out.back().size());
  return std::nullopt;
}

transfer_sender::fault transfer_sender::hash_block(question& asked, open_file& file,
                                                   allowance& left) {
  const auto size = file.plan.size(asked.next);
  std::vector<std::byte> buffer;
  while (asked.read_of_block < size) {
    if (left.read == 0) return std::nullopt;
    const auto offset = file.plan.offset(asked.next) + asked.read_of_block;
    const auto rest = size - asked.read_of_block;
    core::content_stretch next;
    if (auto failed = source_->stretch_at(asked.entry, offset, rest, next)) return failed;
    next.size = std::clamp<std::uint64_t>(next.size, 1, rest);
    if (next.hole && next.size == size) {
      file.note(asked.next, hash_zeros(size));
      return std::nullopt;
    }
    if (next.hole) {
      question_hash_.add_zeros(next.size);
    } else {
      buffer.resize(hashed_read_size);
      const auto part = std::span{buffer}.first(std::min<std::uint64_t>(buffer.size(), next.size));
      if (auto failed = source_->read(asked.entry, offset, part)) return failed;
      question_hash_.add(part);
      next.size = part.size();
    }
    asked.read_of_block += next.size;
    left.read -= std::min(left.read, next.size);
  }
  file.note(asked.next, question_hash_.value());
  return std::nullopt;
}

}  // namespace hobnob
