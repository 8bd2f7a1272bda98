#include "actors/link_bridge.hpp"

#include "actors/runtime.hpp"
#include "actors/runtime_network.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/runtime_for_test.hpp"
#include "tests/actors/test_identity.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <caf/send.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using test::make_identity;

constexpr auto patience = 30s;  // For what comes at once unless something is broken.

/// What the bridge told one actor; filled on the loop, read by the test's thread.
struct record {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<connection_ptr> accepted;
  std::optional<dial_finished> dialled;
  std::optional<close_info> closed;
  std::size_t bytes = 0;
  std::size_t drained = 0;
  std::atomic<bool> acknowledges{true};
  connection_ptr connection;

  template <class Change>
  void change(Change how) {
    const std::lock_guard guard{mutex};
    how();
    changed.notify_all();
  }

  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock guard{mutex};
    return changed.wait_for(guard, patience, condition);
  }
};

using record_ptr = std::shared_ptr<record>;
using recorder_actor =
    connection_consumer_actor::extend<reacts_to<dial_finished>, reacts_to<connection_accepted>>;

recorder_actor::behavior_type recorder(recorder_actor::pointer, record_ptr into) {
  return {
      [into](const connection_frames& frames) {
        const auto size = frames.batch->wire_size();
        into->change([&] { into->bytes += size; });
        if (into->acknowledges) into->connection->acknowledge(size);
      },
      [into](connection_drained) { into->change([&] { ++into->drained; }); },
      [into](const connection_closed& end) { into->change([&] { into->closed = end.why; }); },
      [into](const dial_finished& outcome) { into->change([&] { into->dialled = outcome; }); },
      [into](const connection_accepted& arrived) {
        into->change([&] { into->accepted = arrived.connection; });
      },
  };
}

/// One side: a bridge, an actor, and what it was told.
struct side {
  side(runtime& loop, std::uint8_t key)
      : bridge(network_of(loop), make_identity(key)), actor(spawn(loop.system(), recorder, told)) {}

  record_ptr told = std::make_shared<record>();
  link_bridge bridge;
  recorder_actor actor;
};

struct LinkBridge : testing::Test {
  ~LinkBridge() override {
    left.reset();
    right.reset();
    loop.stop();
    loop.wait();
  }

  endpoint listen_on(const endpoint& local) {
    const auto result = right->bridge.listen({local}, false, {}, right->actor);
    EXPECT_FALSE(result.error) << result.detail;
    loop.start();
    return result.endpoints.front();
  }

  dial_finished dial(const std::string& host, std::uint16_t port, const fingerprint& expected = {},
                     std::chrono::milliseconds timeout = 8s) {
    dial_order order;
    order.ticket = 17;
    order.host = host;
    order.port = port;
    order.expected = expected;
    order.timeout = timeout;
    left->bridge.dial(std::move(order), left->actor);
    EXPECT_TRUE(left->told->wait([&] { return left->told->dialled.has_value(); }));
    return left->told->dialled.value_or(dial_finished{});
  }

  /// Both ends of a connection, each attached to its actor.
  void connect() {
    const auto where = listen_on({ip_address::v4({127, 0, 0, 1}), 0});
    const auto outcome = dial("127.0.0.1", where.port);
    ASSERT_TRUE(outcome.connection) << outcome.error;
    left->told->connection = outcome.connection;
    left->bridge.attach(outcome.connection, left->actor);
    ASSERT_TRUE(right->told->wait([&] { return right->told->accepted.has_value(); }));
    right->told->connection = *right->told->accepted;
    right->told->connection->set_authenticated();
    right->bridge.attach(right->told->connection, right->actor);
  }

  runtime loop{test::options_from_environment()};
  std::optional<side> left{std::in_place, loop, std::uint8_t{1}};
  std::optional<side> right{std::in_place, loop, std::uint8_t{2}};
};

const endpoint any_loopback{ip_address::v4({127, 0, 0, 1}), 0};

TEST_F(LinkBridge, ADialMeetsAListener) {
  const auto where = listen_on(any_loopback);
  const auto outcome = dial("127.0.0.1", where.port, make_identity(2).fingerprint());
  ASSERT_TRUE(outcome.connection) << outcome.error;
  EXPECT_EQ(outcome.ticket, 17u);
  EXPECT_EQ(outcome.remote, where);
  EXPECT_EQ(outcome.met, make_identity(2).fingerprint());
  EXPECT_EQ(outcome.connection->info().remote_key, make_identity(2).key());
  ASSERT_TRUE(right->told->wait([&] { return right->told->accepted.has_value(); }));
  EXPECT_EQ((*right->told->accepted)->info().remote, make_identity(1).fingerprint());
}

