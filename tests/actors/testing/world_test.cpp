#include "sim_world.hpp"

#include <functional>
#include <stdexcept>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

TEST(World, TwoPeersLogInLinkAndChat) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer("ann");
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  EXPECT_EQ(ann.links(), strings{"bob"});
  EXPECT_EQ(bob.roster(), strings{"ann"});
  const auto there = ann.send_text("bob", "hello");
  const auto back = bob.send_text("ann", "and back");
  w.run_for(1s);
  EXPECT_EQ(bob.inbox(), strings{"hello"});
  EXPECT_EQ(ann.inbox(), strings{"and back"});
  EXPECT_EQ(ann.outcome(there).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).state, message_state::delivered);
  EXPECT_EQ(bob.outcome(back).path, path_kind::wan);
}

using action = program_fault::action;

std::uint64_t hash_after(const std::function<void(world&)>& break_it) {
  world w{7, {.plain_handshake = true}};
  w.add_relay();
  w.add_peer("ann");
  w.add_peer("bob");
  w.run_for(5s);
  break_it(w);
  w.run_for(1min);
  return w.trace_hash();
}

TEST(World, FaultsAsValuesDoWhatTheirLinesDo) {
  const auto by_lines = hash_after([](world& w) {
    w.apply("partition ann from bob");
    w.apply("jump bob -3600s");
    w.apply_after(3s, "change internet latency=20ms loss=0.1");
    w.apply_after(5s, "kill ann");
    w.apply_after(9s, "start ann");
  });
  const auto by_values = hash_after([](world& w) {
    w.apply(sim::partition{{"ann"}, {"bob"}});
    w.apply(program_fault{action::jump, "bob", -1h});
    w.apply_after(3s, sim::link_change{.where = "internet", .latency = 20ms, .loss = 0.1});
    w.apply_after(5s, program_fault{action::kill, "ann"});
    w.apply_after(9s, program_fault{action::start, "ann"});
  });
  EXPECT_EQ(by_values, by_lines);
  EXPECT_NE(by_values, hash_after([](world&) {}));
}

TEST(World, FaultsThatAreNoneOrOfNobodyAreErrors) {
  test_world w;
  w.add_peer("ann");
  EXPECT_THROW(w.apply("frobnicate ann"), std::invalid_argument);
  EXPECT_THROW(w.apply_after(1s, "frobnicate ann"), std::invalid_argument);
  EXPECT_THROW(w.apply("kill bob"), std::invalid_argument);
  EXPECT_THROW(w.apply(program_fault{action::kill, "bob"}), std::invalid_argument);
  EXPECT_THROW(w.apply(sim::cables{"bob", false}), std::invalid_argument);
}

TEST(World, NamesThatAreTakenOrOfNobodyAreErrors) {
  test_world w;
  w.add_relay();
  w.add_peer("ann", w.add_site("home"));
  EXPECT_EQ(w.relay("relay").uri(), w.relays().front()->uri());
  EXPECT_THROW(w.relay("ann"), std::invalid_argument);
  EXPECT_THROW(w.relay("other"), std::invalid_argument);
  EXPECT_THROW(w.peer("relay"), std::invalid_argument);
  EXPECT_THROW(w.add_relay(), std::invalid_argument);
  EXPECT_THROW(w.add_peer("ann"), std::invalid_argument);
  EXPECT_THROW(w.add_peer("home-router"), std::invalid_argument);
  EXPECT_THROW(w.add_site("home"), std::invalid_argument);
}

TEST(World, WhatDoesNotRunCanBeGivenNothing) {
  test_world w;
  w.add_relay();
  auto& ann = w.add_peer({.user = "ann", .takes_files = true});
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  EXPECT_THROW(bob.give("ann", "report", 1), std::logic_error);  // Takes no files.
  w.apply("kill ann");
  EXPECT_THROW(ann.send_text("bob", "hello"), std::logic_error);
  EXPECT_THROW(ann.send("bob", "notes", "hello"), std::logic_error);
  EXPECT_THROW(ann.send_files({}), std::logic_error);
  EXPECT_THROW(ann.give("bob", "report", 1), std::logic_error);
  EXPECT_THROW(ann.start_giving("bob", "report", 1), std::logic_error);
  EXPECT_FALSE(ann.ask<user_list>(get_users{}));
}

