#include "actors/testing/topology.hpp"

#include "actors/testing/invariants.hpp"
#include "actors/testing/world.hpp"
#include "transport/sim/fabric.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto two_sites = R"(
seed 5   # of many
handshake plain
heartbeat 2s
site home
site cafe mapping=address_and_port_dependent filtering=address_dependent ports=random hairpin=yes
relay relay
peer ann at home
peer bob at cafe direct=dial_only
at 10s ann says bob hello  there
every 20s bob says ann still here
at 30s partition ann from relay
run 2min
)";

TEST(Topology, ReadsAWorldAndWhatHappensInIt) {
  const auto read = topology::parse(two_sites);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->seed, 5u);
  EXPECT_TRUE(read->plain_handshake);
  EXPECT_EQ(read->heartbeat, 2s);
  EXPECT_EQ(read->length, 2min);
  ASSERT_EQ(read->sites.size(), 2u);
  EXPECT_EQ(read->sites[1].nat.mapping, sim::nat_dependence::address_and_port_dependent);
  EXPECT_EQ(read->sites[1].nat.ports, sim::nat_ports::random);
  EXPECT_TRUE(read->sites[1].nat.hairpin);
  ASSERT_EQ(read->programs.size(), 3u);
  EXPECT_EQ(read->programs[2].site, "cafe");
  EXPECT_EQ(read->programs[2].direct, "dial_only");
  ASSERT_EQ(read->events.size(), 3u);
  EXPECT_EQ(read->events[0].line, "ann says bob hello  there");
  EXPECT_EQ(read->events[1].every, 20s);
}

TEST(Topology, WhatItSaysHappensAtItsTime) {
  const auto read = topology::parse(two_sites);
  ASSERT_TRUE(read) << read.error();
  world w{read->seed, read->options()};
  read->build(w);
  auto& ann = w.peer("ann");
  auto& bob = w.peer("bob");
  w.run_for(9s);
  EXPECT_EQ(bob.inbox(), std::vector<std::string>{});
  w.run_for(2s);
  EXPECT_EQ(bob.inbox(), std::vector<std::string>{"hello  there"});
  w.run_for(18s);
  EXPECT_EQ(ann.inbox(), std::vector<std::string>{"still here"});
  EXPECT_TRUE(ann.online());
  w.run_for(30s);
  EXPECT_FALSE(ann.online());
}

TEST(Topology, SaysWhichLineIsWrongAndWhy) {
  const struct {
    const char* text;
    const char* problem;
  } cases[] = {
      {"peer", "line 1: it needs a name"},
      {"\n\nfly", "line 3: there is no statement 'fly'"},
      {"seed many", "line 1: a seed is a number"},
      {"run 5", "line 1: '5' is no time, such as 20ms, 5s or 2min"},
      {"site home ports=odd", "line 1: 'odd' is none of preserving sequential random"},
      {"site home colour=red", "line 1: a site has no 'colour'"},
      {"site home ports", "line 1: 'ports' is not of the form NAME=VALUE"},
      {"relay relay direct=off", "line 1: it has no 'direct'"},
      {"peer ann circuits=often", "line 1: 'often' is none of off on_demand always"},
      {"peer ann v6=perhaps", "line 1: 'perhaps' is none of yes no"},
      {"every 0s ann says bob x", "line 1: that is too often"},
      {"at 5s", "line 1: what happens then is missing"},
  };
  for (const auto& [text, problem] : cases) {
    const auto read = topology::parse(text);
    EXPECT_FALSE(read) << text;
    EXPECT_EQ(read.error(), problem);
  }
}

TEST(Topology, NamesMustStandForSomething) {
  const auto nowhere = topology::parse("relay relay\npeer ann at moon");
  ASSERT_TRUE(nowhere);
  world w{1, nowhere->options()};
  EXPECT_THROW(nowhere->build(w), std::invalid_argument);

  const auto nobody = topology::parse("relay relay\npeer ann\nat 1s bob says ann hello");
  ASSERT_TRUE(nobody);
  world v{1, nobody->options()};
  nobody->build(v);
  EXPECT_THROW(v.run_for(2s), std::invalid_argument);
}

