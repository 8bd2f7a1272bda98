#include "transport/sim/random_source.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

TEST(random_source, gives_the_same_numbers_for_the_same_seed_everywhere) {
  // Fixed for ever: printed seeds must replay on any machine. These are xoshiro256**'s numbers.
  random_source random{42};
  EXPECT_EQ(random.next(), 1546998764402558742u);
  EXPECT_EQ(random.next(), 6990951692964543102u);
  EXPECT_NE(random_source{43}.next(), random_source{42}.next());
}

TEST(random_source, forks_depend_on_the_name_and_not_on_what_was_drawn) {
  random_source early{7};
  random_source late{7};
  late.next();
  EXPECT_EQ(early.fork("alice").next(), late.fork("alice").next());
  EXPECT_NE(early.fork("alice").next(), early.fork("bob").next());
  EXPECT_NE(early.fork("alice").next(), random_source{8}.fork("alice").next());
}

TEST(random_source, below_reaches_every_value_about_equally_often) {
  random_source random{1};
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 6000; ++i) ++counts[random.below(6)];
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& [value, count] : counts) {
    EXPECT_LT(value, 6u);
    EXPECT_NEAR(count, 1000, 150);
  }
  EXPECT_EQ(random.below(0), 0u);
  EXPECT_EQ(random.below(1), 0u);
}

TEST(random_source, unit_and_chance_stay_in_their_bounds) {
  random_source random{2};
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = random.unit();
    EXPECT_GE(drawn, 0.0);
    EXPECT_LT(drawn, 1.0);
    hits += random.chance(0.25);
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1));
  }
  EXPECT_NEAR(hits, 2500, 200);
}

TEST(random_source, between_includes_both_ends) {
  random_source random{3};
  std::set<duration> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.between(5ns, 8ns));
  EXPECT_EQ(seen, (std::set<duration>{5ns, 6ns, 7ns, 8ns}));
  EXPECT_EQ(random.between(8ns, 5ns), duration{8ns});
}

TEST(random_source, fills_any_number_of_bytes) {
  random_source random{4};
  std::array<std::byte, 13> first{};
  std::array<std::byte, 13> second{};
  random.fill(first);
  random.fill(second);
  EXPECT_NE(first, second);
  random.fill({});
}

}  // namespace
}  // namespace hobnob::sim
