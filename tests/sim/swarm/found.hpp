#pragma once

#include "actors/testing/swarm.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string_view>

namespace hobnob::testing {

/// Runs a schedule that the swarm has found and made small.
inline void expect_all_well(std::string_view topology) {
  const auto result = run_schedule(to_schedule(topology));
  std::ostringstream text;
  if (result.failed()) write_failure(text, result);
  EXPECT_FALSE(result.failed()) << text.str();
}

}  // namespace hobnob::testing
