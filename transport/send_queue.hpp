#pragma once

#include "transport/connection_handle.hpp"

#include <array>
#include <vector>

namespace hobnob {

/// Bytes, frame headers included.
struct send_queue_limits {
  std::size_t high_water = 2 * 1024 * 1024;  ///< Above it `push` says `full`.
  std::size_t low_water = 512 * 1024;        ///< At or below it a full queue has drained.
  std::size_t hard_limit = 4 * 1024 * 1024;  ///< Nothing is taken beyond it.

  /// The same marks for what waits in `frame_priority::bulk` alone, full from the high one on: who
  /// has plenty to send keeps little of it here, and leaves the room of the queue to the others.
  std::size_t bulk_high_water = 512 * 1024;
  std::size_t bulk_low_water = 128 * 1024;
};

/// Frames waiting to be written: bounded, most urgent first, in order within a priority. Small
/// frames are packed into chunks (no allocation a frame), large bodies are shared. An empty queue
/// holds no memory of its own. Not thread-safe.
class send_queue {
 public:
  explicit send_queue(send_queue_limits limits = {}) : limits_(limits) {}

  send_status push(const outgoing_frame& frame);

  /// At most about `size_max` bytes to write next, as views that stay valid until `consume`. A
  /// frame once begun is finished before a more urgent one.
  void gather(std::vector<byte_view>& out, std::size_t size_max);

  /// `count` bytes of what `gather` gave last have been written.
  void consume(std::size_t count);

  /// Forgets the frames that no `gather` has given out yet.
  void drop_waiting() noexcept;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// A sender was told `full` of frames that had not come here yet: it waits for `take_drained`.
  void note_full() noexcept { full_ = true; }

  /// True once after what was `full` has fallen to its low-water mark; not for the bulk frames
  /// while the whole queue is still full.
  bool take_drained() noexcept;

 private:
  struct segment {
    bytes packed;         ///< Small frames and headers, ours to append to.
    shared_slice shared;  ///< Or a large body.

    byte_view view() const noexcept { return shared.empty() ? byte_view{packed} : shared.view(); }
  };
  struct lane {
    std::vector<segment> segments;
    std::size_t next = 0;  ///< The first that has not moved to `writing_`.
    std::size_t size = 0;  ///< Bytes from there on.
  };

  const lane& bulk() const noexcept {
    return lanes_[static_cast<std::size_t>(frame_priority::bulk)];
  }

  /// Where the next frame is packed. A frame never spans two packed segments.
  static bytes& open_segment(lane& in);

  send_queue_limits limits_;
  std::array<lane, frame_priorities> lanes_;
  std::vector<segment> writing_;
  std::size_t written_segments_ = 0;
  std::size_t written_bytes_ = 0;  ///< Of the first segment that is not written yet.
  std::size_t size_ = 0;
  bool full_ = false;
  bool bulk_full_ = false;
};

}  // namespace hobnob
