#include "transport/timed_ping.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

const std::chrono::steady_clock::time_point sent{100s};

TEST(TimedPing, ComesBackWithItsRoundTrip) {
  EXPECT_EQ(timed_ping_took(timed_ping(sent), sent + 1500us), 1500us);
  EXPECT_EQ(timed_ping_took(timed_ping(sent), sent), 0us);
}

TEST(TimedPing, TakesNothingThatIsNotPlausible) {
  EXPECT_FALSE(timed_ping_took(timed_ping(sent), sent - 1ns)) << "from the future";
  EXPECT_FALSE(timed_ping_took(timed_ping(sent), sent + 61s)) << "from long ago";
  EXPECT_FALSE(timed_ping_took(std::array<std::byte, 8>{}, sent)) << "a token of another ping";
  const auto whole = timed_ping(sent);
  EXPECT_FALSE(timed_ping_took(byte_view{whole}.first(7), sent));
  std::array<std::byte, 8> all_ones;
  all_ones.fill(std::byte{0xff});
  EXPECT_FALSE(timed_ping_took(all_ones, sent));
}

}  // namespace
}  // namespace hobnob
