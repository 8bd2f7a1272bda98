// Random schedules of faults against small teams: 20 x 100 seeds, a test each hundred.

#include "actors/testing/swarm.hpp"
#include "actors/testing/shrink.hpp"

#include "actors/testing/world.hpp"
#include "tests/sim/plain_sodium.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#ifndef HOBNOB_SWARM_FRACTION
#define HOBNOB_SWARM_FRACTION 1  // Only every so manieth seed: sanitizers are slow.
#endif

namespace hobnob::testing {
namespace {

constexpr std::uint64_t seeds_per_test = 100;
constexpr std::size_t shrink_runs_max = 300;  ///< A few seconds.

class Swarm : public ::testing::TestWithParam<std::uint64_t> {};

void expect_all_well(std::uint64_t seed, const swarm_options& options = {}) {
  const auto result = run_seed(seed, options);
  if (!result.failed()) return;
  std::ostringstream text;
  write_failure(text, result);
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  ADD_FAILURE() << "again: SIM_SEED=" << seed << " ctest -R '" << test->test_suite_name() << '.'
                << test->name() << "'\n"
                << text.str();
  // Told first: this may take longer than the test has.
  const auto smaller = shrink(
      result.lines, [](const schedule& lines) { return violates(lines); }, shrink_runs_max);
  ADD_FAILURE() << "as small as " << smaller.runs << " runs make it:\n" << joined(smaller.lines);
}

TEST_P(Swarm, InvariantsHoldWhateverBreaks) {
  if (const auto seed = seed_from_environment(0)) return expect_all_well(seed);
  const auto first = GetParam() * seeds_per_test + 1;
  for (auto seed = first; seed < first + seeds_per_test; seed += HOBNOB_SWARM_FRACTION) {
    expect_all_well(seed);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Hundreds, Swarm, ::testing::Range<std::uint64_t>(0, 20));

TEST(SwarmOfTls, InvariantsHoldWithRealHandshakes) {
  const real_sodium proven;
  swarm_options options;
  options.tls = true;
  if (const auto seed = seed_from_environment(0)) return expect_all_well(seed, options);
  for (std::uint64_t seed = 1; seed <= 20; seed += HOBNOB_SWARM_FRACTION) {
    expect_all_well(seed, options);
  }
}

TEST(SwarmPlan, ASeedDrawsOneScheduleAndSeedsDiffer) {
  EXPECT_EQ(draw_schedule(7), draw_schedule(7));
  EXPECT_NE(draw_schedule(7), draw_schedule(8));
}

TEST(SwarmPlan, AScheduleIsTextAndComesBackFromIt) {
  const auto drawn = draw_schedule(12);
  EXPECT_EQ(to_schedule(joined(drawn)), drawn);
  EXPECT_EQ(to_schedule("seed 1\n\nrelay relay\n"), (schedule{"seed 1", "relay relay"}));
}

TEST(SwarmPlan, TheMixOfFaultsIsDrawnToo) {
  std::size_t with_kills = 0;
  std::size_t with_partitions = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto text = joined(draw_schedule(seed));
    with_kills += text.find(" kill ") != text.npos;
    with_partitions += text.find(" partition ") != text.npos;
  }
  EXPECT_GT(with_kills, 20u);
  EXPECT_LT(with_kills, 180u);
  EXPECT_GT(with_partitions, 20u);
  EXPECT_LT(with_partitions, 180u);
}

TEST(SwarmPlan, WhatIsRareIsDrawnNowAndThen) {
  for (const char* part :
       {" behind ", " v6=yes", " also=", " circuits=always", "relay other", " relay=other",
        " hidden=yes", " gives ", " pours ", " translate=no", "slow_reader ", " rate="}) {
    std::size_t with_it = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed)
      with_it += joined(draw_schedule(seed)).find(part) != std::string::npos;
    EXPECT_GT(with_it, 8u) << part;
    EXPECT_LT(with_it, 300u) << part;
  }
}

TEST(SwarmRun, WhatWasDoneIsCountedAndNonsenseIsRefused) {
  const auto result = run_schedule(
      {"seed 3", "handshake plain", "relay relay", "peer ann", "peer bob", "at 1s kill ann",
       "at 2s start ann", "at 3s bob says ann hello", "at 4s partition ann from bob", "run 5s"});
  EXPECT_FALSE(result.failed());
  EXPECT_EQ(result.faults,
            (std::map<std::string, std::uint64_t>{{"kill", 1}, {"partition", 1}, {"start", 1}}));
  EXPECT_EQ(result.seed, 3u);
  EXPECT_THROW(run_schedule({"relay relay", "at 1s kill ann"}), std::invalid_argument);
  EXPECT_THROW(run_schedule({"fly"}), std::invalid_argument);
}

}  // namespace
}  // namespace hobnob::testing
