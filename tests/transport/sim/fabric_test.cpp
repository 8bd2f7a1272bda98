#include "transport/sim/fabric.hpp"

#include "fabric_fixture.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

class fabric_test : public testing::Test {
 protected:
  simulation run_{1};
  fabric net_{run_};
  segment& internet_ = net_.add_segment("internet", {.link = {.latency = 20ms}});
  segment& lan_ = net_.add_segment("lan", {.link = {.latency = 1ms}});
};

/// alice and carol behind a NAT, bob on the internet.
class nat_home_test : public fabric_test {
 protected:
  void make_home(nat_options options) { box_ = &home_.add_nat(internet_, options); }

  node& home_ = [this]() -> node& {
    node& made = net_.add_router("home");
    made.attach(internet_, "203.0.113.1/0");
    made.attach(lan_, "10.0.0.1/24");
    return made;
  }();
  recording_sink alice_{net_, net_.add_host("alice", lan_, "10.0.0.2/24", "10.0.0.1")};
  recording_sink carol_{net_, net_.add_host("carol", lan_, "10.0.0.3/24", "10.0.0.1")};
  recording_sink bob_{net_, net_.add_host("bob", internet_, "198.51.100.2/0")};
  nat* box_ = nullptr;
};

TEST_F(fabric_test, neighbours_reach_each_other_after_the_latency) {
  recording_sink alice{net_, net_.add_host("alice", lan_, "10.0.0.2/24")};
  recording_sink bob{net_, net_.add_host("bob", lan_, "10.0.0.3/24")};
  alice.send(make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 100));
  run_.run_for(1s);
  ASSERT_EQ(bob.arrivals.size(), 1u);
  EXPECT_EQ(bob.arrivals[0].at, 1ms);
  EXPECT_EQ(bob.arrivals[0].what.payload.size(), 100u);
  EXPECT_EQ(net_.counted().delivered, 1u);
  EXPECT_EQ(net_.counted().bytes, 140u);
  EXPECT_EQ(run_.events_run(), 1u);
}

TEST_F(fabric_test, a_host_reaches_itself_by_loopback_and_by_its_own_address) {
  recording_sink alice{net_, net_.add_host("alice", lan_, "10.0.0.2/24")};
  alice.send(syn("127.0.0.1:1", "127.0.0.1:2"));
  alice.send(syn("10.0.0.2:1", "10.0.0.2:2"));
  EXPECT_TRUE(alice.arrivals.empty());  // Never from within `send`.
  run_.run_for(1s);
  ASSERT_EQ(alice.arrivals.size(), 2u);
  EXPECT_EQ(alice.arrivals[1].at, 0s);
}

TEST_F(fabric_test, routers_pass_on_between_segments_by_the_longest_prefix) {
  segment& far = net_.add_segment("far", {.link = {.latency = 5ms}});
  node& left = net_.add_router("left");
  left.attach(lan_, "10.0.0.1/24");
  left.attach(internet_, "192.0.2.1/24");
  node& right = net_.add_router("right");
  right.attach(internet_, "192.0.2.2/24");
  right.attach(far, "10.9.0.1/24");
  left.add_route(ip_prefix::parse("10.0.0.0/8").value(), ip("192.0.2.77"));  // The worse way.
  left.add_route(ip_prefix::parse("10.9.0.0/16").value(), ip("192.0.2.2"));
  right.set_gateway(ip("192.0.2.1"));
  recording_sink alice{net_, net_.add_host("alice", lan_, "10.0.0.2/24", "10.0.0.1")};
  recording_sink bob{net_, net_.add_host("bob", far, "10.9.0.2/24", "10.9.0.1")};
  alice.send(syn("10.0.0.2:1", "10.9.0.2:2"));
  run_.run_for(1s);
  ASSERT_EQ(bob.arrivals.size(), 1u);
  EXPECT_EQ(bob.arrivals[0].at, 26ms);
  bob.send(make_packet(packet_kind::syn_ack, "10.9.0.2:2", "10.0.0.2:1"));
  run_.run_for(1s);
  EXPECT_EQ(alice.arrivals.size(), 1u);
}

