// Input: one byte that says what the rest is - the payload of a `blocks` frame, or the frames
// (type, size in two bytes, payload) that a sender or a receiver of ill will sends.

#include "actors/core/memory_content.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_receiver.hpp"
#include "actors/transfer/transfer_sender.hpp"
#include "tests/actors/transfer/sparse_content.hpp"
#include "transport/frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace {

using namespace hobnob;
using answers = std::vector<shared_slice>;

constexpr core::transfer_id id{1, 2, 3};

/// A folder, a file of two blocks in it, one of a few bytes, and an empty one.
std::shared_ptr<core::memory_source> make_source() {
  auto source = std::make_shared<core::memory_source>();
  source->add_folder("a");
  source->add_file("a/b", shared_slice::of(bytes(core::block_size_min + 10)));
  source->add_file("c", shared_slice::copy_of(as_byte_view("0123456789")));
  source->add_file("d", {});
  return source;
}

/// Whatever a frame holds, the pieces lie within it, and make it again.
void take_apart(byte_view payload) {
  if (!block_frame_owner(payload)) return;
  block_frame_writer again{*block_frame_owner(payload), payload.size() + 64};
  block_frame_reader frame{payload};
  while (!frame.at_end()) {
    const auto piece = frame.next();
    if (!piece) return;
    if (piece->size == 0 || piece->data.size() != (piece->hole ? 0 : piece->size) ||
        piece->data.data() < payload.data() ||
        piece->data.data() + piece->data.size() > payload.data() + payload.size())
      std::abort();
    if (piece->hole) {
      again.add_hole(piece->entry, piece->offset, piece->size);
    } else {
      const auto copy = again.add(piece->entry, piece->offset, piece->data.size());
      std::copy(piece->data.begin(), piece->data.end(), copy.begin());
    }
    if (piece->hash) again.add_hash(*piece->hash);
  }
  const auto frame_again = again.take();
  if (!std::ranges::equal(frame_again.view(), payload)) std::abort();
}

void check(const answers& said) {
  for (const auto& payload : said) {
    wire::Transfer message;
    if (payload.size() > control_frame_size_max || decode_transfer(payload.view(), message) != id)
      std::abort();
  }
}

/// Calls `take(type, payload)` for each frame in `input`, until it answers false.
template <class Take>
void for_each_frame(byte_view input, Take take) {
  constexpr std::size_t header_size = 3;
  while (input.size() >= header_size) {
    const auto type = static_cast<frame_type>(input[0]);
    const auto size =
        std::to_integer<std::size_t>(input[1]) << 8 | std::to_integer<std::size_t>(input[2]);
    input = input.subspan(header_size);
    const auto payload = input.first(std::min(size, input.size()));
    input = input.subspan(payload.size());
    if (!take(type, payload)) return;
  }
}

/// A file of a GiB with little in it.
std::shared_ptr<core::transfer_source> make_sparse_source() {
  constexpr std::uint64_t size = 1 << 30;
  return std::make_shared<sparse_source>(size, islands{{0, bytes(5)}, {size / 2, bytes(10)}});
}

/// Nothing beyond what was offered is kept, and nothing counts twice.
template <class Kept>
void receive(byte_view input, std::shared_ptr<core::transfer_source> source,
             std::shared_ptr<core::transfer_sink> sink, Kept kept) {
  transfer_sender honest{id, std::move(source)};
  if (honest.scan()) std::abort();
  transfer_receiver_config config;
  config.id = id;
  config.offered = honest.summary();
  config.manifest = honest.manifest_hash();
  transfer_receiver receiver{config, std::move(sink)};
  answers said;
  if (receiver.begin(said)) std::abort();
  for_each_frame(input, [&](frame_type type, byte_view payload) {
    std::optional<core::transfer_fault> failed;
    if (type == frame_type::blocks) {
      failed = receiver.take_blocks(payload, said);
    } else if (wire::Transfer message; decode_transfer(payload, message)) {
      failed = receiver.take(message, said);
    }
    receiver.report(said);
    if (failed && failed->code.empty()) std::abort();
    if (kept() > config.offered.bytes || receiver.bytes_done() > config.offered.bytes ||
        receiver.files_done() > config.offered.files)
      std::abort();
    return !failed;
  });
  check(said);
}

/// What is not there is not sent.
void answer(byte_view input, std::shared_ptr<core::transfer_source> source) {
  transfer_sender sender{id, std::move(source)};
  if (sender.scan()) std::abort();
  answers said;
  for_each_frame(input, [&](frame_type, byte_view payload) {
    wire::Transfer message;
    if (!decode_transfer(payload, message)) return true;
    if (sender.take(message, said) || sender.answer(said)) return false;
    for (int i = 0; i < 8 && sender.has_blocks(); ++i) {
      shared_slice frame;
      if (sender.next_blocks(64 * 1024, frame)) return false;
      if (frame.size() > 64 * 1024) std::abort();
      take_apart(frame.view());
    }
    return true;
  });
  check(said);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = std::as_bytes(std::span{data + 1, size - 1});
  switch (data[0] % 5) {
    case 0:
      take_apart(rest);
      break;
    case 1: {
      const auto shelf = std::make_shared<core::memory_shelf>();
      receive(rest, make_source(), std::make_shared<core::memory_sink>(shelf),
              [&] { return shelf->used; });
      break;
    }
    case 2:
      answer(rest, make_source());
      break;
    case 3: {
      const auto shelf = std::make_shared<sparse_shelf>();
      receive(rest, make_sparse_source(), std::make_shared<sparse_sink>(shelf),
              [&] { return shelf->end; });
      break;
    }
    case 4:
      answer(rest, make_sparse_source());
      break;
  }
  return 0;
}
