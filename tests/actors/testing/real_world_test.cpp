#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <ctime>
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

extern "C" time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

extern "C" int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  const auto result = clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
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
}

// So it is ours that everything calls, the standard library first of all.
TEST(RealWorld, TheMachinesClockIsReplacedHoweverItIsAsked) {
  const auto calls_of = [](auto&& ask) {
    wild = true;
    clock_calls = 0;
    ask();
    wild = false;
    return clock_calls.load();
  };
  EXPECT_EQ(calls_of([] { (void)std::chrono::steady_clock::now(); }), 1);
  EXPECT_EQ(calls_of([] { (void)std::chrono::system_clock::now(); }), 1);
  EXPECT_EQ(calls_of([] { (void)std::time(nullptr); }), 1);
  EXPECT_EQ(calls_of([] {
              timeval now{};
              gettimeofday(&now, nullptr);
            }),
            1);
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
