#include "actors/transfer/kept_input.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

TEST(KeptInput, AllTransfersTogetherKeepNoMoreThanTheBudget) {
  const auto budget = std::make_shared<kept_input_budget>();
  constexpr auto half = kept_input_budget::bytes_max / 2;
  kept_input first{budget};
  EXPECT_TRUE(first.add(half));
  {
    kept_input second{budget};
    EXPECT_TRUE(second.add(half));
    EXPECT_FALSE(second.add(1));
    EXPECT_FALSE(first.add(1));
    EXPECT_EQ(budget->kept(), kept_input_budget::bytes_max);
  }
  EXPECT_EQ(budget->kept(), half);
  EXPECT_TRUE(first.add(half));
  EXPECT_EQ(first.bytes(), kept_input_budget::bytes_max);
}

}  // namespace
}  // namespace hobnob
