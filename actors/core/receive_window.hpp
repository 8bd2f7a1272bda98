#pragma once

#include <algorithm>
#include <cstdint>

namespace hobnob::core {

/// How many bytes a receiver asks for before it has taken what it asked for earlier. A long path
/// wants many. Where the receiver itself is slower than the path they only wait in its memory, and
/// when the sender is done, all that waits is still to be stored with nobody working beside it: so
/// it is halved when more than half of it waits, and doubled when little did for several times.
class receive_window {
 public:
  static constexpr std::uint64_t least = 2 * 1024 * 1024;

  /// `waiting`: what has come and was not taken yet. `most` is never exceeded.
  std::uint64_t adapt(std::uint64_t waiting, std::uint64_t most) noexcept {
    if (waiting > size_ / 3) {  // Two full frames of 256 KiB are little, however small it is.
      times_little_ = 0;
      if (waiting > size_ / 2) size_ /= 2;
    } else if (waiting > 0 && ++times_little_ == times_to_grow) {
      times_little_ = 0;
      size_ *= 2;
    }
    return size_ = std::clamp(size_, std::min(least, most), most);
  }

 private:
  static constexpr unsigned times_to_grow = 4;

  std::uint64_t size_ = 4 * least;
  unsigned times_little_ = 0;
};

}  // namespace hobnob::core