TEST_F(LinkBridge, ANameWithSeveralAddressesIsTriedUntilOneAnswers) {
  const auto where = listen_on(any_loopback);
  const auto outcome = dial("localhost", where.port);
  EXPECT_TRUE(outcome.connection) << outcome.error;
}

TEST_F(LinkBridge, SaysWhomItMetInstead) {
  const auto where = listen_on(any_loopback);
  const auto outcome = dial("127.0.0.1", where.port, make_identity(3).fingerprint());
  EXPECT_FALSE(outcome.connection);
  EXPECT_TRUE(outcome.key_mismatch);
  EXPECT_EQ(outcome.met, make_identity(2).fingerprint());
  EXPECT_NE(outcome.error, "");
}

TEST_F(LinkBridge, SaysWhyADialFailed) {
  loop.start();
  const auto refused = dial("127.0.0.1", 1);
  EXPECT_FALSE(refused.connection);
  EXPECT_NE(refused.error.find("refused"), std::string::npos) << refused.error;
}

TEST_F(LinkBridge, AnUnknownNameIsAnError) {
  loop.start();
  const auto outcome = dial("name.invalid", 1);
  EXPECT_FALSE(outcome.connection);
  EXPECT_NE(outcome.error, "");
}

TEST_F(LinkBridge, BothFamiliesShareAPortThatTheSystemChose) {
  const auto result = right->bridge.listen({{ip_address::v4({0, 0, 0, 0}), 0}, {ip_address{}, 0}},
                                           true, {}, right->actor);
  ASSERT_FALSE(result.error) << result.detail;
  for (const auto& local : result.endpoints) {
    EXPECT_EQ(local.port, result.endpoints.front().port);
    EXPECT_NE(local.port, 0);
  }
  loop.start();
}

TEST_F(LinkBridge, APortInUseIsSaidSo) {
  const auto where = listen_on(any_loopback);
  const auto second = left->bridge.listen({where}, false, {}, left->actor);
  EXPECT_EQ(second.error, std::errc::address_in_use);
  EXPECT_EQ(second.detail, to_string(where) + " is in use by another program");
  EXPECT_TRUE(second.endpoints.empty());
}

TEST_F(LinkBridge, AReceiverThatDoesNotAcknowledgeHoldsTheSenderBack) {
  right->told->acknowledges = false;
  connect();
  const auto payload = shared_slice::of(bytes(100'000, std::byte{1}));
  const outgoing_frame frame{frame_type::message, frame_priority::bulk, {}, payload};
  std::size_t sent = 0;
  while (left->told->connection->send(frame) == send_status::sent) ++sent;
  EXPECT_LT(sent, 1000u);  // It was told to stop; the queue is bounded.
  EXPECT_EQ(left->told->drained, 0u);

  // What was read so far and all that follows is acknowledged: everything arrives.
  std::size_t held = 0;
  right->told->change([&] {
    right->told->acknowledges = true;
    held = right->told->bytes;
  });
  right->told->connection->acknowledge(held);
  EXPECT_TRUE(left->told->wait([&] { return left->told->drained > 0; }));
  const auto all = (sent + 1) * (payload.size() + frame_header_size);
  EXPECT_TRUE(right->told->wait([&] { return right->told->bytes == all; }));
}

TEST_F(LinkBridge, TheReasonOfAnEndReachesTheOtherSide) {
  connect();
  left->told->connection->close({close_reason::replaced, "said by a test", "a-code"});
  ASSERT_TRUE(right->told->wait([&] { return right->told->closed.has_value(); }));
  EXPECT_EQ(right->told->closed->reason, close_reason::replaced);
  EXPECT_EQ(right->told->closed->detail, "said by a test");
  EXPECT_EQ(right->told->closed->code, "a-code");
  EXPECT_TRUE(right->told->closed->by_remote);
  ASSERT_TRUE(left->told->wait([&] { return left->told->closed.has_value(); }));
  EXPECT_FALSE(left->told->closed->by_remote);
}

TEST_F(LinkBridge, ConnectionsOutliveTheBridge) {
  connect();
  left->bridge.stop();
  right->bridge.stop();
  left->told->connection->send(
      outgoing_frame{frame_type::message, {}, {}, shared_slice::of(test::to_bytes("still here"))});
  EXPECT_TRUE(right->told->wait([&] { return right->told->bytes > 0; }));
}

}  // namespace
}  // namespace hobnob
