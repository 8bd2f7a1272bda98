#include "transport/sim/link.hpp"

#include <gtest/gtest.h>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

class link_direction_test : public testing::Test {
 protected:
  duration delay(const link_options& options, std::size_t size = 100) {
    const auto passage = link_.enter(options, size, now_, random_);
    EXPECT_EQ(passage.lost, nullptr);
    return passage.arrives - now_;
  }

  link_direction link_;
  random_source random_{1};
  time_point now_{1h};
};

TEST_F(link_direction_test, latency_alone_delays_all_alike) {
  EXPECT_EQ(delay({.latency = 20ms}), 20ms);
  EXPECT_EQ(delay({.latency = 20ms}, 100'000), 20ms);
}

TEST_F(link_direction_test, a_rate_sends_one_packet_after_the_other) {
  const link_options slow{.latency = 1ms, .bytes_per_second = 1000};
  EXPECT_EQ(delay(slow, 500), 501ms);
  EXPECT_EQ(delay(slow, 500), 1001ms);
  now_ += 10s;
  EXPECT_EQ(delay(slow, 500), 501ms);
}

TEST_F(link_direction_test, a_full_queue_loses_what_comes) {
  const link_options slow{.bytes_per_second = 1000, .queue_bytes = 1000};
  EXPECT_EQ(delay(slow, 600), 600ms);
  EXPECT_STREQ(link_.enter(slow, 600, now_, random_).lost, "queue full");
  EXPECT_EQ(delay(slow, 400), 1000ms);
  now_ += 400ms;
  EXPECT_EQ(delay(slow, 400), 1000ms);
}

TEST_F(link_direction_test, jitter_varies_and_never_reorders) {
  const link_options shaky{.latency = 10ms, .jitter = 50ms};
  time_point last{};
  bool varied = false;
  for (int i = 0; i < 200; ++i) {
    const auto passage = link_.enter(shaky, 100, now_, random_);
    EXPECT_GE(passage.arrives, last);
    EXPECT_GE(passage.arrives, now_ + 10ms);
    EXPECT_LE(passage.arrives, now_ + 60ms);
    varied = varied || (i > 0 && passage.arrives - last != 1ms);
    last = passage.arrives;
    now_ += 1ms;
  }
  EXPECT_TRUE(varied);
}

TEST_F(link_direction_test, a_lower_latency_does_not_let_the_next_overtake) {
  EXPECT_EQ(delay({.latency = 100ms}), 100ms);
  EXPECT_EQ(delay({.latency = 1ms}), 100ms);
}

TEST_F(link_direction_test, loses_as_many_as_told) {
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) {
    lost += link_.enter({.loss = 0.1}, 100, now_, random_).lost != nullptr;
  }
  EXPECT_NEAR(lost, 1000, 150);
}

TEST_F(link_direction_test, a_stall_delays_and_loses_nothing) {
  link_.stall(now_ + 3s);
  EXPECT_FALSE(link_.transparent({}, now_));
  EXPECT_EQ(delay({.latency = 5ms}), 3005ms);
  now_ += 4s;
  EXPECT_EQ(delay({.latency = 5ms}), 5ms);
  now_ += 5ms;
  EXPECT_TRUE(link_.transparent({}, now_));
}

TEST(in_series, adds_delays_and_takes_the_slower_rate) {
  const link_options both = in_series(
      {.latency = 1ms, .jitter = 2ms, .bytes_per_second = 5000},
      {.latency = 3ms, .jitter = 4ms, .bytes_per_second = 1000, .queue_bytes = 77, .loss = 0.5});
  EXPECT_EQ(both, (link_options{.latency = 4ms,
                                .jitter = 6ms,
                                .bytes_per_second = 1000,
                                .queue_bytes = 77,
                                .loss = 0.5}));
  EXPECT_EQ(in_series({.bytes_per_second = 10}, {}).bytes_per_second, 10u);
}

}  // namespace
}  // namespace hobnob::sim
