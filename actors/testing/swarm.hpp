#pragma once

#include "actors/testing/swarm_plan.hpp"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace hobnob::testing {

/// What came of one schedule.
struct swarm_result {
  std::uint64_t seed = 0;
  schedule lines;

  /// What should never have happened, or should have come true in the end and did not: a sentence
  /// each, with the time.
  std::vector<std::string> violations;

  /// By the first word of the line: what was done to the world until the run ended.
  std::map<std::string, std::uint64_t> faults;

  std::uint64_t messages = 0;  ///< Given to peers to send.
  std::chrono::nanoseconds simulated{};
  std::uint64_t events = 0;
  std::uint64_t trace_hash = 0;

  /// If there are violations: the state of the world and the end of its trace.
  std::string report;

  bool failed() const noexcept { return !violations.empty(); }
};

/// Lets a schedule happen and checks the invariants that must always hold; then heals everything
/// and checks those that must come true in the end. The same schedule gives the same result. Throws
/// `std::invalid_argument` for lines that make no sense.
swarm_result run_schedule(const schedule& lines);

/// Draws the schedule of a seed and runs it.
swarm_result run_seed(std::uint64_t seed, const swarm_options& options = {});

/// For a failed test: violations, report, and the schedule to paste into a test.
void write_failure(std::ostream& out, const swarm_result& result);

}  // namespace hobnob::testing
