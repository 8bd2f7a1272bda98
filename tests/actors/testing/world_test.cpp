#include "sim_world.hpp"

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

TEST(World, TwoPeersLogInLinkAndChat) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer("ann");
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(ann.links(), strings{"bob"});
  EXPECT_EQ(bob.roster(), strings{"ann"});
  const auto there = ann.send_text("bob", "hello");
  const auto back = bob.send_text("ann", "and back");
  w.run_for(1s);
  EXPECT_EQ(bob.inbox(), strings{"hello"});
  EXPECT_EQ(ann.inbox(), strings{"and back"});
  EXPECT_EQ(ann.outcome(there).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).path, path_kind::wan);
}

}  // namespace
}  // namespace hobnob::testing
