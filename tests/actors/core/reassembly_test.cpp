#include "actors/core/reassembly.hpp"

#include "tests/actors/core/message_for_test.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using outcome = reassembly::outcome;

struct Reassembly : testing::Test {
  reassembly::time_point now{1000s};
  reassembly parts;
  message whole;
  message big = message_for_test(1, "0123456789", "app");

  outcome add(std::size_t offset, std::size_t count) {
    return parts.add(part_of(big, offset, count), now, whole);
  }
};

TEST_F(Reassembly, PutsPartsTogether) {
  EXPECT_EQ(add(0, 4), outcome::waiting);
  EXPECT_EQ(add(4, 4), outcome::waiting);
  EXPECT_EQ(add(8, 2), outcome::complete);
  EXPECT_EQ(text_of(whole), "0123456789");
  EXPECT_EQ(whole.channel, "app");
  EXPECT_FALSE(parts.deadline());
}

TEST_F(Reassembly, TakesTheSamePartsOfTwoPathsMixed) {
  EXPECT_EQ(add(0, 4), outcome::waiting);
  EXPECT_EQ(add(4, 4), outcome::waiting);
  EXPECT_EQ(add(0, 3), outcome::waiting);
  EXPECT_EQ(add(3, 3), outcome::waiting);
  EXPECT_EQ(add(6, 4), outcome::complete);
  EXPECT_EQ(text_of(whole), "0123456789");
}

TEST_F(Reassembly, IgnoresWhatHasNoBeginning) {
  EXPECT_EQ(add(4, 6), outcome::waiting);
  EXPECT_FALSE(parts.deadline());
  EXPECT_EQ(add(0, 4), outcome::waiting);
  EXPECT_EQ(add(6, 4), outcome::waiting);
  EXPECT_EQ(add(4, 6), outcome::complete);
}

TEST_F(Reassembly, RejectsPartsThatContradictEachOther) {
  EXPECT_EQ(add(0, 4), outcome::waiting);
  auto other = part_of(big, 4, 4);
  other.total_size = 9;
  EXPECT_EQ(parts.add(other, now, whole), outcome::mismatch);
  EXPECT_EQ(add(0, 4), outcome::waiting);
  other = part_of(big, 4, 4);
  other.head.sequence = 7;
  EXPECT_EQ(parts.add(other, now, whole), outcome::mismatch);
}

TEST_F(Reassembly, DropsWhatStoppedGrowing) {
  EXPECT_EQ(add(0, 4), outcome::waiting);
  ASSERT_TRUE(parts.deadline());
  now = *parts.deadline();
  parts.expire(now);
  EXPECT_FALSE(parts.deadline());
  EXPECT_EQ(add(4, 6), outcome::waiting);
}

TEST_F(Reassembly, KeepsItsBoundByDroppingTheOldest) {
  parts = reassembly{{.bytes_max = 25}};
  const auto second = message_for_test(2, "abcdefghij", "app");
  const auto third = message_for_test(3, "ABCDEFGHIJ", "app");
  EXPECT_EQ(add(0, 4), outcome::waiting);
  now += 1s;
  EXPECT_EQ(parts.add(part_of(second, 0, 5), now, whole), outcome::waiting);
  now += 1s;
  EXPECT_EQ(parts.add(part_of(third, 0, 5), now, whole), outcome::waiting);
  EXPECT_EQ(add(4, 6), outcome::waiting) << "the first one had to go";
  EXPECT_EQ(parts.add(part_of(second, 5, 5), now, whole), outcome::complete);
  EXPECT_EQ(parts.add(part_of(third, 5, 5), now, whole), outcome::complete);
  EXPECT_EQ(text_of(whole), "ABCDEFGHIJ");
}

TEST_F(Reassembly, HoldsAFixedNumberOfMessagesHoweverSmallTheyAre) {
  constexpr std::uint64_t count = 65;  // One more than it holds.
  std::vector<message> small;
  for (std::uint64_t number = 1; number <= count; ++number) {
    small.push_back(message_for_test(number, "ab", "app"));
    now += 1ms;
    EXPECT_EQ(parts.add(part_of(small.back(), 0, 1), now, whole), outcome::waiting);
  }
  EXPECT_EQ(parts.add(part_of(small.front(), 1, 1), now, whole), outcome::waiting)
      << "the first one had to go";
  for (std::size_t i = 1; i < count; ++i) {
    EXPECT_EQ(parts.add(part_of(small[i], 1, 1), now, whole), outcome::complete);
  }
  EXPECT_FALSE(parts.deadline());
}

TEST_F(Reassembly, RefusesAMessageLargerThanAllItMayHold) {
  parts = reassembly{{.bytes_max = 9}};
  EXPECT_EQ(add(0, 4), outcome::waiting);
  EXPECT_FALSE(parts.deadline());
}

}  // namespace
}  // namespace hobnob::core