TEST(World, WhatIsGivenIsFollowedByItsId) {
  test_world w{1, {.plain_handshake = true}};
  w.add_relay();
  auto& ann = w.add_peer({.user = "ann", .takes_files = true});
  auto& bob = w.add_peer({.user = "bob", .takes_files = true});
  ASSERT_TRUE(w.settle());
  const auto id = ann.give("bob", "report", 300'000);
  EXPECT_TRUE(w.run_until([&] { return bob.transfer(id).state == transfer_state::done; }, 30s));
  EXPECT_TRUE(bob.has_received(id, "report", 300'000));
  EXPECT_EQ(ann.give("ann", "report", 1), transfer_id{});  // Refused.
}

/// The sessions that a subscriber was told of.
peer_subscriber_actor::behavior_type note_sessions(peer_subscriber_actor::pointer,
                                                   std::shared_ptr<std::vector<session_state>> to) {
  return {[to](const session_changed& news) { to->push_back(news.state); },
          [](const presence_changed&) {},
          [](const link_changed&) {},
          [](const text_received&) {},
          [](const application_message_received&) {},
          [](const message_progress&) {},
          [](const peer_stopped&) {}};
}

TEST(World, AnActorOfOnesOwnIsThereFromEachStartOnAndGoesWithTheProgram) {
  test_world w;
  w.add_relay();
  const auto told = std::make_shared<std::vector<session_state>>();
  const auto listener = [told](caf::actor_system& system, peer& self) {
    self.subscribe(spawn(system, note_sessions, told));
  };
  auto& ann = w.add_peer({.user = "ann", .at_start = listener});
  ASSERT_TRUE(w.settle());
  std::vector<session_state> first;
  for (const auto& entry : ann.book().sessions) first.push_back(entry.event.state);
  EXPECT_EQ(*told, first);
  EXPECT_EQ(told->front(), session_state::connecting);

  w.apply("kill ann");
  w.apply("start ann");
  ASSERT_TRUE(w.settle());
  auto twice = first;
  twice.insert(twice.end(), first.begin(), first.end());
  EXPECT_EQ(*told, twice);

  w.apply("kill ann");
  w.run_for(1s);
  EXPECT_EQ(told.use_count(), 3) << "this one, and in two copies of the hook";
}

/// For the tests below, which run it in another process.
TEST(FailedWorld, DISABLED_IsAsItIs) {
  test_world w{5, {.shuffle = true}};
  w.add_relay();
  w.add_peers({"ann", "bob"});
  w.settle();
  w.apply("partition ann from bob");
  w.run_for(1s);
  FAIL();
}

const std::string failed_world = "FailedWorld.DISABLED_IsAsItIs";

TEST(FailedWorld, SaysHowToSeeItAgainAndIsTheSameThen) {
  const auto first = test::output_of(failed_world);
  const auto seed = test::number_after(first, "again: SIM_SEED=");
  EXPECT_EQ(test::output_of(failed_world, "SIM_SEED=" + std::to_string(seed)), first);
  const auto other = test::output_of(failed_world, "SIM_SEED=" + std::to_string(seed + 1));
  EXPECT_EQ(test::trace_hash_in(first).size(), 16u);
  EXPECT_NE(test::trace_hash_in(other), test::trace_hash_in(first));
  const auto shown = std::to_string(seed);
  for (const auto& part :
       {"again: SIM_SEED=" + shown + " ctest -R '^" + failed_world + "$'\n",
        "world of SIM_SEED=" + shown + ", shuffled, heartbeat 5 s, after ",
        std::string{", trace hash "},
        std::string{"  ann: running, online, sees bob; linked to bob\n"},
        std::string{"  relay: running\n"}, std::string{" partition ann from bob\n"}}) {
    EXPECT_NE(first.find(part), first.npos) << part << " in\n" << first;
  }
}

TEST(FailedWorld, ASeedThatIsNoneIsAnErrorThatSaysSo) {
  for (const std::string wrong : {"junk", "7x", "-1", "''", "18446744073709551616"}) {
    const auto output = test::output_of(failed_world, "SIM_SEED=" + wrong);
    EXPECT_NE(output.find("is no seed: a whole number"), output.npos) << output;
    EXPECT_EQ(output.find("world of SIM_SEED"), output.npos) << output;
  }
}

}  // namespace
}  // namespace hobnob::testing
