// One seed, one run: whatever machine, process or build. And what would break that is seen.

#include "actors/testing/swarm.hpp"
#include "actors/testing/world.hpp"
#include "tests/sim/plain_sodium.hpp"
#include "tests/support/own_tests.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/trace_writer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

swarm_options small_worlds() {
  swarm_options options;
  options.peers_max = 3;
  options.length_min = 2s;
  options.length_max = 8s;
  return options;
}

/// Of each seed. A run takes 4 ms, with sanitizers a tenth of a second, nearly all of it for
/// programs that start and log in: smaller worlds would not take less.
constexpr int runs = 10;

class Determinism : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Determinism, ASeedGivesOneTraceAgainAndAgain) {
  std::set<std::uint64_t> hashes;
  const auto first = 1'000'000 + GetParam() * 20;
  for (auto seed = first; seed < first + 20; ++seed) {
    const auto once = run_seed(seed, small_worlds());
    EXPECT_TRUE(hashes.insert(once.trace_hash).second) << seed << " is as another";
    for (int i = 1; i < runs; ++i) {
      const auto again = run_seed(seed, small_worlds());
      ASSERT_EQ(again.trace_hash, once.trace_hash) << "seed " << seed << ", run " << i;
      ASSERT_EQ(again.events, once.events);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Twenties, Determinism, ::testing::Range<std::uint64_t>(0, 5));

TEST(DeterminismOfTls, ASeedGivesOneTraceThoughTlsDrawsItsOwnNumbers) {
  const real_sodium proven;
  auto options = small_worlds();
  options.tls = true;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_EQ(run_seed(seed, options).trace_hash, run_seed(seed, options).trace_hash) << seed;
  }
}

std::string hashes_of_this_process() {
  std::string result;
  auto options = small_worlds();
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    options.tls = seed > 20;
    std::optional<real_sodium> proven;
    if (options.tls) proven.emplace();
    result += sim::hash_text(run_seed(seed, options).trace_hash) + ' ';
  }
  return result;
}

constexpr auto mark = "hashes: ";

/// For the test below, which runs it in another process, and for builds_test.py: in another build.
TEST(DeterminismOfProcesses, DISABLED_PrintsHashes) {
  std::printf("%s%s\n", mark, hashes_of_this_process().c_str());
}

TEST(DeterminismOfProcesses, AnotherProcessSeesTheSameTraces) {
  const auto output = test::output_of("*DISABLED_PrintsHashes");
  EXPECT_NE(output.find(mark + hashes_of_this_process()), output.npos) << output;
}

// --- What must not happen is seen when it happens ---

/// A short life of two peers, into which `spoil` may bring something that is not from the seed.
std::uint64_t hash_of_chat(const std::function<void(world&)>& spoil) {
  world_options options;
  options.plain_handshake = true;
  world w{5, options};
  w.add_relay();
  w.add_peers({"ann", "bob"});
  w.run_for(5s);
  spoil(w);
  w.run_for(5s);
  return w.trace_hash();
}

TEST(PlantedNondeterminism, NothingPlantedGivesOneHash) {
  const auto nothing = [](world& w) { w.peer("ann").send_text("bob", "hello"); };
  EXPECT_EQ(hash_of_chat(nothing), hash_of_chat(nothing));
}

TEST(PlantedNondeterminism, ARealClockIsCaught) {
  const auto by_clock = [](world& w) {
    const auto real = std::chrono::steady_clock::now().time_since_epoch();
    w.simulation().after(real % 1ms, [&w] { w.peer("ann").send_text("bob", "hello"); });
  };
  EXPECT_NE(hash_of_chat(by_clock), hash_of_chat(by_clock));
}

/// Pointers into a heap that has another past in each run, and nothing freed that a later run could
/// get again.
class strange_heap {
 public:
  std::vector<const char*> pointers() {
    ++run_;
    std::vector<const char*> result;
    for (std::size_t i = 0; i < 200; ++i) {
      const auto size = 16 + (i * 37 * run_) % 3000;
      result.push_back(alive_.emplace_back(std::make_unique<char[]>(size)).get());
    }
    return result;
  }

 private:
  std::deque<std::unique_ptr<char[]>> alive_;
  std::size_t run_ = 0;
};

TEST(PlantedNondeterminism, TheOrderOfAHashTableOfPointersIsCaught) {
  strange_heap heap;
  const auto by_address = [&](world& w) {
    std::unordered_map<const char*, std::size_t> numbers;
    for (const char* each : heap.pointers()) numbers.emplace(each, numbers.size());
    for (const auto& [at, i] : numbers) w.peer("ann").send_text("bob", std::string(i, 'x'));
  };
  EXPECT_NE(hash_of_chat(by_address), hash_of_chat(by_address));
}

TEST(PlantedNondeterminism, TheOrderOfPointersIsCaught) {
  strange_heap heap;
  const auto by_address = [&](world& w) {
    std::map<const char*, std::size_t> numbers;
    for (const char* each : heap.pointers()) numbers.emplace(each, numbers.size());
    for (const auto& [at, i] : numbers) w.peer("ann").send_text("bob", std::string(i, 'x'));
  };
  EXPECT_NE(hash_of_chat(by_address), hash_of_chat(by_address));
}

TEST(PlantedNondeterminism, AThreadIsCaught) {
  const auto by_thread = [](world& w) {
    std::atomic<std::uint64_t> turns = 0;
    std::atomic<bool> enough = false;
    std::thread other{[&] {
      while (!enough) ++turns;
    }};
    while (turns < 1000) std::this_thread::yield();
    w.run_for(1s);
    w.run_for(std::chrono::nanoseconds{turns % 1'000'000});
    enough = true;
    other.join();
    w.peer("ann").send_text("bob", "hello");
  };
  EXPECT_NE(hash_of_chat(by_thread), hash_of_chat(by_thread));
}

}  // namespace
}  // namespace hobnob::testing
