#pragma once

#include "transport/clock.hpp"
#include "transport/sim/random_source.hpp"

#include <cstddef>
#include <cstdint>

namespace hobnob::sim {

/// How packets fare in one direction of a link.
struct link_options {
  duration latency{};                    ///< One way.
  duration jitter{};                     ///< Up to this much more, drawn for each packet.
  std::uint64_t bytes_per_second = 0;    ///< 0: no limit.
  std::size_t queue_bytes = 256 * 1024;  ///< Waiting for the rate; what does not fit is lost.
  double loss = 0;                       ///< Probability that a packet is lost.

  friend bool operator==(const link_options&, const link_options&) = default;
};

/// One link behind the other, as one: delays add up, the slower rate counts.
link_options in_series(const link_options& first, const link_options& second);

/// One direction of a link, in order: neither jitter nor changed options let a packet overtake
/// another. A pure class.
class link_direction {
 public:
  struct passage {
    time_point arrives;
    const char* lost = nullptr;  ///< Why it does not arrive at all.
    bool stalled = false;        ///< Held until a stall ends.
  };

  /// What becomes of a packet of `size` bytes that enters now.
  passage enter(const link_options& options, std::size_t size, time_point now,
                random_source& random);

  /// Nothing leaves before `until`; what waits is late, not lost.
  void stall(time_point until);

  /// Nothing is held any more. What was must enter again, in order.
  void end_stall(time_point now);

  /// Packets pass at once and untouched, with these options.
  bool transparent(const link_options& options, time_point now) const;

 private:
  time_point busy_until_ = time_point::min();
  time_point stalled_until_ = time_point::min();
  time_point last_arrival_ = time_point::min();
};

}  // namespace hobnob::sim
