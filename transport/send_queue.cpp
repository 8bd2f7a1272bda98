#include "transport/send_queue.hpp"

#include "transport/frame_codec.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {

namespace {

/// Bodies from here on are shared, not copied.
constexpr std::size_t shared_size_min = 4096;

/// A packed segment is closed when it reaches this size: one TLS record's worth.
constexpr std::size_t packed_size_max = 16 * 1024;

/// A queue that holds more than a few small frames is about to hold many: its segment then gets its
/// whole size at once.
constexpr std::size_t few_frames_size = 512;

void append(bytes& to, byte_view data) {
  const auto size = to.size() + data.size();
  if (size > to.capacity() && size > few_frames_size) {
    to.reserve(std::max(size, packed_size_max + shared_size_min + frame_header_size));
  }
  to.insert(to.end(), data.begin(), data.end());
}

}  // namespace

send_status send_queue::push(const outgoing_frame& frame) {
  const auto payload_size = frame.head.size() + frame.body.size();
  if (size_ + frame_header_size + payload_size > limits_.hard_limit) return send_status::overflow;
  auto& lane = lanes_[static_cast<std::size_t>(frame.priority)];
  const auto header = encode_frame_header(frame.type, payload_size);
  auto& packed = open_segment(lane);
  append(packed, header);
  append(packed, frame.head);
  if (frame.body.size() >= shared_size_min) {
    lane.segments.push_back({{}, frame.body});
  } else {
    append(packed, frame.body.view());
  }
  size_ += frame_header_size + payload_size;
  lane.size += frame_header_size + payload_size;
  const bool whole_full = size_ > limits_.high_water;
  const bool bulk_full =
      frame.priority == frame_priority::bulk && lane.size >= limits_.bulk_high_water;
  full_ |= whole_full;
  bulk_full_ |= bulk_full;
  return whole_full || bulk_full ? send_status::full : send_status::sent;
}

bytes& send_queue::open_segment(lane& in) {
  const bool open = in.next < in.segments.size() && in.segments.back().shared.empty() &&
                    in.segments.back().packed.size() < packed_size_max;
  if (!open) in.segments.emplace_back();
  return in.segments.back().packed;
}

void send_queue::gather(std::vector<byte_view>& out, std::size_t size_max) {
  out.clear();
  if (written_segments_ == writing_.size()) {
    writing_.clear();
    written_segments_ = 0;
    std::size_t gathered = 0;
    for (auto& lane : lanes_) {
      // A header at a segment's end belongs to the shared body after it: never part them.
      while (lane.next < lane.segments.size() &&
             (gathered < size_max || !lane.segments[lane.next].shared.empty())) {
        const auto size = lane.segments[lane.next].view().size();
        gathered += size;
        lane.size -= size;
        writing_.push_back(std::move(lane.segments[lane.next++]));
      }
      if (lane.next == lane.segments.size()) {
        lane = {};
      } else if (lane.next > lane.segments.size() / 2) {
        lane.segments.erase(lane.segments.begin(),
                            lane.segments.begin() + static_cast<std::ptrdiff_t>(lane.next));
        lane.next = 0;
      }
    }
  }
  std::size_t offset = written_bytes_;
  for (std::size_t i = written_segments_; i < writing_.size(); ++i) {
    out.push_back(writing_[i].view().subspan(offset));
    offset = 0;
  }
}

void send_queue::consume(std::size_t count) {
  size_ -= count;
  count += written_bytes_;
  while (written_segments_ < writing_.size() &&
         count >= writing_[written_segments_].view().size()) {
    count -= writing_[written_segments_].view().size();
    writing_[written_segments_++] = {};
  }
  written_bytes_ = count;
  if (size_ == 0) {
    writing_ = {};
    written_segments_ = 0;
  }
}

void send_queue::drop_waiting() noexcept {
  for (auto& lane : lanes_) {
    size_ -= lane.size;
    lane = {};
  }
}

bool send_queue::take_drained() noexcept {
  if (full_ && size_ > limits_.low_water) return false;
  const bool bulk_drained = bulk_full_ && bulk().size <= limits_.bulk_low_water;
  if (bulk_drained) bulk_full_ = false;
  return std::exchange(full_, false) || bulk_drained;
}

}  // namespace hobnob
