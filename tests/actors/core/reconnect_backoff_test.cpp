#include "actors/core/reconnect_backoff.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

TEST(ReconnectBackoff, DoublesFromHalfASecondToThirtyAndStartsOverAfterASuccess) {
  reconnect_backoff backoff;
  for (const auto step : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16000ms, 30000ms, 30000ms}) {
    const auto wait = backoff.next(123456789);
    EXPECT_GE(wait, step / 2);
    EXPECT_LE(wait, step);
  }
  backoff.reset();
  EXPECT_LE(backoff.next(0), 500ms);
}

TEST(ReconnectBackoff, DrawsFromTheUpperHalfOfEachStep) {
  EXPECT_EQ(reconnect_backoff{}.next(0), 250ms);
  EXPECT_EQ(reconnect_backoff{}.next(250), 500ms);
}

}  // namespace
}  // namespace hobnob::core
