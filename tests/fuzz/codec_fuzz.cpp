// Input: one byte that says how the stream is cut, then the stream.

#include "transport/frame_codec.hpp"
#include "transport/wire/hot_frames.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace hobnob;

/// Payloads of the frames in `stream`, cut into reads of `step` bytes, up to the first bad frame.
bytes decode_all(byte_view stream, std::size_t step, bool& failed) {
  frame_decoder decoder;
  bytes seen;
  while (!stream.empty() && !failed) {
    auto part = stream.first(std::min(step, stream.size()));
    frame_batch batch;
    if (const auto room = decoder.room(); !room.empty()) {
      part = part.first(std::min(part.size(), room.size()));
      std::ranges::copy(part, room.begin());
      decoder.fill(part.size(), batch);
    } else {
      failed = static_cast<bool>(decoder.decode(part, batch));
    }
    stream = stream.subspan(part.size());
    for (const auto& entry : batch.entries()) {
      const auto view = batch.view(entry);
      if (view.empty() || view.size() > payload_size_max(entry.type)) std::abort();
      seen.push_back(static_cast<std::byte>(entry.type));
      seen.insert(seen.end(), view.begin(), view.end());
      (void)wire::envelope_header::decode(view);
      (void)wire::envelope_refusal::decode(view);
      (void)wire::message_header::decode(view);
      if (const auto receipt = wire::decode_receipt(view)) {
        const auto again = wire::encode_receipt(*receipt);
        if (!std::equal(again.begin(), again.end(), view.begin(), view.end())) std::abort();
      }
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto stream = std::as_bytes(std::span{data + 1, size - 1});
  bool cut_failed = false;
  bool whole_failed = false;
  const auto cut = decode_all(stream, 1 + data[0], cut_failed);
  const auto whole = decode_all(stream, stream.size() + 1, whole_failed);
  // How a stream is cut must not show.
  if (cut != whole || cut_failed != whole_failed) std::abort();
  return 0;
}