TEST_F(fabric_test, routing_loops_end) {
  node& left = net_.add_router("left");
  node& right = net_.add_router("right");
  left.attach(lan_, "10.0.0.1/24");
  right.attach(lan_, "10.0.0.2/24");
  left.set_gateway(ip("10.0.0.2"));
  right.set_gateway(ip("10.0.0.1"));
  recording_sink alice{net_, net_.add_host("alice", lan_, "10.0.0.3/24", "10.0.0.1")};
  alice.send(syn("10.0.0.3:1", "198.51.100.2:2"));
  EXPECT_TRUE(run_.run_until_idle(1min));
  EXPECT_EQ(net_.counted().dropped, 1u);
}

TEST_F(fabric_test, no_route_is_told_at_once_and_an_unknown_neighbour_after_three_seconds) {
  recording_sink alice{net_, net_.add_host("alice", lan_, "10.0.0.2/24")};
  alice.send(syn("10.0.0.2:1", "198.51.100.2:2"));
  alice.send(syn("10.0.0.2:1", "10.0.0.99:2"));
  run_.run_for(1min);
  ASSERT_EQ(alice.arrivals.size(), 2u);
  const packet& no_route = alice.arrivals[0].what;
  EXPECT_EQ(alice.arrivals[0].at, 0s);
  EXPECT_EQ(no_route.kind, packet_kind::unreachable);
  EXPECT_EQ(no_route.about.cause, unreachable_cause::network);
  EXPECT_EQ(no_route.about.local, at("10.0.0.2:1"));
  EXPECT_EQ(no_route.about.remote, at("198.51.100.2:2"));
  EXPECT_EQ(alice.arrivals[1].at, 3s);
  EXPECT_EQ(alice.arrivals[1].what.about.cause, unreachable_cause::host);
}

TEST_F(fabric_test, a_segment_may_refuse_or_ignore_unknown_addresses) {
  segment& provider = net_.add_segment(
      "provider", {.link = {.latency = 10ms}, .unknown = unknown_address::unreachable});
  segment& hole = net_.add_segment("hole", {.unknown = unknown_address::silence});
  recording_sink alice{net_, net_.add_host("alice", provider, "192.0.2.1/24")};
  recording_sink bob{net_, net_.add_host("bob", hole, "192.0.2.1/24")};
  alice.send(syn("192.0.2.1:1", "192.0.2.9:2"));
  bob.send(syn("192.0.2.1:1", "192.0.2.9:2"));
  run_.run_for(1min);
  ASSERT_EQ(alice.arrivals.size(), 1u);
  EXPECT_EQ(alice.arrivals[0].at, 20ms);
  EXPECT_EQ(alice.arrivals[0].what.about.cause, unreachable_cause::network);
  EXPECT_TRUE(bob.arrivals.empty());
}

TEST_F(fabric_test, tells_the_source_address_that_a_way_has) {
  node& alice = net_.add_host("alice", lan_, "10.0.0.2/24");
  alice.attach(internet_, "203.0.113.7/24");
  alice.attach(lan_, "fd00::2/64");
  EXPECT_EQ(alice.source_for(ip("10.0.0.9")), ip("10.0.0.2"));
  EXPECT_EQ(alice.source_for(ip("203.0.113.8")), ip("203.0.113.7"));
  EXPECT_EQ(alice.source_for(ip("fd00::9")), ip("fd00::2"));
  EXPECT_EQ(alice.source_for(ip("198.51.100.1")), std::nullopt);
  EXPECT_EQ(alice.source_for(ip("127.0.0.1")), ip("127.0.0.1"));
  EXPECT_EQ(alice.addresses(), (std::vector{ip("10.0.0.2"), ip("fd00::2"), ip("203.0.113.7")}));
}

