#pragma once

#include "transport/sim/fabric.hpp"
#include "transport/sim/faults.hpp"
#include "transport/sim/random_source.hpp"

#include <array>
#include <vector>

namespace hobnob::sim {

/// How often each kind of fault is drawn, relative to the others, and how bad they get. Drawing the
/// mix itself from the seed lets some runs see one kind alone and others all of them, which finds
/// more than one middling mix.
struct fault_mix {
  unsigned partitions = 1;
  unsigned blocks = 1;
  unsigned link_changes = 1;
  unsigned stalls = 1;
  unsigned unplugs = 1;
  unsigned power_cuts = 1;  ///< Of routers.
  unsigned resets = 1;
  unsigned nat_reboots = 1;
  unsigned bottlenecks = 1;  ///< A link gets a rate and a queue.
  unsigned slow_readers = 1;

  duration mean_gap = std::chrono::seconds{10};   ///< Between two faults.
  duration lasts_max = std::chrono::seconds{30};  ///< Of what is undone later.
  duration latency_max = std::chrono::seconds{1};
  double loss_max = 0.3;
  std::uint64_t rate_min = 30'000;  ///< Bytes a second, of bottlenecks and slow readers.
};

/// Each kind is left out with probability one half; at least one stays.
fault_mix draw_fault_mix(random_source& random);

/// Faults for `length`, each followed by what undoes it, also within `length`; in order of time. A
/// kind that the network has no use for (NAT reboots without NATs) is not drawn. Only hosts and
/// routers named in `spared` are never touched by themselves.
std::vector<timed_fault> draw_faults(random_source& random, const fabric& target,
                                     const fault_mix& mix, duration length,
                                     const names& spared = {});

}  // namespace hobnob::sim
