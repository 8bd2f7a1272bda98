// Nothing that happens in a simulated world asks the machine for time or randomness.

#include "actors/testing/world.hpp"
#include "tests/sim/reality/real_sources.hpp"
#include "transport/sim/simulation.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;
using test::reality_watch;

/// CAF's logger, which nobody hears here, asks when its system was made: at each start of a
/// program.
bool is_of_a_new_logger(const reality_watch::call& what) {
  return what.name == "clock_gettime" && what.caller.find("caf6loggerC") != std::string::npos;
}

/// A team that chats, gives files, is cut apart and finds together again; `meanwhile` is called in
/// the middle. What it asked the machine for once it was set up.
std::vector<reality_watch::call> asked_by_a_team(const std::function<void(world&)>& meanwhile) {
  world w{31, {.plain_handshake = true}};
  w.add_relay();
  std::map<std::string, peer_options> team;
  for (const std::string user : {"ann", "bob", "cy", "dan"}) team[user].user = user;
  team["ann"].takes_files = team["bob"].takes_files = true;
  team["cy"].where = &w.add_site("home");
  team["dan"].config.direct = direct_mode::off;
  for (const auto& [user, options] : team) w.add_peer(options);
  const reality_watch watch;
  w.settle();
  auto& ann = w.peer("ann");
  ann.send_text("bob", "hello");
  ann.send_text("dan", "by the relay");
  w.peer("cy").send("bob", "bytes", "some");
  ann.give("bob", "file", 100'000);
  w.apply("partition ann from bob");
  w.run_for(30s);
  meanwhile(w);
  w.apply("change internet loss=0.05 jitter=20ms");
  w.apply("reset ann and relay");
  w.run_for(10s);
  w.apply("kill bob");
  w.apply("crash relay");
  w.run_for(10s);
  w.heal_everything();
  w.run_for(2min);
  EXPECT_TRUE(w.everyone_sees_everyone());
  auto calls = watch.calls();
  std::erase_if(calls, is_of_a_new_logger);
  return calls;
}

TEST(Reality, NothingInAWorldAsksTheMachineForTimeOrRandomness) {
  for (const auto& call : asked_by_a_team([](world&) {})) {
    ADD_FAILURE() << call.name << " was called:" << call.caller;
  }
}

struct source {
  const char* name;
  void (*ask)();
};

void PrintTo(const source& value, std::ostream* out) { *out << value.name; }

constexpr source sources[] = {
    {"clock_gettime", [] { (void)std::chrono::steady_clock::now(); }},
    {"clock_gettime", [] { (void)std::chrono::system_clock::now(); }},
    {"time", [] { (void)std::time(nullptr); }},
    {"gettimeofday",
     [] {
       timeval now{};
       gettimeofday(&now, nullptr);
     }},
    {"clock", [] { (void)std::clock(); }},
    {"timespec_get",
     [] {
       timespec now{};
       (void)timespec_get(&now, TIME_UTC);
     }},
    {"getrandom",
     [] {
       char octet = 0;
       (void)!getrandom(&octet, 1, 0);
     }},
    {"getentropy",
     [] {
       char octet = 0;
       (void)!getentropy(&octet, 1);
     }},
    {"syscall(SYS_getrandom)",
     [] {
       char octet = 0;
       syscall(SYS_getrandom, &octet, 1, 0);
     }},
    {"arc4random", [] { (void)arc4random(); }},
    {"std::random_device", [] { (void)std::random_device{}(); }},
    {"/dev/urandom", [] { close(open("/dev/urandom", O_RDONLY)); }},
    {"/dev/urandom", [] { close(open64("/dev/urandom", O_RDONLY)); }},
    {"/dev/urandom", [] { close(openat(AT_FDCWD, "/dev/urandom", O_RDONLY)); }},
    {"/dev/urandom", [] { std::fclose(std::fopen("/dev/urandom", "re")); }},
    {"/dev/random", [] { (void)std::ifstream{"/dev/random"}; }},
};

class PlantedReality : public ::testing::TestWithParam<source> {};

INSTANTIATE_TEST_SUITE_P(Sources, PlantedReality, ::testing::ValuesIn(sources));

TEST_P(PlantedReality, IsCaughtInTheMiddleOfAWorld) {
  const auto calls = asked_by_a_team([](world& w) { w.simulation().after(1ms, GetParam().ask); });
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].name, GetParam().name);
}

}  // namespace
}  // namespace hobnob::testing
