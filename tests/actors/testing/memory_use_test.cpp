#include "actors/testing/memory_use.hpp"
#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Ann sends to bob, who cannot be reached: `messages` of 10,000 bytes.
struct Memory : ::testing::Test {
  void write(int messages) {
    w.add_relay();
    w.add_peers({"ann", "bob"});
    ASSERT_TRUE(w.settle());
    w.apply("pause bob");
    for (int i = 0; i < messages; ++i) w.peer("ann").send("bob", "notes", std::string(10'000, 'x'));
    w.run_for(1s);
  }
  memory_use of(const std::string& user) { return memory_of(*w.peer(user).facade()); }

  test_world w;
};

TEST_F(Memory, WhatWaitsToBeSentIsSeenAndGoesWhenItHasArrived) {
  write(100);
  EXPECT_EQ(of("ann").outbox_messages, 100u);
  EXPECT_EQ(of("ann").outbox_bytes, 1'000'000u);
  w.apply("resume bob");
  w.run_for(30s);
  EXPECT_EQ(of("ann").outbox_bytes, 0u);
  EXPECT_EQ(of("bob").held_bytes + of("bob").unfinished_bytes, 0u);
}

TEST_F(Memory, WhatIsAboveALimitIsAViolation) {
  write(10);
  EXPECT_EQ(check_memory(w), none);
  invariant_limits strict;
  strict.outgoing.queued_bytes_max = 99'999;
  EXPECT_EQ(check_memory(w, strict), strings{"ann holds 100000 bytes of messages to one user"});
  EXPECT_FALSE(check_safety(w, strict).empty());
}

}  // namespace
}  // namespace hobnob::testing
