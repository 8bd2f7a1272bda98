#include "transport/sim/link.hpp"

#include <algorithm>

namespace hobnob::sim {

namespace {

duration time_for(std::size_t bytes, std::uint64_t bytes_per_second) {
  return std::chrono::nanoseconds{bytes * 1'000'000'000 / bytes_per_second};
}

}  // namespace

link_options in_series(const link_options& first, const link_options& second) {
  link_options both = first;
  both.latency += second.latency;
  both.jitter += second.jitter;
  if (first.bytes_per_second == 0 ||
      (second.bytes_per_second != 0 && second.bytes_per_second < first.bytes_per_second)) {
    both.bytes_per_second = second.bytes_per_second;
    both.queue_bytes = second.queue_bytes;
  }
  if (second.loss > 0) both.loss = 1 - (1 - first.loss) * (1 - second.loss);
  return both;
}

link_direction::passage link_direction::enter(const link_options& options, std::size_t size,
                                              time_point now, random_source& random) {
  const bool stalled = stalled_until_ > now;
  time_point leaves = stalled ? stalled_until_ : now;
  if (options.bytes_per_second > 0) {
    const time_point begins = std::max(leaves, busy_until_);
    const duration waits = begins - leaves;
    if (waits + time_for(size, options.bytes_per_second) >
            time_for(options.queue_bytes, options.bytes_per_second) &&
        waits > duration::zero()) {
      return {now, "queue full"};
    }
    leaves = begins + time_for(size, options.bytes_per_second);
    busy_until_ = leaves;
  }
  if (options.loss > 0 && random.chance(options.loss)) return {now, "lost"};
  time_point arrives = leaves + options.latency;
  if (options.jitter > duration::zero()) arrives += random.between({}, options.jitter);
  last_arrival_ = std::max(arrives, last_arrival_);
  return {last_arrival_, nullptr, stalled};
}

void link_direction::stall(time_point until) { stalled_until_ = std::max(stalled_until_, until); }

void link_direction::end_stall(time_point now) {
  if (stalled_until_ <= now) return;
  stalled_until_ = time_point::min();
  busy_until_ = std::min(busy_until_, now);
  last_arrival_ = std::min(last_arrival_, now);
}

bool link_direction::transparent(const link_options& options, time_point now) const {
  return options.latency == duration::zero() && options.jitter == duration::zero() &&
         options.bytes_per_second == 0 && options.loss <= 0 && stalled_until_ <= now &&
         last_arrival_ <= now;
}

}  // namespace hobnob::sim
