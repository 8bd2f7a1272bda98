#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::testing {

/// A world and what happens in it, as statements of a topology file (topology.hpp), one each: to be
/// printed, pasted into a test, and left out one after another while a failure is made smaller.
using schedule = std::vector<std::string>;

/// The worlds that a swarm draws from.
struct swarm_options {
  std::size_t peers_min = 2;
  std::size_t peers_max = 6;
  std::size_t sites_max = 2;
  std::size_t messages_max = 24;
  std::size_t burst_max = 40;  ///< Messages at once.

  /// Faults and traffic; what comes after is calm.
  std::chrono::milliseconds length_min{5'000};
  std::chrono::milliseconds length_max{40'000};

  bool tls = false;  ///< Costs ten times as much.
};

/// Sites, programs, traffic and faults, all drawn from the seed. The mix is drawn too (swarm
/// testing: Groce et al., 2012): one schedule knows only partitions, the next kills and clock
/// jumps, so that no kind of fault always hides what another one would show.
schedule draw_schedule(std::uint64_t seed, const swarm_options& options = {});

/// As a topology file.
std::string joined(const schedule& lines);

/// The other way round; empty lines are left out.
schedule to_schedule(std::string_view text);

}  // namespace hobnob::testing
