#pragma once

#include "actors/testing/world.hpp"
#include "tests/support/own_tests.hpp"

#include <gtest/gtest.h>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace hobnob::testing {

using strings = std::vector<std::string>;

/// What an invariant finds when all is well.
inline const strings none;

/// A world that tells what happened in it when its test fails, and how to see it again.
class test_world : public world {
 public:
  explicit test_world(std::uint64_t seed = 1, const world_options& options = {})
      : world(seed_from_environment(seed), options) {}

  ~test_world() {
    if (!::testing::Test::HasFailure()) return;
    std::ostringstream report;
    write_report(report);
    ADD_FAILURE() << "again: " << test::replay_command(seed()) << '\n' << report.str();
  }
};

}  // namespace hobnob::testing
