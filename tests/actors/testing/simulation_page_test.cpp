// What docs/simulation.md shows, compiled and run (tests/pages_test.py compares the two).

#include "actors/testing/invariants.hpp"
#include "actors/testing/shrink.hpp"
#include "actors/testing/swarm.hpp"
#include "actors/testing/world.hpp"
#include "transport/sim/fabric.hpp"
#include "transport/sim/random_faults.hpp"
#include "transport/sim/trace_writer.hpp"

#include <gtest/gtest.h>
#include <fstream>
#include <iostream>

using namespace std::chrono_literals;

TEST(Team, TalksThroughTheRelayWhileItIsPartitioned) {
  hobnob::testing::world w{hobnob::testing::seed_from_environment(42)};
  w.add_relay();
  auto& ann = w.add_peer("ann");
  auto& bob = w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  ASSERT_TRUE(ann.is_linked("bob"));
  w.apply("partition ann from bob");
  const auto message = ann.send_text("bob", "hello");
  w.run_for(30s);
  EXPECT_EQ(ann.outcome(message).state, hobnob::message_state::delivered);
  EXPECT_EQ(ann.outcome(message).path, hobnob::path_kind::relay);
  EXPECT_EQ(bob.inbox(), std::vector<std::string>{"hello"});
  if (HasFailure()) w.write_report(std::cerr);
}

namespace {

TEST(SimulationPage, Places) {
  hobnob::testing::world w{1};
  w.add_relay();
  auto& home = w.add_site("home");
  auto& cafe =
      w.add_site("cafe", {.mapping = hobnob::sim::nat_dependence::address_and_port_dependent,
                          .ports = hobnob::sim::nat_ports::random});
  auto& ann = w.add_peer("ann", home);
  auto& bob = w.add_peer({.user = "bob", .where = &cafe, .v6 = true});
  w.apply("change home latency=30ms loss=0.01");
  ASSERT_TRUE(w.settle());
  EXPECT_FALSE(ann.is_linked("bob"));
  EXPECT_EQ(bob.roster(), std::vector<std::string>{"ann"});
}

TEST(SimulationPage, ForwardedPorts) {
  hobnob::testing::world w{1};
  w.add_relay();
  w.add_peer("bob",
             w.add_site("cafe", {.mapping = hobnob::sim::nat_dependence::address_and_port_dependent,
                                 .ports = hobnob::sim::nat_ports::random}));
  auto& home = w.add_site("home");
  hobnob::testing::peer_options options{.user = "ann", .where = &home};
  options.config.listen = {{hobnob::ip_address::v4({0, 0, 0, 0}), 7450}};
  auto& ann = w.add_peer(options);
  const auto inside = w.network().find_node("ann")->addresses().front();
  w.network().find_node("home-router")->nats().front()->forward(7450, {inside, 7450});
  ASSERT_TRUE(w.settle());
  EXPECT_TRUE(ann.is_linked("bob"));
}

TEST(SimulationPage, Files) {
  hobnob::testing::world w{1};
  w.add_relay();
  auto& ann = w.add_peer({.user = "ann", .takes_files = true});
  auto& bob = w.add_peer({.user = "bob", .takes_files = true});
  ASSERT_TRUE(w.settle());
  const auto id = ann.give("bob", "report", 3'000'000);
  w.apply_after(100ms, "kill bob");
  w.apply_after(10s, "start bob");
  const auto done = [&] { return bob.transfer(id).state == hobnob::transfer_state::done; };
  EXPECT_TRUE(w.run_until(done, 2min));
  EXPECT_TRUE(bob.has_received(id, "report", 3'000'000));
}

TEST(SimulationPage, APowerCutAnywhere) {
  for (unsigned step = 1, crashed = 1; crashed != 0; ++step) {
    hobnob::testing::world w{step};
    w.add_relay();
    auto& ann = w.add_peer({.user = "ann", .start = false});
    w.apply("crash_at_write ann " + std::to_string(step));
    w.apply("start ann");
    w.run_for(5s);
    crashed = ann.current_state() == hobnob::testing::program::state::crashed;
    w.heal_everything();
    ASSERT_TRUE(w.settle());
    EXPECT_EQ(check_safety(w), hobnob::testing::violations{});
  }
}

TEST(SimulationPage, RandomFaults) {
  hobnob::testing::world w{hobnob::testing::seed_from_environment(1), {.plain_handshake = true}};
  w.add_relay();
  w.add_site("home");
  w.add_peers({"ann", "bob", "cara"});
  ASSERT_TRUE(w.settle());
  auto& random = w.simulation().random();
  auto mix = draw_fault_mix(random);
  mix.loss_max = 0.1;
  for (const auto& each : draw_faults(random, w.network(), mix, 2min)) {
    w.apply_after(each.at, each.what);
  }
  w.apply_after(20s, "kill bob");
  for (int i = 0; i < 12; ++i) {
    w.peer("ann").send_text("bob", "message " + std::to_string(i));
    ASSERT_EQ(run_checked(w, 10s), hobnob::testing::violations{});
  }
  w.heal_everything();
  ASSERT_EQ(run_checked(w, 4min), hobnob::testing::violations{});
  EXPECT_EQ(check_liveness(w), hobnob::testing::violations{});
}

TEST(SimulationPage, Swarm) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto result = hobnob::testing::run_seed(seed, {.peers_max = 4, .messages_max = 10});
    if (!result.failed()) continue;
    const auto fails = [](const auto& lines) { return hobnob::testing::violates(lines); };
    const auto small = hobnob::testing::shrink(result.lines, fails);
    write_failure(std::cerr, hobnob::testing::run_schedule(small.lines));
    FAIL() << "seed " << seed;
  }
}

TEST(SimulationPage, Traces) {
  hobnob::testing::world w{42, {.trace_size = hobnob::sim::trace::keep_all}};
  w.add_relay();
  w.add_peers({"ann", "bob"});
  ASSERT_TRUE(w.settle());
  w.peer("ann").send_text("bob", "hello");
  w.run_for(1s);
  std::ostringstream run, diagram;
  write_ndjson(run, w.log());
  write_mermaid(diagram, w.log(), {"ann", "bob", "relay"}, {.words = {"message", "receipt"}});
  EXPECT_NE(run.str().find(R"("number":1,)"), std::string::npos);
  EXPECT_NE(diagram.str().find("message"), std::string::npos) << diagram.str();
}

}  // namespace
