#include "actors/core/token_buckets.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using std::chrono::seconds;

TEST(TokenBuckets, EachNameHasItsOwn) {
  token_buckets buckets{
      1,
      2,
  };
  const token_buckets::time_point now{};
  EXPECT_TRUE(buckets.take("ann", 2, now));
  EXPECT_FALSE(buckets.take("ann", 1, now));
  EXPECT_TRUE(buckets.take("bob", 2, now));
  EXPECT_TRUE(buckets.take("ann", 1, now + seconds{1}));
}

TEST(TokenBuckets, ThoseThatAreFullAgainAreForgotten) {
  token_buckets buckets{1, 10};
  token_buckets::time_point now{};
  for (int i = 0; i < 100'000; ++i) {
    EXPECT_TRUE(buckets.take(std::to_string(i), 1, now));
    now += std::chrono::milliseconds{100};
    ASSERT_LE(buckets.size(), 64u);  // Ten need a second each.
  }
}

TEST(TokenBuckets, NoneIsForgottenBeforeItIsFull) {
  token_buckets buckets{1, 10};
  token_buckets::time_point now{};
  EXPECT_TRUE(buckets.take("ann", 10, now));
  for (int i = 0; i < 9'000; ++i) {
    EXPECT_TRUE(buckets.take(std::to_string(i), 1, now));
    now += std::chrono::milliseconds{1};
  }
  EXPECT_FALSE(buckets.take("ann", 10, now));
  EXPECT_TRUE(buckets.take("ann", 10, now + seconds{1}));
}

}  // namespace
}  // namespace hobnob::core
