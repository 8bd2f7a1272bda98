#include "tests/actors/peer/lone_peer.hpp"

// A link whose user the relay has lost is asked for a sign of life, and has two seconds for it.

namespace hobnob {
namespace {

using namespace std::chrono_literals;

class Probe : public test::lone_peer {};

TEST_F(Probe, EachHasItsOwnTime) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  tell_left(2, close_reason::reset);
  pass(100ms);
  link->heard = now();
  pass(1800ms);
  tell_joined("bob", 2);
  tell_left(2, close_reason::reset);
  pass(200ms);
  EXPECT_FALSE(link->closed) << "the first probe was answered, the second is 200 ms old";
  pass(1800ms);
  ASSERT_TRUE(link->closed);
  EXPECT_EQ(link->closed->reason, close_reason::heartbeat);
}

}  // namespace
}  // namespace hobnob
