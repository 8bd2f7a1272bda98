#include "actors/relay/relay.hpp"

#include "actors/core/relay_uri.hpp"
#include "tests/actors/relay/relay_client.hpp"
#include "tests/actors/runtime_for_test.hpp"

#include <gtest/gtest.h>
#include <caf/scoped_actor.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using test::patience;
using test::relay_client;
using wire::Control;

/// A relay on loopback with real sockets and TLS.
struct Relay : testing::Test {
  Relay() { config.listen = {{ip_address::v4({127, 0, 0, 1}), 0}}; }

  ~Relay() override {
    if (served) {
      served->stop();
      EXPECT_TRUE(served->wait(patience));
    }
    loop.stop();
    loop.wait();
  }

  void start() {
    served.emplace(loop, test::make_identity(200), config);
    const auto result = served->start();
    ASSERT_FALSE(result.error) << result.detail;
    where = result.listening.front();
    loop.start();
  }

  runtime loop{test::options_from_environment()};
  relay_config config;
  std::optional<relay> served;
  endpoint where;
};

TEST_F(Relay, SaysWhereItIsAndWhoItIs) {
  start();
  const auto uri = core::relay_uri::parse(served->uri());
  ASSERT_TRUE(uri) << served->uri();
  EXPECT_EQ(uri->host, "127.0.0.1");
  EXPECT_EQ(uri->port, where.port);
  EXPECT_EQ(uri->id, test::make_identity(200).fingerprint());
}

TEST_F(Relay, IntroducesTwoPeersAndCarriesTheirEnvelopes) {
  start();
  relay_client ann{loop, 1};
  relay_client bob{loop, 2};
  const auto ann_id = ann.log_in(where, "ann");
  const auto bob_id = bob.log_in(where, "bob");
  ASSERT_NE(ann_id, 0u);
  ASSERT_NE(bob_id, 0u);

  const auto joined = ann.wait_control([&](const Control& m) {
    for (const auto& entry : m.directory_change().joined()) {
      if (entry.session() == bob_id) return true;
    }
    return false;
  });
  EXPECT_TRUE(joined);

  bytes envelope(wire::envelope_header::size + 100'000, std::byte{7});
  wire::envelope_header{bob_id, 42}.encode(
      std::span<std::byte, wire::envelope_header::size>{envelope.data(), 16});
  ann.send(frame_type::envelope, envelope);
  const auto got =
      bob.inbox->wait_frame([](const frame& f) { return f.type == frame_type::envelope_from; });
  ASSERT_TRUE(got);
  const auto header = wire::envelope_header::decode(got->payload.view());
  EXPECT_EQ(header->session, ann_id);
  EXPECT_EQ(header->tag, 42u);
  EXPECT_EQ(got->payload.size(), envelope.size());
  EXPECT_EQ(served->stats().envelopes_forwarded, 1u);
}

TEST_F(Relay, TellsTheOthersWhenAPeerIsGone) {
  start();
  relay_client ann{loop, 1};
  relay_client bob{loop, 2};
  ASSERT_NE(ann.log_in(where, "ann"), 0u);
  const auto bob_id = bob.log_in(where, "bob");
  bob.connection->close({close_reason::goodbye, ""});
  const auto left = ann.wait_control([&](const Control& m) {
    for (const auto& entry : m.directory_change().left()) {
      if (entry.session() == bob_id) return true;
    }
    return false;
  });
  ASSERT_TRUE(left);
}

TEST_F(Relay, RefusesAStolenNameAndSaysWhy) {
  start();
  relay_client ann{loop, 1};
  relay_client thief{loop, 2};
  ASSERT_NE(ann.log_in(where, "ann"), 0u);
  EXPECT_EQ(thief.log_in(where, "ann"), 0u);
  const auto why = thief.inbox->wait_closed();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, close_reason::refused);
  EXPECT_EQ(why->code, "name-taken");
  EXPECT_EQ(served->stats().sessions, 1u);
}

TEST_F(Relay, TheNewerLoginReplacesTheOlder) {
  start();
  relay_client first{loop, 1};
  relay_client second{loop, 1};
  ASSERT_NE(first.log_in(where, "ann"), 0u);
  ASSERT_NE(second.log_in(where, "ann"), 0u);
  const auto why = first.inbox->wait_closed();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, close_reason::replaced);
}