TEST_F(fabric_test, refuses_names_and_addresses_that_are_taken_or_wrong) {
  net_.add_host("alice", lan_, "10.0.0.2/24");
  EXPECT_THROW(net_.add_host("alice"), std::invalid_argument);
  EXPECT_THROW(net_.add_host("lan"), std::invalid_argument);
  EXPECT_THROW(net_.add_host("bob", lan_, "10.0.0.2/24"), std::invalid_argument);
  EXPECT_THROW(net_.add_host("carol", lan_, "10.0.0.300/24"), std::invalid_argument);
  EXPECT_EQ(net_.find_node("nobody"), nullptr);
}

TEST_F(fabric_test, detached_and_attached_elsewhere_a_host_is_found_there) {
  node& host = net_.add_host("alice", lan_, "10.0.0.2/24");
  recording_sink alice{net_, host};
  recording_sink bob{net_, net_.add_host("bob", lan_, "10.0.0.3/24")};
  recording_sink dora{net_, net_.add_host("dora", internet_, "198.51.100.2/24")};
  bob.send(syn("10.0.0.3:1", "10.0.0.2:2"));
  host.detach(lan_);  // With a packet on its way.
  host.attach(internet_, "198.51.100.3/24");
  dora.send(syn("198.51.100.2:1", "198.51.100.3:2"));
  run_.run_for(1s);
  ASSERT_EQ(alice.arrivals.size(), 1u);
  EXPECT_EQ(alice.arrivals[0].what.from, at("198.51.100.2:1"));
}

