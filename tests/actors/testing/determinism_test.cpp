#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"
#include "transport/sim/trace_writer.hpp"

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <tuple>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// A short life with a bit of everything. Its trace hash.
std::uint64_t live(std::uint64_t seed, const world_options& options = {}) {
  world w{seed, options};
  w.add_relay();
  w.add_peers({"ann", "bob"});
  w.add_peer("cy", w.add_site("home"));
  w.add_peer("dan", w.add_site("office"));
  w.settle();
  w.peer("ann").send_text("bob", "hello");
  w.peer("cy").send("dan", "files", "some bytes");
  w.apply("change internet loss=0.05 jitter=20ms");
  w.apply("partition ann from bob");
  w.run_for(20s);
  w.peer("bob").send_text("ann", "still there?");
  w.apply("kill cy");
  w.apply("crash relay");
  w.run_for(10s);
  w.heal_everything();
  w.settle();
  return w.trace_hash();
}

TEST(Determinism, ASeedGivesTheSameTraceAgainAndAgainWithRealTls) {
  const auto first = live(11);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(live(11), first);
}

TEST(Determinism, ASeedGivesTheSameTraceAgainAndAgainWithThePlainHandshake) {
  const world_options plain{.plain_handshake = true};
  const auto first = live(12, plain);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(live(12, plain), first);
}

TEST(Determinism, AShuffledRunIsDeterministicToo) {
  const world_options shuffled{.plain_handshake = true, .shuffle = true};
  const auto first = live(13, shuffled);
  EXPECT_EQ(live(13, shuffled), first);
  EXPECT_NE(live(13, {.plain_handshake = true}), first);
}

TEST(Determinism, DifferentSeedsGiveDifferentTraces) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    hashes.insert(live(seed, {.plain_handshake = true}));
  }
  EXPECT_EQ(hashes.size(), 20u);
}

// Where memory lies differs from process to process, as do hash seeds, if there were any.
TEST(Determinism, AnotherProcessGivesTheSameTrace) {
  if (const char* seed = std::getenv("SIM_HASH_OF_SEED")) {
    std::printf("trace hash %s\n", sim::hash_text(live(std::strtoull(seed, nullptr, 10))).c_str());
    return;
  }
  const auto here = live(14);
  for (int i = 0; i < 2; ++i) {
    const std::string command = "SIM_HASH_OF_SEED=14 /proc/" + std::to_string(getpid()) +
                                "/exe --gtest_filter=Determinism.AnotherProcessGivesTheSameTrace";
    FILE* other = popen(command.c_str(), "r");
    ASSERT_NE(other, nullptr);
    unsigned long long there = 0;
    char line[256];
    while (std::fgets(line, sizeof line, other) != nullptr) {
      std::ignore = std::sscanf(line, "trace hash %llx", &there);
    }
    EXPECT_EQ(pclose(other), 0);
    EXPECT_EQ(there, here);
  }
}

}  // namespace
}  // namespace hobnob::testing