TEST_F(Relay, ClosesAPeerThatBreaksTheProtocol) {
  start();
  relay_client ann{loop, 1};
  ASSERT_NE(ann.log_in(where, "ann"), 0u);
  ann.send(frame_type::receipt, as_byte_view("not to a relay"));
  const auto why = ann.inbox->wait_closed();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, close_reason::protocol);
}

TEST_F(Relay, DropsAConnectionThatDoesNotLogIn) {
  config.login_timeout = 200ms;
  start();
  relay_client silent{loop, 1};
  ASSERT_EQ(silent.connect(where), "");
  const auto why = silent.inbox->wait_closed();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, close_reason::refused);
  EXPECT_EQ(why->code, "login-timeout");
}

TEST_F(Relay, ADialFindsAnotherKeyThanExpected) {
  start();
  relay_client ann{loop, 1};
  EXPECT_NE(ann.connect(where, test::make_identity(99).fingerprint()), "");
}

TEST_F(Relay, SaysGoodbyeWhenItStops) {
  start();
  relay_client ann{loop, 1};
  ASSERT_NE(ann.log_in(where, "ann"), 0u);
  served->stop();
  const auto why = ann.inbox->wait_closed();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, close_reason::goodbye);
  EXPECT_TRUE(served->wait(patience));
  served->stop();  // Harmless.
}

TEST_F(Relay, ASecondRelayOnTheSamePortIsTold) {
  start();
  config.listen = {where};
  runtime other_loop;
  relay second{other_loop, test::make_identity(201), config};
  const auto result = second.start();
  EXPECT_EQ(result.error, std::errc::address_in_use);
  EXPECT_EQ(result.detail, to_string(where) + " is in use by another program");
}

TEST_F(Relay, SeveralLiveInOneProcess) {
  start();
  relay other{loop, test::make_identity(201), config};
  relay::start_result result;
  std::promise<void> started;
  loop.post([&] {
    result = other.start();
    started.set_value();
  });
  started.get_future().wait();
  ASSERT_FALSE(result.error) << result.detail;
  relay_client ann{loop, 1};
  relay_client bob{loop, 2};
  EXPECT_NE(ann.log_in(where, "ann"), 0u);
  EXPECT_NE(bob.log_in(result.listening.front(), "ann"), 0u);
  other.stop();
  EXPECT_TRUE(other.wait(patience));
  EXPECT_EQ(served->stats().sessions, 1u);
}

TEST_F(Relay, KeepsNamesAcrossARestart) {
  auto pattern = (std::filesystem::temp_directory_path() / "hobnob-relay-XXXXXX").string();
  config.data_dir = mkdtemp(pattern.data());
  {
    runtime first_loop{test::options_from_environment()};
    relay first{first_loop, test::make_identity(200), config};
    const auto result = first.start();
    ASSERT_FALSE(result.error) << result.detail;
    first_loop.start();
    relay_client ann{first_loop, 1};
    ASSERT_NE(ann.log_in(result.listening.front(), "ann"), 0u);
    first.stop();
    EXPECT_TRUE(first.wait(patience));
    first_loop.stop();
    first_loop.wait();
  }
  start();
  relay_client thief{loop, 2};
  EXPECT_EQ(thief.log_in(where, "ann"), 0u);
  relay_client ann{loop, 1};
  EXPECT_NE(ann.log_in(where, "ann"), 0u);
  caf::scoped_actor self{loop.system()};
  self->request(served->directory(), std::chrono::seconds{30}, list_users{})
      .receive([](const account_list& list) { EXPECT_EQ(list.accounts.size(), 1u); },
               [](const caf::error&) { ADD_FAILURE(); });
  std::filesystem::remove_all(config.data_dir);
}

TEST_F(Relay, ABadConfigIsAnErrorNotAnException) {
  config.heartbeat = 0ms;
  relay bad{loop, test::make_identity(200), config};
  const auto result = bad.start();
  EXPECT_EQ(result.error, std::errc::invalid_argument);
  EXPECT_NE(result.detail.find("heartbeat"), std::string::npos);
}

}  // namespace
}  // namespace hobnob
