#include "actors/transfer/transfer_rate.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

const rate_meter::time_point rate_start{1h};

TEST(RateMeter, TellsTheRateOfTheLastSeconds) {
  rate_meter meter;
  EXPECT_EQ(meter.per_second(), 0u);
  std::uint64_t count = 0;
  auto now = rate_start;
  for (int i = 0; i < 100; ++i, now += 250ms) meter.note(count += 1000, now);
  EXPECT_EQ(meter.per_second(), 4000u);
  for (int i = 0; i < 20; ++i, now += 250ms) meter.note(count += 2000, now);
  EXPECT_NEAR(static_cast<double>(meter.per_second()), 8000, 400);
  for (int i = 0; i < 24; ++i, now += 250ms) meter.note(count, now);
  EXPECT_EQ(meter.per_second(), 0u);
}

TEST(RateMeter, AfterAPauseItBeginsAnew) {
  rate_meter meter;
  meter.note(0, rate_start);
  meter.note(1'000'000, rate_start + 1s);
  meter.reset();
  meter.note(1'000'000, rate_start + 60s);
  EXPECT_EQ(meter.per_second(), 0u);
}

TEST(RateLimit, HoldsTheRateOverTime) {
  rate_limit limit{100'000};
  auto now = rate_start;
  std::uint64_t moved = 0;
  while (now < rate_start + 10s) {
    if (limit.next() > now) now = limit.next();
    moved += 32'768;
    limit.spend(32'768, now);
  }
  EXPECT_NEAR(static_cast<double>(moved), 1'000'000, 100'000);
}

TEST(RateLimit, WhatWasNotUsedIsNotSavedForLong) {
  rate_limit limit{1000};
  limit.spend(1000, rate_start);
  limit.spend(1000, rate_start + 60s);
  EXPECT_EQ(limit.next(), rate_start + 60s + 750ms);
}

TEST(RateLimit, WithoutALimitNothingWaits) {
  rate_limit limit{0};
  limit.spend(1'000'000'000, rate_start);
  EXPECT_LE(limit.next(), rate_start);
  EXPECT_EQ(limit.share(1, 256), 256u);
  EXPECT_EQ(rate_limit{1000}.share(32, 256), 100u);
}

}  // namespace
}  // namespace hobnob
