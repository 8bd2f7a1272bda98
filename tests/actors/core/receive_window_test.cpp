#include "actors/core/receive_window.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

constexpr std::uint64_t MiB = 1024 * 1024;
constexpr std::uint64_t frame = 262'376;  // A full one, with what it takes in memory beside.

TEST(ReceiveWindow, StaysWideWhereLittleWaits) {
  receive_window window;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(window.adapt(MiB / 2, 8 * MiB), 8 * MiB);
}

TEST(ReceiveWindow, IsHalvedWhileMostOfItWaits) {
  receive_window window;
  EXPECT_EQ(window.adapt(4 * MiB, 8 * MiB), 8 * MiB);
  EXPECT_EQ(window.adapt(4 * MiB + 1, 8 * MiB), 4 * MiB);
  EXPECT_EQ(window.adapt(3 * MiB, 8 * MiB), 2 * MiB);
  EXPECT_EQ(window.adapt(2 * MiB, 8 * MiB), receive_window::least);
}

TEST(ReceiveWindow, GrowsAgainWhenLittleWaitedForSeveralTimes) {
  receive_window window;
  for (int i = 0; i < 5; ++i) window.adapt(8 * MiB, 8 * MiB);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(window.adapt(frame, 8 * MiB), 2 * MiB);
  EXPECT_EQ(window.adapt(MiB, 8 * MiB), 2 * MiB);  // Not one after the other.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(window.adapt(2 * frame, 8 * MiB), 2 * MiB);
  EXPECT_EQ(window.adapt(frame, 8 * MiB), 4 * MiB);
}

TEST(ReceiveWindow, WhereNothingCameNothingIsLearnt) {
  receive_window window;
  for (int i = 0; i < 5; ++i) window.adapt(8 * MiB, 8 * MiB);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(window.adapt(0, 8 * MiB), 2 * MiB);
}

TEST(ReceiveWindow, NoMoreThanItMay) {
  receive_window window;
  EXPECT_EQ(window.adapt(0, MiB / 4), MiB / 4);
  for (int i = 0; i < 20; ++i) EXPECT_LE(window.adapt(MiB / 100, 3 * MiB), 3 * MiB);
  EXPECT_EQ(window.adapt(MiB / 100, 3 * MiB), 3 * MiB);
}

}  // namespace
}  // namespace hobnob::core
