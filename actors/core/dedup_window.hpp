#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace hobnob::core {

/// Which sequence numbers of one channel have been dealt with: all below `next()`, except the
/// ranges that were given up. Remembers for ever, not for a time; its size is bounded because a
/// sender's numbers stay close to its floor.
class dedup_window {
 public:
  /// A sequence number further above its sender's floor is absurd.
  static constexpr std::uint64_t span_max = 64 * 1024;
  static constexpr std::size_t given_up_ranges_max = 1024;

  enum class verdict : std::uint8_t {
    next,      ///< The one that is due.
    ahead,     ///< Earlier ones are missing.
    shown,     ///< A duplicate of one that was taken.
    given_up,  ///< Its turn is over: later ones were shown without it, or it was refused.
    stale,     ///< Below the floor: its sender does not care any more.
  };

  /// Nothing below `floor` will be asked for.
  explicit dedup_window(std::uint64_t floor) : floor_(floor), next_(floor) {}

  verdict judge(std::uint64_t sequence) const;

  std::uint64_t floor() const noexcept { return floor_; }
  std::uint64_t next() const noexcept { return next_; }

  /// `next()` was shown.
  void take_next() { ++next_; }

  /// Nothing below `sequence` is waited for any longer.
  void give_up_to(std::uint64_t sequence);

  /// The sender finished everything below `floor`; smaller values than the present one change
  /// nothing.
  void raise_floor(std::uint64_t floor);

 private:
  std::uint64_t floor_;
  std::uint64_t next_;
  std::map<std::uint64_t, std::uint64_t>
      given_up_;  // First number of a range -> one past its last.
};

}  // namespace hobnob::core
