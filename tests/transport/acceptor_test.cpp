#include "transport/acceptor.hpp"

#include "tests/transport/loop.hpp"
#include "transport/dialler.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;

struct quiet_handler : connection_handler {
  int ends = 0;
  close_info end;
  void on_frames(frame_batch) override {}
  void on_drained() override {}
  void on_closed(const close_info& why) override {
    ++ends;
    end = why;
  }
};

struct acceptor_test : testing::Test {
  loop l;
  std::vector<connection_ptr> accepted;
  std::unique_ptr<acceptor> door;
  endpoint address;

  void open(acceptor_config config = {}) {
    door = std::make_unique<acceptor>(l.net, make_context(l, 2), config, [this](connection_ptr c) {
      accepted.push_back(std::move(c));
    });
    auto listening = l.net.listen(loopback(), {});
    ASSERT_FALSE(listening.error);
    address = listening.value->local_endpoint();
    door->add(std::move(listening.value));
  }

  dial_result knock(fingerprint expected = {}) {
    dial_request request{address, {}, expected, l.net.time().now() + std::chrono::seconds{5}};
    return l.run(dial(l.net, make_context(l, 1), request, {}));
  }

  std::unique_ptr<stream> knock_silently() {
    auto dialled = l.run(l.net.dial(address, {}));
    EXPECT_FALSE(dialled.error);
    return std::move(dialled.value);
  }
};

TEST_F(acceptor_test, hands_on_connections_with_their_particulars) {
  open();
  auto dialled = knock(make_identity(2).fingerprint());
  ASSERT_FALSE(dialled.error) << dialled.error.text();
  l.run_until([&] { return accepted.size() == 1; });
  const auto& here = accepted[0]->info();
  const auto& there = dialled.connection->info();
  EXPECT_EQ(here.remote, make_identity(1).fingerprint());
  EXPECT_EQ(here.remote_key, make_identity(1).key());
  EXPECT_EQ(there.remote, make_identity(2).fingerprint());
  EXPECT_EQ(here.remote_endpoint, there.local_endpoint);
  EXPECT_EQ(here.local_endpoint, there.remote_endpoint);
  EXPECT_TRUE(there.dialled);
  EXPECT_FALSE(here.dialled || here.crossed || there.crossed);
  EXPECT_EQ(door->counts().established, 1u);
  EXPECT_EQ(door->counts().waiting, 1u);
  accepted[0]->set_authenticated();
  l.run_until([&] { return door->counts().waiting == 0; });
}

TEST_F(acceptor_test, a_wrong_key_is_reported_to_the_dialler) {
  open();
  auto dialled = knock(make_identity(9).fingerprint());
  EXPECT_EQ(dialled.error.error, errc::key_mismatch);
  EXPECT_EQ(dialled.met, make_identity(2).fingerprint());
  EXPECT_EQ(dialled.connection, nullptr);
  l.run_until([&] { return door->counts().failed == 1; });
  EXPECT_TRUE(accepted.empty());
}

TEST_F(acceptor_test, refused_dials_say_why) {
  open();
  door->stop();
  l.poll();
  auto dialled = knock();
  EXPECT_EQ(dialled.error.text(), "connection refused");
  EXPECT_FALSE(dialled.awaits_accept);
}

TEST_F(acceptor_test, idle_strangers_do_not_keep_honest_users_out) {
  acceptor_config config;
  config.admission = {.total_max = 8, .per_group_max = 8};
  open(config);
  std::vector<std::unique_ptr<stream>> strangers;
  for (int i = 0; i < 50; ++i) strangers.push_back(knock_silently());
  l.run_until([&] { return door->counts().accepted == 50; });
  auto honest = knock();
  ASSERT_FALSE(honest.error) << honest.error.text();
  l.run_until([&] { return accepted.size() == 1; });
  auto handler = std::make_shared<quiet_handler>();
  start_connection(accepted[0], handler);
  // It has come further than they: more strangers drop one another, not it.
  for (int i = 0; i < 50; ++i) strangers.push_back(knock_silently());
  l.run_until([&] { return door->counts().accepted == 101; });
  EXPECT_EQ(handler->ends, 0);
  EXPECT_LE(door->counts().waiting, 8u);
  EXPECT_GE(door->counts().dropped, 90u);
}

TEST_F(acceptor_test, who_does_not_log_in_is_sent_away_with_the_reason) {
  acceptor_config config;
  config.login_timeout = std::chrono::milliseconds{300};
  open(config);
  auto dialled = knock();
  ASSERT_FALSE(dialled.error) << dialled.error.text();
  auto handler = std::make_shared<quiet_handler>(), here = std::make_shared<quiet_handler>();
  start_connection(dialled.connection, handler);
  l.run_until([&] { return accepted.size() == 1; });
  start_connection(accepted[0], here);
  l.run_until([&] { return handler->ends == 1 && here->ends == 1; });
  EXPECT_EQ(handler->end.reason, close_reason::refused);
  EXPECT_EQ(handler->end.code, "login-timeout");
  EXPECT_EQ(door->counts().waiting, 0u);
}

TEST_F(acceptor_test, silent_connections_end_at_the_deadline) {
  acceptor_config config;
  config.login_timeout = std::chrono::milliseconds{100};
  open(config);
  auto silent = knock_silently();
  std::array<std::byte, 1> space;
  auto end = l.run(read_some(*silent, space));
  EXPECT_TRUE(end.error);
  EXPECT_EQ(door->counts().failed, 1u);
}

TEST_F(acceptor_test, stopping_ends_handshakes_and_keeps_connections) {
  open();
  auto dialled = knock();
  l.run_until([&] { return accepted.size() == 1; });
  auto handler = std::make_shared<quiet_handler>();
  start_connection(dialled.connection, handler);
  auto silent = knock_silently();
  l.run_until([&] { return door->counts().accepted == 2; });
  door->stop();
  std::array<std::byte, 1> space;
  EXPECT_TRUE(l.run(read_some(*silent, space)).error);
  EXPECT_EQ(handler->ends, 0);
  accepted.clear();
  l.run_until([&] { return handler->ends == 1; });
}

}  // namespace
}  // namespace hobnob::test
