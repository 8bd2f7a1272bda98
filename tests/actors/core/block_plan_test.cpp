#include "actors/core/block_plan.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace hobnob::core {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t gib = 1024 * 1024 * kib;

TEST(BlockPlan, AnEmptyFileHasNoBlocks) { EXPECT_EQ(block_plan{0}.count(), 0u); }

TEST(BlockPlan, TheLastBlockMayBeShort) {
  const block_plan plan{300 * kib};
  ASSERT_EQ(plan.count(), 3u);
  EXPECT_EQ(plan.size(0), 128 * kib);
  EXPECT_EQ(plan.offset(2), 256 * kib);
  EXPECT_EQ(plan.size(2), 44 * kib);
}

TEST(BlockPlan, BlocksGrowWithTheFile) {
  EXPECT_EQ(block_plan{1}.block_size(), block_size_min);
  EXPECT_EQ(block_plan{256 * 1024 * kib}.block_size(), block_size_min);
  EXPECT_EQ(block_plan{256 * 1024 * kib + 1}.block_size(), 2 * block_size_min);
  EXPECT_EQ(block_plan{gib}.block_size(), 512 * kib);
  EXPECT_EQ(block_plan{32 * gib}.block_size(), block_size_max);
  EXPECT_EQ(block_plan{32 * gib + 1}.block_size(), block_size_max);
}

TEST(BlockPlan, BlocksCoverAFileOfAnySize) {
  for (std::uint64_t size : {std::uint64_t{1}, 128 * kib, 128 * kib + 1, 5 * gib - 1, 4096 * gib,
                             std::numeric_limits<std::uint64_t>::max()}) {
    const block_plan plan{size};
    const std::uint64_t last = plan.count() - 1;
    EXPECT_EQ(plan.offset(last) + plan.size(last), size);
    EXPECT_GT(plan.size(last), 0u);
  }
}

}  // namespace
}  // namespace hobnob::core
