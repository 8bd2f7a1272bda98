#include "tests/sim/seed_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hobnob::testing {
namespace {

struct outcome {
  std::vector<std::string> lines;
  std::vector<seed_workers::death> deaths;
};

outcome run_all(std::uint64_t seeds, unsigned jobs, const seed_workers::job& what) {
  outcome result;
  seed_workers::plan how;
  how.first_seed = 10;
  how.seeds_max = seeds;
  how.jobs = jobs;
  how.seconds = 600;
  seed_workers workers{how,
                       what,
                       {[&](const std::string& line) { result.lines.push_back(line); },
                        [&](const seed_workers::death& each) { result.deaths.push_back(each); }}};
  workers.run();
  std::ranges::sort(result.lines);
  return result;
}

TEST(SeedWorkers, EverySeedIsRunOnceWhateverTheNumberOfProcesses) {
  const auto what = [](std::uint64_t seed, const auto& tell) { tell(std::to_string(seed)); };
  const std::vector<std::string> all{"10", "11", "12", "13", "14"};
  for (const unsigned jobs : {1U, 2U, 7U}) {
    const auto result = run_all(5, jobs, what);
    EXPECT_EQ(result.lines, all);
    EXPECT_TRUE(result.deaths.empty());
  }
}

TEST(SeedWorkers, ASeedThatKillsItsProcessLosesNothingButItself) {
  const auto what = [](std::uint64_t seed, const auto& tell) {
    if (seed == 11) std::raise(SIGKILL);
    if (seed == 12) std::raise(SIGALRM);  // As a hang ends.
    tell(std::to_string(seed));
    if (seed == 14) _exit(3);
  };
  for (const unsigned jobs : {1U, 2U}) {
    auto [lines, deaths] = run_all(6, jobs, what);
    EXPECT_EQ(lines, (std::vector<std::string>{"10", "13", "14", "15"}));
    std::ranges::sort(deaths, {}, &seed_workers::death::seed);
    ASSERT_EQ(deaths.size(), 3u);
    EXPECT_EQ(deaths[0].seed, 11u);
    EXPECT_EQ(WTERMSIG(deaths[0].status), SIGKILL);
    EXPECT_FALSE(deaths[0].told);
    EXPECT_EQ(deaths[1].seed, 12u);
    EXPECT_EQ(WTERMSIG(deaths[1].status), SIGALRM);
    EXPECT_EQ(deaths[2].seed, 14u);
    EXPECT_TRUE(deaths[2].told);
  }
}

TEST(SeedWorkers, ASeedThatHangsEndsItsProcess) {
  outcome result;
  seed_workers::plan how;
  how.seeds_max = 1;
  how.seconds = 600;
  how.hang_after_s = 1;
  seed_workers workers{how,
                       [](std::uint64_t, const auto&) {
                         while (true) pause();
                       },
                       {[](const std::string&) {},
                        [&](const seed_workers::death& each) { result.deaths.push_back(each); }}};
  workers.run();
  ASSERT_EQ(result.deaths.size(), 1u);
  EXPECT_EQ(WTERMSIG(result.deaths[0].status), SIGALRM);
}

}  // namespace
}  // namespace hobnob::testing
