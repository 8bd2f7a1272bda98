#pragma once

#include "transport/connection_handle.hpp"
#include "transport/error.hpp"
#include "transport/frame.hpp"

#include <array>

namespace hobnob {

/// The eight bytes before a payload of `payload_size` bytes.
std::array<std::byte, frame_header_size> encode_frame_header(frame_type type,
                                                             std::size_t payload_size) noexcept;

/// Cuts a byte stream into frames. Sans-I/O: it never waits and never reads. Memory held between
/// calls is at most one incomplete frame, and never more than the bytes that have really arrived,
/// twice.
class frame_decoder {
 public:
  /// Takes the bytes that came next. Complete frames go to `out` (replaced; empty if none is
  /// complete), sharing one buffer. After a failure (an unknown type, a forbidden length, reserved
  /// bits) the stream is out of step: close it; the frames before the bad one are still in `out`.
  failure decode(byte_view data, frame_batch& out);

  /// An incomplete frame is being held.
  bool mid_frame() const noexcept { return !carry_.empty(); }

 private:
  bytes carry_;  ///< The beginning of a frame whose rest has not come yet.
};

}  // namespace hobnob
