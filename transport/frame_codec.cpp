#include "transport/frame_codec.hpp"

#include "transport/wire/big_endian.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace hobnob {

namespace {

/// From this size on a frame's buffer is made in one piece: enough has come to believe its header.
constexpr std::size_t believed_size = 4096;

/// Frames from this size on are read where they stay.
constexpr std::size_t direct_size_min = 64 * 1024;

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
  std::vector<frame_batch::entry> entries;
  if (size_ > 0) {  // The frame begun earlier: first its header, then the rest of it.
    if (size_ < frame_header_size) {
      data = data.subspan(carry(data, frame_header_size - size_));
      if (size_ < frame_header_size) return {};
      if (auto failed = read_header(carried(), begun_, wanted_)) {
        size_ = 0;
        return failed;
      }
      begun_.offset = frame_header_size;
    }
    data = data.subspan(carry(data, wanted_ - size_));
    if (size_ < wanted_) return {};
    entries.push_back(begun_);
  }

  // What is complete within `data`; the rest waits.
  failure failed;
  std::size_t done = 0;
  wanted_ = 0;
  while (data.size() - done >= frame_header_size) {
    frame_batch::entry entry;
    std::size_t size = 0;
    if (failed = read_header(data.subspan(done), entry, size); failed) break;
    entry.offset = static_cast<std::uint32_t>(size_ + done + frame_header_size);
    if (data.size() - done < size) {
      begun_ = entry;
      begun_.offset = frame_header_size;
      wanted_ = size;
      break;
    }
    entries.push_back(entry);
    done += size;
  }
  if (!entries.empty()) {
    const auto wanted_next = std::exchange(wanted_, 0);
    carry(data, done);
    out = take(std::move(entries));
    wanted_ = wanted_next;
  }
  if (!failed) carry(data.subspan(done), data.size() - done);
  return failed;
}

std::span<std::byte> frame_decoder::room() {
  if (wanted_ < direct_size_min || size_ < believed_size) return {};
  reserve(wanted_);
  return {buffer_.get() + size_, wanted_ - size_};
}

void frame_decoder::fill(std::size_t count, frame_batch& out) {
  out = {};
  size_ += count;
  if (size_ < wanted_) return;
  wanted_ = 0;
  out = take({begun_});
}

/// The first `count` bytes of `data`, or as many as there are: so many are taken.
std::size_t frame_decoder::carry(byte_view data, std::size_t count) {
  count = std::min(count, data.size());
  if (count == 0) return 0;
  reserve(size_ + count);
  std::memcpy(buffer_.get() + size_, data.data(), count);
  size_ += count;
  return count;
}

void frame_decoder::reserve(std::size_t size) {
  if (size <= capacity_) return;
  auto capacity = std::max(size, std::min(2 * capacity_, wanted_));
  if (size >= believed_size) capacity = std::max(capacity, wanted_);
  auto larger = std::make_shared_for_overwrite<std::byte[]>(capacity);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

frame_batch frame_decoder::take(std::vector<frame_batch::entry> entries) {
  const auto view = carried();
  size_ = capacity_ = 0;
  return {shared_slice{std::exchange(buffer_, nullptr), view}, std::move(entries)};
}

}  // namespace hobnob
