#include "actors/testing/shrink.hpp"

#include "actors/testing/swarm.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hobnob::testing {
namespace {

bool has(const schedule& lines, std::string_view part) {
  return std::ranges::any_of(lines, [&](const auto& line) { return line.find(part) != line.npos; });
}

const schedule noisy{"seed 1",
                     "handshake plain",
                     "shuffle yes",
                     "site home mapping=address_dependent hairpin=yes",
                     "relay relay",
                     "peer ann at home",
                     "peer bob direct=off",
                     "peer cara at home",
                     "peer dave",
                     "at 1s kill ann",
                     "at 2s unplug bob",
                     "at 3s partition ann bob cara from dave relay",
                     "at 4s cara says bob hello",
                     "at 5s plug bob",
                     "at 6s start ann",
                     "at 7s jump dave 3600s",
                     "run 60s"};

TEST(Shrink, OnlyWhatIsNeededStays) {
  // Artificial: fails if bob's cable is pulled while ann is dead.
  const auto fails = [](const schedule& lines) {
    return has(lines, "kill ann") && has(lines, "unplug bob") && has(lines, "peer ann") &&
           has(lines, "peer bob") && !lines.empty();
  };
  const auto small = shrink(noisy, fails);
  EXPECT_EQ(small.lines, (schedule{"seed 1", "handshake plain", "relay relay", "peer ann",
                                   "peer bob", "at 1s kill ann", "at 2s unplug bob", "run 2s"}))
      << joined(small.lines);
  EXPECT_LT(small.runs, 60u);
}

TEST(Shrink, WhoeverIsLeftOutIsLeftOutOfPartitions) {
  const auto fails = [](const schedule& lines) {
    return has(lines, "partition") && has(lines, "cara") && has(lines, "dave");
  };
  const auto small = shrink(noisy, fails);
  EXPECT_TRUE(has(small.lines, "at 3s partition cara from dave relay")) << joined(small.lines);
  EXPECT_FALSE(has(small.lines, "peer ann"));
}

TEST(Shrink, EndsAfterSoManyRuns) {
  std::size_t runs = 0;
  const auto small = shrink(
      draw_schedule(1), [&](const schedule&) { return ++runs > 5; }, 20);
  EXPECT_LE(small.runs, 21u);
  EXPECT_EQ(runs, small.runs);
}

TEST(Shrink, AViolationOfARealRunIsFoundAgainInASmallSchedule) {
  // Artificial: nobody may ever be killed. Run for real, so that senseless schedules do not count.
  const auto fails = [](const schedule& lines) {
    try {
      return run_schedule(lines).faults.contains("kill");
    } catch (const std::invalid_argument&) {
      return false;
    }
  };
  std::uint64_t seed = 1;
  while (!has(draw_schedule(seed), " kill ")) ++seed;
  const auto small = shrink(draw_schedule(seed), fails, 300);
  const auto events =
      std::ranges::count_if(small.lines, [](const auto& line) { return line.starts_with("at "); });
  EXPECT_EQ(events, 1) << joined(small.lines);
  EXPECT_TRUE(fails(small.lines));
}

TEST(Shrink, SenselessSchedulesDoNotViolateAnything) {
  EXPECT_FALSE(violates({"relay relay", "at 1s kill nobody"}));
  EXPECT_FALSE(violates({"fly"}));
}

}  // namespace
}  // namespace hobnob::testing
