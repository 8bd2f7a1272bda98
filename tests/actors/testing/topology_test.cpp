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
  # A comment.
seed 5  # of many
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
  EXPECT_EQ(read->programs[2].direct, direct_mode::dial_only);
  ASSERT_EQ(read->events.size(), 3u);
  const auto& said = std::get<traffic>(read->events[0].what);
  EXPECT_EQ(said.from + '|' + said.to + '|' + said.content, "ann|bob|hello  there");
  EXPECT_EQ(read->events[0].line, 11u);
  EXPECT_EQ(read->events[1].every, 20s);
  EXPECT_EQ(std::get<sim::fault>(read->events[2].what),
            (sim::fault{sim::partition{{"ann"}, {"relay"}}}));
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
      {"peer", "line 1: a peer needs a name"},
      {"site ports=random", "line 1: a site needs a name"},
      {"site z behind", "line 1: after 'behind' the name of a site is missing"},
      {"peer c at direct=off", "line 1: after 'at' the name of a site is missing"},
      {"\n\nfly", "line 3: there is no statement 'fly'"},
      {"seed many", "line 1: a seed is a number"},
      {"run 5", "line 1: '5' is no time, such as 20ms, 5s or 2min"},
      {"site home ports=odd", "line 1: 'odd' is none of preserving sequential random"},
      {"site home colour=red", "line 1: a site has no 'colour'"},
      {"site home ports", "line 1: 'ports' is not of the form NAME=VALUE"},
      {"site home ports=", "line 1: 'ports=' is not of the form NAME=VALUE"},
      {"site home timeout=0s", "line 1: '0s' is too short: at least 1ms"},
      {"heartbeat 0s", "line 1: '0s' is too short: at least 1ms"},
      {"relay relay direct=off", "line 1: a relay has no 'direct'"},
      {"peer ann circuits=often", "line 1: 'often' is none of off on_demand always"},
      {"peer ann v6=perhaps", "line 1: 'perhaps' is none of yes no"},
      {"every 1ns ann says bob x", "line 1: '1ns' is too short: at least 1ms"},
      {"at 5s", "line 1: what happens then is missing"},
      {"at 5s unplugg ann",
       "line 1: 'unplugg ann' is no fault, and nothing that a peer says or gives"},
      {"at 5s jump ann", "line 1: 'jump ann' is no fault, and nothing that a peer says or gives"},
      {"at 5s ann pours bob notes 5 9999999999999", "line 1: the size is at most 16777216"},
      {"seed 5 # of many", "line 1: a seed is a number (a comment begins after two blanks)"},
  };
  for (const auto& [text, problem] : cases) {
    const auto read = topology::parse(text);
    EXPECT_FALSE(read) << text;
    EXPECT_EQ(read.error(), problem);
  }
}

TEST(Topology, ACommentBeginsALineOrComesAfterTwoBlanks) {
  const auto read = topology::parse("peer ann\n\t# more\nat 1s ann says ann # 1 of 2#3  # what\n");
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->events.size(), 1u);
  EXPECT_EQ(std::get<traffic>(read->events[0].what).content, "# 1 of 2#3");
}

/// What `build` throws; empty if it does not.
std::string problem_of(const std::string& line) {
  const auto plan =
      topology::parse("site home\nrelay relay\npeer ann at home\npeer phone user=bob\n" + line);
  if (!plan) return plan.error();
  world w{1, plan->options()};
  try {
    plan->build(w);
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return {};
}

// Before the run, not when the time has come.
TEST(Topology, NamesMustStandForSomething) {
  const struct {
    const char* line;
    const char* problem;
  } cases[] = {
      {"peer cara at moon", "line 5: there is no site 'moon', or not yet"},
      {"peer cara also=moon", "line 5: there is no site 'moon', or not yet"},
      {"site shed behind moon", "line 5: there is no site 'moon', or not yet"},
      {"peer cara relay=moon", "line 5: there is no relay 'moon'"},
      {"peer ann", "line 5: no name, or not the only one of its name: ann"},
      {"at 1s eve says bob hello", "line 5: no program runs on a host named eve"},
      {"at 1s bob says ann hello", "line 5: no program runs on a host named bob"},
      {"at 1s relay says ann hello", "line 5: relay is no peer"},
      {"at 1s ann says phone hello", "line 5: there is no user 'phone'"},
      {"at 1s kill eve", "line 5: no program runs on a host named eve"},
      {"at 1s partition ann from eve", "line 5: no host or router is called eve"},
      {"at 1s change moon loss=1", "line 5: no host or router is called moon"},
      {"at 1s reboot ann", "line 5: ann has no NAT"},
      {"at 1s slow_reader home-router 1000", "line 5: home-router is a router: nobody reads there"},
      {"at 1s ann says nobody hello", ""},
      {"at 1s ann says bob hello", ""},
      {"at 1s partition ann from home-router", ""},
      {"at 1s change home loss=1", ""},
  };
  for (const auto& [line, problem] : cases) EXPECT_EQ(problem_of(line), problem) << line;
}

TEST(Topology, CountsWhatNobodyWasThereToSayOrGive) {
  const auto plan = topology::parse(R"(
handshake plain
relay relay
peer ann
peer bob
at 1s ann says bob here
at 1s ann gives bob report 1000
at 2s kill ann
at 3s ann says bob gone
at 3s ann pours bob notes 5 10
at 3s ann gives bob notes 1000
)");
  ASSERT_TRUE(plan) << plan.error();
  world w{1, plan->options()};
  const auto counts = plan->build(w);
  w.run_for(4s);
  EXPECT_EQ(counts->not_sent, 6u);
  EXPECT_EQ(counts->given, 1u);
  EXPECT_EQ(counts->not_given, 1u);
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