TEST_F(fabric_test, a_hosts_own_cable_adds_to_the_segment_in_both_directions) {
  node& slow = net_.add_host("alice");
  network_interface& cable = slow.attach(lan_, "10.0.0.2/24");
  cable.up_options = {.latency = 10ms};
  cable.down_options = {.latency = 30ms, .bytes_per_second = 14'000};
  recording_sink alice{net_, slow};
  recording_sink bob{net_, net_.add_host("bob", lan_, "10.0.0.3/24")};
  alice.send(syn("10.0.0.2:1", "10.0.0.3:2"));
  for (int i = 0; i < 2; ++i) {
    bob.send(make_packet(packet_kind::data, "10.0.0.3:2", "10.0.0.2:1", 100));
  }
  run_.run_for(1s);
  EXPECT_EQ(bob.arrivals.at(0).at, 11ms);
  EXPECT_EQ(alice.arrivals.at(0).at, 41ms);
  EXPECT_EQ(alice.arrivals.at(1).at, 51ms);
}

TEST_F(fabric_test, cuts_are_one_way_and_concern_also_what_is_on_its_way) {
  node& one = net_.add_host("alice", lan_, "10.0.0.2/24");
  node& other = net_.add_host("bob", lan_, "10.0.0.3/24");
  recording_sink alice{net_, one};
  recording_sink bob{net_, other};
  alice.send(syn("10.0.0.2:1", "10.0.0.3:2"));
  net_.cut(one, other);
  bob.send(syn("10.0.0.3:1", "10.0.0.2:2"));
  run_.run_for(1s);
  EXPECT_TRUE(bob.arrivals.empty());
  EXPECT_EQ(alice.arrivals.size(), 1u);
  net_.mend(one, other);
  alice.send(syn("10.0.0.2:1", "10.0.0.3:2"));
  run_.run_for(1s);
  EXPECT_EQ(bob.arrivals.size(), 1u);
}

TEST_F(fabric_test, nothing_gets_to_or_from_a_host_without_power) {
  node& off = net_.add_host("alice", lan_, "10.0.0.2/24");
  recording_sink alice{net_, off};
  recording_sink bob{net_, net_.add_host("bob", lan_, "10.0.0.3/24")};
  off.set_power(false);
  alice.send(syn("10.0.0.2:1", "10.0.0.3:2"));
  bob.send(syn("10.0.0.3:1", "10.0.0.2:2"));
  run_.run_for(1min);
  EXPECT_TRUE(alice.arrivals.empty());
  EXPECT_TRUE(bob.arrivals.empty());  // Also no ICMP: to its neighbours it is just silent.
}

TEST_F(fabric_test, a_thousand_hosts_on_one_segment_cost_a_packet_no_more_than_two) {
  for (int i = 0; i < 1000; ++i) {
    const std::string number = std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
    net_.add_host("host" + std::to_string(i), lan_, "10.1." + number + "/16");
  }
  recording_sink first{net_, *net_.find_node("host0")};
  recording_sink last{net_, *net_.find_node("host999")};
  first.send(syn("10.1.0.1:1", "10.1.3.250:2"));
  run_.run_for(1s);
  EXPECT_EQ(last.arrivals.size(), 1u);
  EXPECT_EQ(run_.events_run(), 1u);
}

TEST_F(nat_home_test, an_answer_finds_its_way_back_through_the_nat) {
  make_home({});
  alice_.send(syn("10.0.0.2:5000", "198.51.100.2:443"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].at, 21ms);
  EXPECT_EQ(bob_.arrivals[0].what.from, at("203.0.113.1:5000"));
  bob_.send(make_packet(packet_kind::syn_ack, "198.51.100.2:443", "203.0.113.1:5000"));
  run_.run_for(1s);
  ASSERT_EQ(alice_.arrivals.size(), 1u);
  EXPECT_EQ(alice_.arrivals[0].what.to, at("10.0.0.2:5000"));
}

TEST_F(nat_home_test, uninvited_guests_get_the_answer_of_its_kind) {
  make_home({.unsolicited = nat_refusal::reset});
  bob_.send(syn("198.51.100.2:1", "203.0.113.1:5000"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].at, 40ms);
  EXPECT_EQ(bob_.arrivals[0].what.kind, packet_kind::reset);
  EXPECT_EQ(bob_.arrivals[0].what.from, at("203.0.113.1:5000"));
  EXPECT_EQ(box_->mappings(run_.now()), 0u);  // Its own answer opens no hole.
}

TEST_F(nat_home_test, icmp_answers_name_the_connection_that_was_refused) {
  make_home({.unsolicited = nat_refusal::port_unreachable});
  bob_.send(syn("198.51.100.2:1", "203.0.113.1:5000"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].what.kind, packet_kind::unreachable);
  EXPECT_EQ(bob_.arrivals[0].what.about.cause, unreachable_cause::port);
  EXPECT_EQ(bob_.arrivals[0].what.about.local, at("198.51.100.2:1"));
  EXPECT_EQ(bob_.arrivals[0].what.about.remote, at("203.0.113.1:5000"));
}

TEST_F(nat_home_test, unreachable_finds_its_way_back_through_the_nat) {
  make_home({});
  alice_.send(syn("10.0.0.2:5000", "198.51.100.99:443"));
  run_.run_for(1min);
  ASSERT_EQ(alice_.arrivals.size(), 1u);
  EXPECT_EQ(alice_.arrivals[0].what.about.local, at("10.0.0.2:5000"));
  EXPECT_EQ(alice_.arrivals[0].what.about.remote, at("198.51.100.99:443"));
  EXPECT_EQ(alice_.arrivals[0].at, 1ms + 3s + 1ms);
}

TEST_F(nat_home_test, hairpin_connects_hosts_inside_by_their_outer_endpoints) {
  make_home({.filtering = nat_dependence::endpoint_independent, .hairpin = true});
  carol_.send(syn("10.0.0.3:6000", "198.51.100.2:443"));
  run_.run_for(1s);
  alice_.send(syn("10.0.0.2:5000", "203.0.113.1:6000"));
  run_.run_for(1s);
  ASSERT_EQ(carol_.arrivals.size(), 1u);
  EXPECT_EQ(carol_.arrivals[0].what.from, at("203.0.113.1:5000"));
  EXPECT_EQ(carol_.arrivals[0].what.to, at("10.0.0.3:6000"));
  carol_.send(make_packet(packet_kind::syn_ack, "10.0.0.3:6000", "203.0.113.1:5000"));
  run_.run_for(1s);
  ASSERT_EQ(alice_.arrivals.size(), 1u);
  EXPECT_EQ(alice_.arrivals[0].what.from, at("203.0.113.1:6000"));
}

TEST_F(nat_home_test, without_hairpin_the_outer_endpoint_leads_nowhere_from_inside) {
  make_home({.filtering = nat_dependence::endpoint_independent});
  carol_.send(syn("10.0.0.3:6000", "198.51.100.2:443"));
  alice_.send(syn("10.0.0.2:5000", "203.0.113.1:6000"));
  run_.run_for(1s);
  EXPECT_TRUE(carol_.arrivals.empty());
}

TEST_F(nat_home_test, a_nat_behind_a_nat_translates_twice) {
  make_home({});
  segment& den = net_.add_segment("den");
  node& inner = net_.add_router("inner");
  inner.attach(lan_, "10.0.0.9/24");
  inner.attach(den, "192.168.0.1/24");
  inner.set_gateway(ip("10.0.0.1"));
  inner.add_nat(lan_, {.ports = nat_ports::sequential});
  node& host = net_.add_host("dora", den, "192.168.0.2/24", "192.168.0.1");
  recording_sink dora{net_, host};
  dora.send(syn("192.168.0.2:5000", "198.51.100.2:443"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].what.from, at("203.0.113.1:1024"));
  bob_.send(make_packet(packet_kind::syn_ack, "198.51.100.2:443", "203.0.113.1:1024"));
  run_.run_for(1s);
  ASSERT_EQ(dora.arrivals.size(), 1u);
  EXPECT_EQ(dora.arrivals[0].what.to, at("192.168.0.2:5000"));
  EXPECT_EQ(net_.known_as(host),
            (std::vector{ip("192.168.0.2"), ip("10.0.0.9"), ip("203.0.113.1")}));
}

TEST_F(nat_home_test, a_partition_holds_through_the_nat) {
  make_home({});
  net_.cut(*net_.find_node("alice"), *net_.find_node("bob"));
  alice_.send(syn("10.0.0.2:5000", "198.51.100.2:443"));
  carol_.send(syn("10.0.0.3:5000", "198.51.100.2:443"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].what.from, at("203.0.113.1:5001"));
}

TEST_F(nat_home_test, a_firewall_guards_what_keeps_its_addresses) {
  home_.add_nat(internet_, {.translate = false});
  net_.find_node("bob")->add_route(ip_prefix::parse("10.0.0.0/24").value(), ip("203.0.113.1"));
  bob_.send(syn("198.51.100.2:1", "10.0.0.2:5000"));
  run_.run_for(1s);
  EXPECT_TRUE(alice_.arrivals.empty());
  alice_.send(syn("10.0.0.2:5000", "198.51.100.2:1"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  EXPECT_EQ(bob_.arrivals[0].what.from, at("10.0.0.2:5000"));
  bob_.send(make_packet(packet_kind::syn_ack, "198.51.100.2:1", "10.0.0.2:5000"));
  run_.run_for(1s);
  EXPECT_EQ(alice_.arrivals.size(), 1u);
}

TEST_F(nat_home_test, the_routers_own_connections_pass_its_nat) {
  make_home({});
  recording_sink router{net_, home_};
  router.send(syn("203.0.113.1:7000", "198.51.100.2:443"));
  run_.run_for(1s);
  ASSERT_EQ(bob_.arrivals.size(), 1u);
  bob_.send(
      make_packet(packet_kind::syn_ack, "198.51.100.2:443", to_string(bob_.arrivals[0].what.from)));
  run_.run_for(1s);
  EXPECT_EQ(router.arrivals.size(), 1u);
}

}  // namespace
}  // namespace hobnob::sim
