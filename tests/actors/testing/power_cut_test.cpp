#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

// The power fails in each change that a first login makes on the disk of the relay or of the peer.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

constexpr world_options plain{.plain_handshake = true, .heartbeat = 1s};

bool is_online(world& w) { return w.peer("ann").online(); }

/// Ann's first login, with the power of `host` failing in its `step`th change; then, as everything
/// that was acknowledged has to last, a power cut for both. Whether it came to the first one.
bool first_login(std::uint64_t seed, const std::string& host, unsigned step) {
  test_world w{seed, plain};
  w.add_relay();
  peer_options ann;
  ann.user = "ann";
  ann.start = false;
  w.add_peer(std::move(ann));
  w.apply("crash_at_write " + host + ' ' + std::to_string(step));
  w.apply("start ann");
  EXPECT_EQ(run_checked(w, 3s), none);
  const bool failed = w.find_program(host).current_state() == program::state::crashed;
  if (failed) w.apply("start " + host);
  EXPECT_TRUE(w.run_until([&] { return is_online(w); }, 40s));
  EXPECT_EQ(run_checked(w, 1s), none);

  w.apply("crash_at_write " + host + " 0");
  w.apply("crash relay");
  w.apply("crash ann");
  w.run_for(1s);
  w.apply("start relay");
  w.apply("start ann");
  EXPECT_TRUE(w.run_until([&] { return is_online(w); }, 40s));
  EXPECT_EQ(run_checked(w, 1s), none);
  return failed;
}

void sweep(const std::string& host, unsigned steps_least) {
  for (unsigned step = 1;; ++step) {
    bool failed = false;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      SCOPED_TRACE("change " + std::to_string(step) + " of " + host + ", seed " +
                   std::to_string(seed));
      if (first_login(seed, host, step)) failed = true;
      if (::testing::Test::HasFailure()) return;
    }
    if (!failed) {
      EXPECT_GT(step, steps_least);
      return;
    }
  }
}

TEST(PowerCut, AtEachChangeThatAFirstLoginMakesAtTheRelay) { sweep("relay", 2); }
TEST(PowerCut, AtEachChangeThatAFirstLoginMakesAtThePeer) { sweep("ann", 8); }

/// A file from Ann to Bob, with the power of `host` failing in its `step`th change of the disk from
/// the order on. Whether it came to that.
bool transfer_with_cut(std::uint64_t seed, const std::string& host, unsigned step) {
  test_world w{seed, plain};
  w.add_relay();
  for (const auto* user : {"ann", "bob"}) {
    peer_options options;
    options.user = user;
    options.takes_files = true;
    w.add_peer(std::move(options));
  }
  EXPECT_TRUE(w.settle());
  w.apply("crash_at_write " + host + ' ' + std::to_string(step));
  w.peer("ann").start_giving("bob", "report", 300'000);
  EXPECT_EQ(run_checked(w, 5s), none);
  const bool failed = w.find_program(host).current_state() == program::state::crashed;
  w.apply("crash_at_write " + host + " 0");
  if (failed) w.apply("start " + host);
  EXPECT_EQ(run_checked(w, 40s), none);
  EXPECT_EQ(check_transfer_ends(w), none);
  // Nothing was offered, and so nothing came, before Ann's disk remembered it.
  const bool begun = !w.peer("bob").transfers().latest.empty();
  for (const auto& [id, info] : w.peer("bob").transfers().latest)
    EXPECT_EQ(w.peer("ann").transfer(id).state, transfer_state::done) << to_text(info);
  EXPECT_TRUE(begun || (failed && host == "ann"));
  return failed;
}

void sweep_transfers(const std::string& host, unsigned steps_least) {
  for (unsigned step = 1;; ++step) {
    bool failed = false;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      SCOPED_TRACE("change " + std::to_string(step) + " of " + host + ", seed " +
                   std::to_string(seed));
      if (transfer_with_cut(seed, host, step)) failed = true;
      if (::testing::Test::HasFailure()) return;
    }
    if (!failed) {
      EXPECT_GT(step, steps_least);
      return;
    }
  }
}

TEST(PowerCut, AtEachChangeThatATransferMakesAtItsSender) { sweep_transfers("ann", 6); }
TEST(PowerCut, AtEachChangeThatATransferMakesAtItsReceiver) { sweep_transfers("bob", 6); }

TEST(FullDisk, ARelayServesWhomItKnowsAndAdmitsOthersWhenThereIsRoom) {
  test_world w{1, plain};
  w.add_relay();
  w.add_peer("ann");
  ASSERT_TRUE(w.run_until([&] { return is_online(w); }, 10s));
  w.apply("disk_full relay");
  w.apply("crash relay");
  w.apply("start relay");
  auto& bob = w.add_peer("bob");
  EXPECT_EQ(run_checked(w, 40s), none);
  EXPECT_TRUE(is_online(w));
  EXPECT_FALSE(bob.online());
  w.apply("disk_free relay");
  EXPECT_TRUE(w.run_until([&] { return bob.online(); }, 60s));
  EXPECT_EQ(run_checked(w, 1s), none);
}

TEST(FullDisk, APeerThatIsKnownStartsAndANewOneDoesNot) {
  test_world w{1, plain};
  w.add_relay();
  auto& ann = w.add_peer("ann");
  ASSERT_TRUE(w.run_until([&] { return is_online(w); }, 10s));
  w.apply("disk_full ann");
  w.apply("kill ann");
  w.apply("start ann");
  EXPECT_TRUE(w.run_until([&] { return is_online(w); }, 10s));
  peer_options options;
  options.user = "bob";
  options.start = false;
  auto& bob = w.add_peer(std::move(options));
  w.apply("disk_full bob");
  w.apply("start bob");
  EXPECT_EQ(bob.current_state(), program::state::failed);
  EXPECT_NE(bob.start_error().find("No space left"), std::string::npos) << bob.start_error();
  w.heal_everything();
  EXPECT_TRUE(w.run_until([&] { return bob.online() && ann.online(); }, 10s));
}

// What was written in the background as well as what was not yet.
TEST(GracefulStop, KeepsWhoWasMet) {
  for (const auto waits : {10ms, 1000ms}) {
    test_world w{1, plain};
    w.add_relay();
    auto& ann = w.add_peer("ann");
    w.add_peer("bob");
    ASSERT_TRUE(w.run_until([&] { return !ann.roster().empty(); }, 10s));
    w.run_for(waits);
    w.apply("stop ann");
    ASSERT_TRUE(w.run_until([&] { return ann.current_state() == program::state::stopped; }, 10s));
    w.apply("kill relay");
    w.run_for(1s);
    w.apply("start ann");
    EXPECT_EQ(ann.row("bob").id, w.peer("bob").id());
  }
}

}  // namespace
}  // namespace hobnob::testing
