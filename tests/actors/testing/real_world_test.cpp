#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <iterator>

// The real clock, replaced for this whole program: by itself, unless a test wants it to be wild.
// Nothing that a simulated world does may show it.

namespace {

std::atomic<bool> wild = false;
std::atomic<long> clock_calls = 0;

}  // namespace

extern "C" int clock_gettime(clockid_t which, timespec* out) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, which, out));
  if (wild && result == 0) out->tv_sec += 60 * ++clock_calls;
  return result;
}

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

std::uint64_t live(bool among_wild_clocks) {
  wild = among_wild_clocks;
  std::uint64_t hash = 0;
  {
    world w{21};
    w.add_relay();
    w.add_peers({"ann", "bob"});
    w.add_peer("cy", w.add_site("home"));
    w.settle();
    w.peer("ann").send_text("bob", "hello");
    w.apply("kill bob");
    w.run_for(30s);
    w.heal_everything();
    w.settle();
    w.peer("cy").send_text("ann", "hello");
    w.run_for(10s);
    hash = w.trace_hash();
  }
  wild = false;
  return hash;
}

TEST(RealWorld, TheMachinesClockDoesNotShow) {
  const auto calm = live(false);
  clock_calls = 0;
  EXPECT_EQ(live(true), calm);
  timespec now{};
  wild = true;
  clock_calls = 0;
  clock_gettime(CLOCK_MONOTONIC, &now);
  wild = false;
  EXPECT_EQ(clock_calls, 1);  // So it is ours that everything called.
}

// What the hash is there for: anything that differs from run to run changes it.
TEST(RealWorld, WhatDiffersFromRunToRunIsCaught) {
  const auto run = [](bool noted) {
    world w{22, {.plain_handshake = true}};
    w.add_relay();
    w.add_peer("ann");
    w.settle();
    if (noted) w.note(std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
    return w.trace_hash();
  };
  EXPECT_EQ(run(false), run(false));
  EXPECT_NE(run(true), run(true));
}

std::ptrdiff_t count_threads() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

TEST(RealWorld, NoProgramHasAThread) {
  const auto before = count_threads();
  world w{23};
  w.add_relay();
  w.add_peers({"ann", "bob"});
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(count_threads(), before);
}

}  // namespace
}  // namespace hobnob::testing
