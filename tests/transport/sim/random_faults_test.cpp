#include "transport/sim/random_faults.hpp"

#include "transport/sim/fault_injector.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

class random_faults_test : public testing::Test {
 protected:
  random_faults_test() {
    segment& internet = net_.add_segment("internet");
    segment& lan = net_.add_segment("lan");
    node& home = net_.add_router("home");
    home.attach(internet, "203.0.113.1/0");
    home.attach(lan, "10.0.0.1/24");
    home.add_nat(internet, {});
    net_.add_host("alice", lan, "10.0.0.2/24", "10.0.0.1");
    net_.add_host("bob", lan, "10.0.0.3/24", "10.0.0.1");
    net_.add_host("relay", internet, "198.51.100.1/0");
  }

  std::vector<timed_fault> draw(std::uint64_t seed, duration length, const fault_mix& mix = {},
                                const names& spared = {}) {
    random_source random{seed};
    return draw_faults(random, net_, mix, length, spared);
  }

  simulation run_{1};
  fabric net_{run_};
};

TEST_F(random_faults_test, depend_on_the_seed_alone) {
  EXPECT_EQ(draw(1, 10min), draw(1, 10min));
  EXPECT_NE(draw(1, 10min), draw(2, 10min));
}

TEST_F(random_faults_test, come_in_order_of_time_and_read_back) {
  const auto faults = draw(3, 1h);
  EXPECT_GT(faults.size(), 200u);
  EXPECT_TRUE(std::is_sorted(faults.begin(), faults.end(),
                             [](const auto& a, const auto& b) { return a.at < b.at; }));
  for (const timed_fault& each : faults) {
    EXPECT_LE(each.at, 1h);
    const auto read = parse_timed_fault(to_string(each));
    ASSERT_TRUE(read) << to_string(each);
    EXPECT_EQ(*read, each);
  }
}

TEST_F(random_faults_test, include_every_kind_and_can_all_be_applied) {
  fault_injector injector{net_};
  const auto faults = draw(4, 2h);
  injector.schedule(faults);
  run_.run_for(2h);
  for (const auto* const kind :
       {"partition", "block", "heal", "change", "restore", "stall", "unplug", "plug", "power_off",
        "power_on", "reset", "reboot", "slow_reader", "fast_reader"}) {
    EXPECT_GT(injector.counted().count(kind), 0u) << kind;
  }
}

TEST_F(random_faults_test, spare_whom_they_are_told_to) {
  for (const timed_fault& each : draw(5, 1h, {}, {"relay", "home"})) {
    const std::string line = to_string(each);
    EXPECT_EQ(line.find("relay"), std::string::npos) << line;
    EXPECT_EQ(line.find("home"), std::string::npos) << line;
  }
}

TEST_F(random_faults_test, mixes_differ_and_are_never_empty) {
  std::set<std::size_t> numbers_of_kinds;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    random_source random{seed};
    const fault_mix mix = draw_fault_mix(random);
    std::set<std::string> kinds;
    for (const auto& each : draw(seed, 1h, mix)) kinds.emplace(kind_of(each.what));
    EXPECT_FALSE(kinds.empty());
    numbers_of_kinds.insert(kinds.size());
  }
  EXPECT_GT(numbers_of_kinds.size(), 4u);
}

TEST_F(random_faults_test, nothing_is_drawn_for_a_network_without_targets) {
  simulation run{1};
  fabric empty{run};
  random_source random{1};
  EXPECT_TRUE(draw_faults(random, empty, {}, 1h).empty());
}

}  // namespace
}  // namespace hobnob::sim
