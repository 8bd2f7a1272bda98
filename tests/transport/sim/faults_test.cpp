#include "transport/sim/fault_injector.hpp"

#include "fabric_fixture.hpp"
#include "transport/sim/duration_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

TEST(duration_text, is_exact_and_reads_back) {
  for (const auto& [value, text] : std::vector<std::pair<duration, std::string_view>>{
           {0s, "0s"},
           {20ms, "20ms"},
           {90s, "90s"},
           {120s, "2min"},
           {2h, "2h"},
           {1500us, "1500us"},
           {1'000'001ns, "1000001ns"},
           {duration::max(), "9223372036854775807ns"}}) {
    EXPECT_EQ(to_text(value), text);
    EXPECT_EQ(parse_duration(text), value);
  }
  EXPECT_EQ(parse_duration("1.5s"), duration{1500ms});
  for (const auto* const bad :
       {"", "s", "1", "-1s", "1 s", "1d", "1e30h", "nans", "1ss", "-0s", "2562048h"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

TEST(faults, are_written_as_lines_and_read_back) {
  for (const std::string line :
       {"partition alice bob from carol", "block alice to bob", "heal", "heal alice from bob",
        "change lan latency=20ms jitter=5ms rate=125000 queue=65536 loss=0.02",
        "change lan loss=0.1", "restore lan", "stall lan 3s", "unplug alice", "plug alice",
        "power_off home", "power_on home", "reset alice and bob", "reboot home",
        "slow_reader alice 20000", "fast_reader alice"}) {
    const auto read = parse_fault(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(to_string(*read), line);
    EXPECT_EQ(kind_of(*read), line.substr(0, line.find(' ')));
  }
  const auto timed = parse_timed_fault("  2min  reboot home");
  EXPECT_EQ(timed, (timed_fault{2min, nat_reboot{"home"}}));
  EXPECT_EQ(to_string(*timed), "2min reboot home");
}

TEST(faults, values_of_every_kind_survive_being_written) {
  const std::vector<fault> values{
      partition{{"a", "b"}, {"c", "d", "e"}},
      block{{"a", "b"}, {"c"}},
      heal{},
      heal{{"a"}, {"b", "c"}},
      link_change{.where = "lan", .latency = 1ns, .loss = 0.1 + 0.2},
      link_change{.where = "lan", .jitter = 1h + 1ns, .bytes_per_second = ~std::uint64_t{0}},
      link_change{.where = "lan", .queue_bytes = 0, .loss = 1e-300},
      link_restore{"lan"},
      stall{"a", 1'000'000h},
      cables{"a", false},
      cables{"a", true},
      power{"a", false},
      power{"a", true},
      connection_reset{"a", "b"},
      nat_reboot{"a"},
      slow_reader{"a", 20'000},
      slow_reader{"a", 0}};
  std::set<std::size_t> kinds;
  for (const auto& value : values) {
    EXPECT_EQ(parse_fault(to_string(value)), value) << to_string(value);
    kinds.insert(value.index());
    const timed_fault timed{1ms, value};
    EXPECT_EQ(parse_timed_fault(to_string(timed)), timed) << to_string(timed);
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<fault>);
}

TEST(faults, other_lines_are_none) {
  for (const auto* const line : {"",
                                 "explode",
                                 "partition",
                                 "partition alice",
                                 "partition from bob",
                                 "block alice from bob",
                                 "change lan",
                                 "change lan loss",
                                 "change lan loss=2",
                                 "change lan loss=x",
                                 "change lan x=1",
                                 "stall lan",
                                 "stall lan soon",
                                 "reset alice bob",
                                 "reboot",
                                 "reboot a b",
                                 "heal alice",
                                 "slow_reader alice",
                                 "slow_reader alice 0",
                                 "slow_reader alice x",
                                 "fast_reader alice 1"}) {
    EXPECT_EQ(parse_fault(line), std::nullopt) << line;
  }
  EXPECT_EQ(parse_timed_fault("reboot home"), std::nullopt);
  EXPECT_EQ(parse_timed_fault("3s"), std::nullopt);
}

class fault_injector_test : public testing::Test {
 protected:
  /// Sends from alice to bob; how long it took, if it arrived.
  std::optional<duration> crossing() {
    bob_.arrivals.clear();
    const duration begin = run_.now() - simulation::start;
    alice_.send(syn("10.0.0.2:1", "10.0.0.3:2"));
    run_.run_for(10s);
    if (bob_.arrivals.empty()) return std::nullopt;
    return bob_.arrivals.front().at - begin;
  }

  simulation run_{1};
  fabric net_{run_};
  segment& lan_ = net_.add_segment("lan", {.link = {.latency = 1ms}});
  recording_sink alice_{net_, net_.add_host("alice", lan_, "10.0.0.2/24")};
  recording_sink bob_{net_, net_.add_host("bob", lan_, "10.0.0.3/24")};
  fault_injector injector_{net_};
};

TEST_F(fault_injector_test, partitions_and_heals) {
  injector_.apply("partition alice from bob");
  EXPECT_EQ(crossing(), std::nullopt);
  injector_.apply("heal");
  EXPECT_EQ(crossing(), 1ms);
  injector_.apply("block bob to alice");
  EXPECT_EQ(crossing(), 1ms);
  injector_.apply("block alice to bob");
  EXPECT_EQ(crossing(), std::nullopt);
  injector_.apply("heal bob from alice");
  EXPECT_EQ(crossing(), 1ms);
}

TEST_F(fault_injector_test, changes_and_restores_links) {
  injector_.apply("change lan latency=20ms");
  EXPECT_EQ(crossing(), 20ms);
  injector_.apply("change lan latency=30ms");
  injector_.apply("change bob latency=5ms");
  EXPECT_EQ(crossing(), 35ms);
  injector_.apply("restore lan");
  EXPECT_EQ(crossing(), 6ms);
  injector_.apply("restore bob");
  EXPECT_EQ(crossing(), 1ms);
  injector_.apply("stall alice 2s");
  EXPECT_EQ(crossing(), 2001ms);
  injector_.apply("stall lan 3s");
  EXPECT_EQ(crossing(), 3001ms);
}

TEST_F(fault_injector_test, unplugs_and_switches_off) {
  injector_.apply("unplug alice");
  EXPECT_EQ(crossing(), std::nullopt);
  injector_.apply("plug alice");
  injector_.apply("power_off bob");
  EXPECT_EQ(crossing(), std::nullopt);
  injector_.apply("power_on bob");
  EXPECT_EQ(crossing(), 1ms);
}

TEST_F(fault_injector_test, restores_everything) {
  for (const auto* const line : {"partition alice from bob", "change lan loss=1", "unplug bob",
                                 "power_off alice", "change alice latency=1s"}) {
    injector_.apply(line);
  }
  EXPECT_EQ(crossing(), std::nullopt);
  injector_.restore_everything();
  EXPECT_EQ(crossing(), 1ms);
}

TEST_F(fault_injector_test, ends_stalls_and_lets_go_what_they_held_in_order) {
  injector_.apply("stall alice 1h");
  injector_.apply("stall bob 1h");
  for (const std::size_t size : {1, 2}) {
    alice_.send(make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", size));
  }
  injector_.restore_everything();
  alice_.send(make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 3));
  run_.run_for(1s);
  std::vector<std::size_t> sizes;
  for (const auto& each : bob_.arrivals) sizes.push_back(each.what.payload.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 2, 3}));
}

TEST_F(fault_injector_test, tells_both_ends_to_reset_by_the_addresses_they_know) {
  injector_.apply("reset alice and bob");
  EXPECT_EQ(alice_.resets, (std::vector{ip("10.0.0.3")}));
  EXPECT_EQ(bob_.resets, (std::vector{ip("10.0.0.2")}));
}

TEST_F(fault_injector_test, reboots_nats) {
  segment& internet = net_.add_segment("internet");
  node& home = net_.add_router("home");
  home.attach(internet, "203.0.113.1/0");
  home.attach(lan_, "10.0.0.1/24");
  nat& box = home.add_nat(internet, {});
  packet what = syn("10.0.0.2:1", "198.51.100.1:2");
  box.outbound(what, run_.now());
  EXPECT_EQ(box.mappings(run_.now()), 1u);
  injector_.apply("reboot home");
  EXPECT_EQ(box.mappings(run_.now()), 0u);
}

TEST_F(fault_injector_test, follows_a_schedule_and_leaves_its_traces) {
  const std::vector<timed_fault> schedule{*parse_timed_fault("5s partition alice from bob"),
                                          *parse_timed_fault("25s heal")};
  injector_.schedule(schedule);
  EXPECT_TRUE(crossing());
  EXPECT_FALSE(crossing());
  run_.run_for(10s);
  EXPECT_TRUE(crossing());
  EXPECT_EQ(injector_.counted().at("partition"), 1u);
  EXPECT_EQ(injector_.counted().at("heal"), 1u);
  const auto& records = run_.log().records();
  EXPECT_EQ(
      std::count_if(records.begin(), records.end(),
                    [](const trace_record& record) { return record.kind == record_kind::fault; }),
      2);
}

TEST_F(fault_injector_test, names_that_are_unknown_and_lines_that_are_none_are_errors) {
  net_.add_router("home");
  EXPECT_THROW(injector_.apply("unplug nobody"), std::invalid_argument);
  EXPECT_THROW(injector_.apply("change nothing loss=1"), std::invalid_argument);
  EXPECT_THROW(injector_.apply("frobnicate alice"), std::invalid_argument);
  EXPECT_THROW(injector_.apply("slow_reader home 1000"), std::invalid_argument);
  EXPECT_THROW(injector_.apply("reboot alice"), std::invalid_argument);
  EXPECT_THROW(injector_.check(*parse_fault("partition alice from nobody")), std::invalid_argument);
}

}  // namespace
}  // namespace hobnob::sim
