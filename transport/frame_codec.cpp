#include "transport/frame_codec.hpp"

#include "transport/wire/big_endian.hpp"

#include <string>

namespace hobnob {

namespace {

/// From this size on a frame's buffer is made in one piece: enough has come to believe its header.
constexpr std::size_t believed_size = 4096;

/// Fills `size` with the whole frame's size, header included.
failure read_header(byte_view data, frame_batch::entry& entry, std::size_t& size) {
  wire::field_reader in{data.data()};
  const auto length = in.number<std::uint32_t>();
  const auto type = in.number<std::uint8_t>();
  const auto flags = in.number<std::uint8_t>();
  const auto reserved = in.number<std::uint16_t>();
  entry.type = static_cast<frame_type>(type);
  const auto size_max = payload_size_max(entry.type);
  if (size_max == 0) {
    return {errc::unknown_frame, "unknown frame type " + std::to_string(type)};
  }
  if (flags != 0 || reserved != 0)
    return {errc::bad_frame, "reserved bits of a frame header are set"};
  if (length == 0) return {errc::empty_frame};
  if (length > size_max) {
    return {errc::frame_too_large, "a frame of " + std::to_string(length) +
                                       " bytes where at most " + std::to_string(size_max) +
                                       " are allowed"};
  }
  entry.size = length;
  size = frame_header_size + length;
  return {};
}

}  // namespace

std::array<std::byte, frame_header_size> encode_frame_header(frame_type type,
                                                             std::size_t payload_size) noexcept {
  std::array<std::byte, frame_header_size> out;
  wire::field_writer{out.data()}
      .number(static_cast<std::uint32_t>(payload_size))
      .number(static_cast<std::uint8_t>(type))
      .number(std::uint8_t{0})
      .number(std::uint16_t{0});
  return out;
}

failure frame_decoder::decode(byte_view data, frame_batch& out) {
  out = {};
  bytes buffer = std::exchange(carry_, {});
  std::vector<frame_batch::entry> entries;
  failure failed;

  // The frame begun earlier: first its header, then the rest of it.
  if (!buffer.empty()) {
    frame_batch::entry entry;
    std::size_t wanted = frame_header_size;
    for (bool header_known = false; buffer.size() < wanted || !header_known;) {
      const auto taken = std::min(data.size(), wanted - std::min(wanted, buffer.size()));
      buffer.insert(buffer.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
      data = data.subspan(taken);
      if (buffer.size() < frame_header_size || (header_known && buffer.size() < wanted)) {
        carry_ = std::move(buffer);
        return {};
      }
      if (!header_known) {
        if (failed = read_header(buffer, entry, wanted); failed) return failed;
        if (buffer.size() >= believed_size) buffer.reserve(wanted);
        header_known = true;
      }
    }
    entry.offset = frame_header_size;
    entries.push_back(entry);
  }

  // What is complete within `data`; the rest waits.
  std::size_t done = 0;
  while (data.size() - done >= frame_header_size) {
    frame_batch::entry entry;
    std::size_t size = 0;
    if (failed = read_header(data.subspan(done), entry, size); failed) break;
    if (data.size() - done < size) break;
    entry.offset = static_cast<std::uint32_t>(buffer.size() + done + frame_header_size);
    entries.push_back(entry);
    done += size;
  }
  if (!failed) carry_.assign(data.begin() + static_cast<std::ptrdiff_t>(done), data.end());
  if (!entries.empty()) {
    buffer.insert(buffer.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(done));
    out = frame_batch{std::make_shared<const bytes>(std::move(buffer)), std::move(entries)};
  }
  return failed;
}

}  // namespace hobnob
