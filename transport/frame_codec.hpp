#pragma once

#include "transport/connection_handle.hpp"
#include "transport/error.hpp"
#include "transport/frame.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace hobnob {

/// The eight bytes before a payload of `payload_size` bytes.
std::array<std::byte, frame_header_size> encode_frame_header(frame_type type,
                                                             std::size_t payload_size) noexcept;

/// Cuts a byte stream into frames. Sans-I/O: it never waits and never reads. Memory held between
/// calls is at most one incomplete frame, and until 4 KiB of it have come no more than these,
/// twice.
class frame_decoder {
 public:
  /// Takes the bytes that came next. Complete frames go to `out` (replaced; empty if none is
  /// complete), sharing one buffer. After a failure (an unknown type, a forbidden length, reserved
  /// bits) the stream is out of step: close it; the frames before the bad one are still in `out`.
  failure decode(byte_view data, frame_batch& out);

  /// Where the rest of the frame that has begun may be written to instead: a large one is not
  /// copied then. Empty if that does not pay. Valid until the next call.
  std::span<std::byte> room();

  /// `count` bytes, not more than that, have come into `room()`. As `decode` does, but it cannot
  /// fail.
  void fill(std::size_t count, frame_batch& out);

  /// An incomplete frame is being held.
  bool mid_frame() const noexcept { return size_ > 0; }

 private:
  byte_view carried() const noexcept { return {buffer_.get(), size_}; }
  std::size_t carry(byte_view data, std::size_t count);
  void reserve(std::size_t size);
  frame_batch take(std::vector<frame_batch::entry> entries);

  // The beginning of a frame whose rest has not come yet.
  std::shared_ptr<std::byte[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  frame_batch::entry begun_;
  std::size_t wanted_ = 0;  ///< The size of all of it; 0 while its header has not come.
};

}  // namespace hobnob
