// The caller's own actor system, io_context and network: an ordinary actor_system with CAF's
// threads.

#include "tests/embedding/team.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <optional>
#include <thread>

namespace hobnob {
namespace {

/// What an embedder has before it knows hobnob: nothing here is made by a runtime.
class own_program {
 public:
  own_program() {
    configure(config_);
    config_.set("scheduler.max-threads", std::size_t{4});
    system_.emplace(config_);
    context_.emplace(1);
    work_.emplace(context_->get_executor());
    network_.emplace(*context_);
  }

  /// Peers and relays are gone by now. The actor system waits for actors that still live: one that
  /// hobnob had left behind would make this hang.
  ~own_program() {
    if (thread_.joinable()) {
      context_->stop();
      thread_.join();
    }
    network_.reset();
    work_.reset();
    context_.reset();
    system_.reset();
  }

  own_program(const own_program&) = delete;
  own_program& operator=(const own_program&) = delete;

  caf::actor_system& system() { return *system_; }
  network& net() { return *network_; }
  void run() {
    thread_ = std::thread{[this] { context_->run(); }};
  }

 private:
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
  std::optional<boost::asio::io_context> context_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::optional<tcp_network> network_;
  std::thread thread_;
};

struct OwnActorSystem : testing::Test {
  ~OwnActorSystem() override {
    for (auto* each : {&ann, &bob}) {
      if (*each) (*each)->peer.stop();
    }
    for (auto* each : {&ann, &bob}) {
      if (*each) {
        EXPECT_TRUE((*each)->peer.wait()) << (*each)->name;
      }
    }
    if (relay) {
      relay->stop();
      EXPECT_TRUE(relay->wait());
    }
    ann.reset();
    bob.reset();
    relay.reset();
  }

  void start() {
    const endpoint any_port{ip_address::v4({127, 0, 0, 1}), 0};
    relay_config config;
    config.listen = {any_port};
    relay.emplace(program.system(), program.net(), test::identity_of("relay"), config);
    const auto started = relay->start();
    ASSERT_FALSE(started.error) << started.detail;
    for (auto* each : {&ann, &bob}) {
      peer_config settings;
      settings.user = each == &ann ? "ann" : "bob";
      settings.relay = *core::relay_uri::parse(relay->uri());
      settings.listen = {any_port};
      each->emplace(program.system(), program.net(), test::identity_of(settings.user), settings);
      const auto listening = (*each)->peer.start();
      ASSERT_FALSE(listening.error) << listening.detail;
    }
    program.run();
    ASSERT_TRUE(ann->wait_link("bob", link_state::up));
    ASSERT_TRUE(bob->wait_link("ann", link_state::up));
  }

  own_program program;  // The last to end.
  std::optional<hobnob::relay> relay;
  std::optional<test::member> ann;
  std::optional<test::member> bob;
};

TEST_F(OwnActorSystem, CarriesTextBothWaysByLink) {
  start();
  const auto there = ann->outcome(ann->peer.send_text("bob", "hello bob"));
  EXPECT_EQ(there.state, message_state::delivered);
  EXPECT_EQ(there.path, path_kind::lan);
  const auto back = bob->outcome(bob->peer.send_text("ann", "hello ann"));
  EXPECT_EQ(back.state, message_state::delivered);
  EXPECT_EQ(back.path, path_kind::lan);
  EXPECT_TRUE(bob->wait_text("hello bob"));
  EXPECT_TRUE(ann->wait_text("hello ann"));
}

TEST_F(OwnActorSystem, KeepsTheOrderOfManyMessages) {
  start();
  constexpr std::size_t count = 500;
  for (std::size_t i = 0; i < count; ++i) ann->peer.send_text("bob", std::to_string(i));
  ASSERT_TRUE(bob->wait([](const test::diary& d) { return d.texts.size() == count; }));
  bob->read([](const test::diary& d) {
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(d.texts[i].text, std::to_string(i));
  });
}

TEST_F(OwnActorSystem, CarriesUnacknowledgedApplicationMessages) {
  start();
  const auto content = shared_slice::copy_of(as_byte_view("by a channel"));
  ann->peer.send("bob", "app", content, frame_priority::normal, false);
  ASSERT_TRUE(bob->wait([](const test::diary& d) { return d.application_messages.size() == 1; }));
  bob->read([&](const test::diary& d) {
    const auto& message = d.application_messages.front();
    EXPECT_EQ(message.from, "ann");
    EXPECT_EQ(message.channel, "app");
    EXPECT_TRUE(std::ranges::equal(message.content.view(), content.view()));
  });
}

TEST_F(OwnActorSystem, StopsInGoodOrderWhileItIsBusyAndLeavesNoActorBehind) {
  start();
  for (int i = 0; i < 200; ++i) ann->peer.send_text("bob", std::to_string(i));
  ann->peer.stop();
  EXPECT_TRUE(ann->peer.wait());
  EXPECT_TRUE(ann->wait([](const test::diary& d) { return d.stopped; }));
  EXPECT_TRUE(bob->wait_link("ann", link_state::down));
}  // The rest ends with the test, and the actor system waits for every actor.

}  // namespace
}  // namespace hobnob