TEST(Topology, SitesStandBehindSitesAndPeersInSeveralPlaces) {
  const auto read = topology::parse(R"(
handshake plain
site home
site shed behind home
relay relay
relay other
peer ann at shed v6=yes
peer bob at home also=internet circuits=always
peer cara at shed v6=yes
peer dave relay=other hidden=yes
run 30s
)");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->sites[1].behind, "home");
  world w{1, read->options()};
  read->build(w);
  const auto &ann = w.peer("ann"), &bob = w.peer("bob"), &cara = w.peer("cara");
  const auto& dave = w.peer("dave");
  EXPECT_EQ(bob.config().circuits, circuit_mode::always);
  EXPECT_TRUE(dave.config().hidden);
  EXPECT_EQ(w.relay_of(dave)->host(), "other");
  EXPECT_TRUE(w.can_link(ann, bob));
  EXPECT_TRUE(w.can_link(bob, ann));
  EXPECT_FALSE(w.can_link(ann, dave));
  const auto addresses = [&w](const char* host) {
    return w.network().find_node(host)->addresses();
  };
  EXPECT_EQ(addresses("ann"),
            (std::vector{*ip_address::parse("10.2.0.2"), *ip_address::parse("fd00:2::2")}));
  EXPECT_EQ(addresses("bob"),
            (std::vector{*ip_address::parse("10.1.0.3"), *ip_address::parse("20.0.0.4")}));
  w.run_for(30s);
  EXPECT_EQ(ann.links(), (std::vector<std::string>{"bob", "cara"}));
  EXPECT_EQ(bob.links(), (std::vector<std::string>{"ann", "cara"}));
  EXPECT_EQ(cara.roster(), (std::vector<std::string>{"ann", "bob"}));
  EXPECT_TRUE(w.everyone_sees_everyone());
  EXPECT_EQ(check_liveness(w), violations{});

  const auto nowhere = topology::parse("relay relay\npeer ann relay=moon");
  ASSERT_TRUE(nowhere);
  world v{1, nowhere->options()};
  EXPECT_THROW(nowhere->build(v), std::invalid_argument);
}

TEST(Topology, WhoIsOutsideOfAFirewallTooDoesNotComePastIt) {
  const auto read = topology::parse(R"(
site firm translate=no
site lab behind firm
relay relay
peer ann at firm direct=accept_only
peer bob at lab
peer cara at lab also=internet
)");
  ASSERT_TRUE(read) << read.error();
  world w{1, read->options()};
  read->build(w);
  EXPECT_TRUE(w.can_link(w.peer("bob"), w.peer("ann")));
  EXPECT_FALSE(w.can_link(w.peer("cara"), w.peer("ann")));
}

TEST(Topology, FilesAreGivenAndArriveWhole) {
  const auto read = topology::parse(R"(
handshake plain
relay relay
peer ann
peer bob
at 5s ann gives bob report 300000
at 6s crash ann
at 8s start ann
at 8s disk_full bob
at 20s ann gives bob notes 1000
at 30s disk_free bob
)");
  ASSERT_TRUE(read) << read.error();
  world w{1, read->options()};
  read->build(w);
  EXPECT_EQ(run_checked(w, 29s), violations{});
  EXPECT_FALSE(check_transfer_ends(w).empty());
  EXPECT_EQ(run_checked(w, 30s), violations{});
  EXPECT_EQ(check_transfer_ends(w), violations{});
  const auto& book = w.peer("bob").transfers();
  ASSERT_EQ(book.latest.size(), 2u);
  for (const auto& [id, info] : book.latest) {
    EXPECT_EQ(info.state, transfer_state::done) << to_text(info);
    EXPECT_TRUE(w.peer("bob").has_received(id, info.summary.name, info.summary.bytes));
    EXPECT_FALSE(w.peer("bob").has_received(id, info.summary.name, info.summary.bytes + 1));
  }
}

}  // namespace
}  // namespace hobnob::testing
