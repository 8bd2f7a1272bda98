#include "actors/core/recent_set.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

TEST(RecentSet, KnowsTheLastOnesAndForgetsTheRest) {
  recent_set<int> seen{10};
  for (int key = 0; key < 1000; ++key) {
    EXPECT_FALSE(seen.contains(key));
    seen.add(key);
    EXPECT_TRUE(seen.contains(key));
    EXPECT_LE(seen.size(), 20u);
  }
  for (int key = 990; key < 1000; ++key) EXPECT_TRUE(seen.contains(key)) << key;
  for (int key = 0; key < 980; ++key) EXPECT_FALSE(seen.contains(key)) << key;
}

TEST(RecentSet, WhatIsAskedForAgainAndAgainStays) {
  recent_set<int> seen{10};
  seen.add(-1);
  for (int key = 0; key < 1000; ++key) {
    seen.add(key);
    EXPECT_TRUE(seen.contains(-1)) << key;
  }
}

}  // namespace
}  // namespace hobnob::core
