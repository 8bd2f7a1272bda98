#include "actors/core/token_bucket.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

TEST(TokenBucket, LetsABurstThroughThenTheRate) {
  token_bucket::time_point now{100s};
  token_bucket bucket{10, 3, now};
  EXPECT_TRUE(bucket.take(3, now));
  EXPECT_FALSE(bucket.take(1, now));
  EXPECT_FALSE(bucket.take(1, now + 99ms));
  EXPECT_TRUE(bucket.take(1, now + 200ms));
}

TEST(TokenBucket, KeepsNoMoreThanTheBurst) {
  token_bucket::time_point now{100s};
  token_bucket bucket{10, 3, now};
  EXPECT_FALSE(bucket.take(4, now + 1h));
  EXPECT_TRUE(bucket.take(3, now + 1h));
  EXPECT_FALSE(bucket.take(1, now + 1h));
}

TEST(TokenBucket, IgnoresATimeBeforeTheLast) {
  token_bucket::time_point now{100s};
  token_bucket bucket{10, 1, now};
  EXPECT_TRUE(bucket.take(1, now));
  EXPECT_FALSE(bucket.take(1, now - 10s));
  EXPECT_TRUE(bucket.take(1, now + 150ms));
}

}  // namespace
}  // namespace hobnob::core
