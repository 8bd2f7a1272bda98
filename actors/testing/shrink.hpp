#pragma once

#include "actors/testing/swarm_plan.hpp"

#include <cstddef>
#include <functional>

namespace hobnob::testing {

/// Whether a schedule still shows what is looked for. A schedule that makes no sense does not.
using still_fails = std::function<bool(const schedule&)>;

struct shrink_result {
  schedule lines;
  std::size_t runs = 0;  ///< Of `still_fails`.
};

/// A small schedule that still fails: without any line that is not needed (delta debugging,
/// Zeller and Hildebrandt, 2002), without peers and sites that have nothing to do with it, and
/// shorter. The same input gives the same result. Ends after about `runs_max` tries with the best
/// so far.
shrink_result shrink(schedule failing, const still_fails& test, std::size_t runs_max = 2000);

/// Whether `run_schedule` fails, with at least one violation whose sentence holds `text`;
/// exceptions of senseless schedules count as passing.
bool violates(const schedule& lines, std::string_view text = {});

}  // namespace hobnob::testing
