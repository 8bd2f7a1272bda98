#pragma once

#include "actors/testing/world.hpp"

#include <cstddef>
#include <optional>

namespace hobnob::testing {

/// When something came to hold, since the start of the world.
struct coming_true {
  std::optional<world::duration> first;
  std::optional<world::duration> at_end;  ///< Since when it has held, if it does at the end.
};

/// When a team came together.
struct convergence {
  coming_true seen;    ///< Somebody ran, and everyone who did saw everyone else.
  coming_true linked;  ///< And each pair of them that can have a link (`world::can_link`) had one.

  /// Such pairs of the whole team. (Who is hidden has links only with whom it speaks to, and does
  /// not count.)
  std::size_t pairs = 0;
};

/// Runs the world for exactly `length`, and looks whenever somebody was told something.
convergence run_watched(world& w, world::duration length);

}  // namespace hobnob::testing
