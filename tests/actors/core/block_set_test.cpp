#include "actors/core/block_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace hobnob::core {
namespace {

using ranges = std::vector<block_range>;

TEST(BlockSet, TouchingRangesBecomeOne) {
  block_set held;
  held.add({4, 6});
  held.add({0, 2});
  EXPECT_EQ(held.ranges(), (ranges{{0, 2}, {4, 6}}));
  held.add({2, 4});
  EXPECT_EQ(held.ranges(), (ranges{{0, 6}}));
  EXPECT_EQ(held.count(), 6u);
}

TEST(BlockSet, AnEmptyRangeChangesNothing) {
  block_set held;
  held.add({3, 3});
  EXPECT_TRUE(held.empty());
  held.add({1, 5});
  held.remove({3, 3});
  EXPECT_EQ(held.ranges(), (ranges{{1, 5}}));
}

TEST(BlockSet, RemovingCutsARangeInTwo) {
  auto held = block_set::all(10);
  held.remove({3, 5});
  EXPECT_EQ(held.ranges(), (ranges{{0, 3}, {5, 10}}));
  held.remove({0, 10});
  EXPECT_EQ(held, block_set{});
}

TEST(BlockSet, FindsTheFirstGap) {
  block_set held;
  EXPECT_EQ(held.first_gap(0, 0, 8), std::nullopt);
  EXPECT_EQ(held.first_gap(0, 10, 8), (block_range{0, 8}));
  held.add({0, 4});
  held.add({6, 9});
  EXPECT_EQ(held.first_gap(0, 10, 8), (block_range{4, 6}));
  EXPECT_EQ(held.first_gap(5, 10, 8), (block_range{5, 6}));
  EXPECT_EQ(held.first_gap(6, 10, 8), (block_range{9, 10}));
  EXPECT_EQ(held.first_gap(0, 4, 8), std::nullopt);
  held.add({4, 6});
  held.add({9, 10});
  EXPECT_EQ(held.first_gap(0, 10, 8), std::nullopt);
}

TEST(BlockSet, AgreesWithASetOfBlocks) {
  std::mt19937 random{7};
  block_set held;
  std::set<std::uint64_t> model;
  for (int step = 0; step < 4000; ++step) {
    const std::uint64_t first = random() % 64;
    const std::uint64_t end = first + random() % 9;
    const bool adds = random() % 2 == 0;
    adds ? held.add({first, end}) : held.remove({first, end});
    for (auto block = first; block < end; ++block) {
      if (adds) {
        model.insert(block);
      } else {
        model.erase(block);
      }
    }
    ASSERT_EQ(held.count(), model.size());
    for (std::uint64_t block = 0; block < 72; ++block) {
      ASSERT_EQ(held.contains(block), model.contains(block)) << block;
    }
    for (std::uint64_t i = 1; i < held.ranges().size(); ++i) {
      ASSERT_GT(held.ranges()[i].first, held.ranges()[i - 1].end);
    }
  }
}

}  // namespace
}  // namespace hobnob::core
