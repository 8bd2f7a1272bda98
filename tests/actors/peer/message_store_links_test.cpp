// The message store at its links, and as the peer's front.

#include "actors/peer/message_frames.hpp"
#include "actors/peer/message_store.hpp"
#include "tests/actors/core/message_for_test.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using core::id_for_test;
using words = std::vector<std::string>;

/// Keeps in words what a subscriber is told.
peer_subscriber_actor::behavior_type listener(peer_subscriber_actor::pointer,
                                              std::shared_ptr<words> heard) {
  return {[](const session_changed&) {},
          [](const presence_changed&) {},
          [](const link_changed&) {},
          [=](const text_received& e) { heard->push_back(e.from + ": " + e.text); },
          [=](const application_message_received& e) { heard->push_back("on " + e.channel); },
          [=](const message_progress& e) {
            static const char* const states[] = {"queued", "sent", "delivered", "failed"};
            heard->push_back(std::to_string(e.id[0]) + " " + states[static_cast<int>(e.state)]);
          },
          [](peer_stopped) {}};
}

/// A hub that decides nothing by itself.
peer_actor::behavior_type undecided_hub(peer_actor::pointer,
                                        std::shared_ptr<std::vector<send_text>> asked) {
  return {[](const add_subscriber&) {},
          [=](const send_text& order) { asked->push_back(order); },
          [](const send_application_message&) {},
          [](get_users) { return user_list{}; },
          [](get_status) {
            peer_status status;
            status.user = "ann";
            return status;
          },
          [](const ping_user&) { return ping_result{}; },
          [](const verify_user&) { return verify_result{}; },
          [](const want_link&) {},
          [](stop_peer) {}};
}

struct MessageStoreLinks : test::actors_test {
  static constexpr std::uint64_t number = 7;

  MessageStoreLinks() {
    message_store_config config;
    config.epoch = 1;
    config.wall_ms = [] { return std::int64_t{1234}; };
    store = spawn(system(), message_store, config);
    tell(serve_hub{spawn(system(), undecided_hub, asked)});
    tell(tell_subscriber{spawn(system(), listener, heard)});
  }

  template <class Message>
  void tell(Message message) {
    self()->send(store, std::move(message));
    run();
  }

  void route(std::uint64_t to) {
    route_changed order;
    order.user = bob;
    order.name = "bob";
    order.path = path_kind::lan;
    order.route = to;
    tell(order);
  }
  void link_up() {
    tell(link_ready{number, bob, "bob", path_kind::lan, connection});
    route(number);
  }

  void say(std::uint8_t id) { tell(send_text{"bob", id_for_test(id), "hello"}); }
  void shout(std::uint8_t id) {
    send_application_message order;
    order.to = "bob";
    order.id = id_for_test(id);
    order.channel = "app";
    order.acknowledged = false;
    tell(order);
  }

  void bring(frame_type type, bytes payload) {
    const auto batch = test::make_batch({{type, std::move(payload)}});
    tell(link_frames{number, batch, batch->wire_size()});
  }

  words take_heard() { return std::exchange(*heard, {}); }

  fingerprint bob{.octets = {2}};
  std::shared_ptr<test::fake_connection> connection = std::make_shared<test::fake_connection>();
  std::shared_ptr<words> heard = std::make_shared<words>();
  std::shared_ptr<std::vector<send_text>> asked = std::make_shared<std::vector<send_text>>();
  message_store_actor store;
};

TEST_F(MessageStoreLinks, WritesToTheConnectionOfTheRoutesLink) {
  link_up();
  say(1);
  EXPECT_EQ(connection->count(frame_type::message), 1u);
  EXPECT_EQ(take_heard(), (words{"1 queued", "1 sent"}));
}

TEST_F(MessageStoreLinks, ShowsConfirmsAndAcknowledgesWhatALinkBrings) {
  link_up();
  auto message = core::message_for_test(1, "hi");
  message.epoch = 5;
  message.sequence = message.floor = 1;
  test::fake_connection bobs_end;
  send_message(bobs_end, message);
  bring(frame_type::message, bobs_end.sent[0].payload);
  EXPECT_EQ(take_heard(), words{"bob: hi"});
  EXPECT_EQ(connection->count(frame_type::receipt), 1u);
  EXPECT_EQ(connection->acknowledged, frame_header_size + bobs_end.sent[0].payload.size());
}

TEST_F(MessageStoreLinks, ClosesALinkThatBringsWhatDoesNotCheck) {
  link_up();
  bring(frame_type::message, bytes(10));
  ASSERT_TRUE(connection->closed);
  EXPECT_EQ(connection->closed->reason, close_reason::protocol);
}

TEST_F(MessageStoreLinks, HoldsBackFromTheMomentTheConnectionIsFull) {
  link_up();
  connection->status = send_status::full;
  say(1);
  say(2);
  shout(3);
  EXPECT_EQ(connection->count(frame_type::message), 1u);
  connection->status = send_status::sent;
  tell(carrier_blocked{bob, number, false});
  EXPECT_EQ(connection->count(frame_type::message), 3u);
}

TEST_F(MessageStoreLinks, ClosesAConnectionThatTakesNoMore) {
  link_up();
  connection->status = send_status::overflow;
  say(1);
  ASSERT_TRUE(connection->closed);
  EXPECT_EQ(connection->closed->reason, close_reason::overflow);
}

TEST_F(MessageStoreLinks, SendsAgainOnTheNextLinkWhatWasNotConfirmed) {
  link_up();
  say(1);
  tell(link_gone{number});
  const auto next = std::make_shared<test::fake_connection>();
  tell(link_ready{number + 1, bob, "bob", path_kind::lan, next});
  route(number + 1);
  EXPECT_EQ(next->count(frame_type::message), 1u);
}

TEST_F(MessageStoreLinks, TellsOfAnUnacknowledgedMessageOnlyIfItHasToWait) {
  link_up();
  shout(1);
  EXPECT_EQ(connection->count(frame_type::message), 1u);
  EXPECT_EQ(take_heard(), words{});
  tell(carrier_blocked{bob, number, true});
  shout(2);
  EXPECT_EQ(take_heard(), words{"2 queued"});
  tell(carrier_blocked{bob, number, false});
  EXPECT_EQ(take_heard(), words{"2 sent"});
}

TEST_F(MessageStoreLinks, LeavesToTheHubWhatHasNoRouteAndKeepsTheOrder) {
  say(1);
  ASSERT_EQ(asked->size(), 1u);
  link_up();
  say(2);
  ASSERT_EQ(asked->size(), 2u) << "it may not overtake the first";
  EXPECT_TRUE(connection->sent.empty());
  tell(keep_message{asked->at(0)});
  EXPECT_EQ(connection->count(frame_type::message), 1u);
  say(3);
  EXPECT_EQ(asked->size(), 3u);
  tell(message_dropped{"bob"});
  tell(keep_message{asked->at(2)});
  say(4);
  EXPECT_EQ(asked->size(), 3u) << "the hub has decided about all";
  EXPECT_EQ(connection->count(frame_type::message), 3u);
}

TEST_F(MessageStoreLinks, ANewSubscriberHearsOfWhatIsSentAfterHim) {
  link_up();
  const auto news = std::make_shared<words>();
  const auto newcomer = spawn(system(), listener, news);
  tell(add_subscriber{newcomer});
  say(1);
  ASSERT_EQ(asked->size(), 1u) << "it waits behind him at the hub";
  tell(tell_subscriber{newcomer});
  tell(keep_message{asked->at(0)});
  EXPECT_EQ(*news, (words{"1 queued", "1 sent"}));
  say(2);
  EXPECT_EQ(asked->size(), 1u);
}

TEST_F(MessageStoreLinks, LeavesEverythingToAHubThatStops) {
  link_up();
  tell(stop_peer{});
  say(1);
  EXPECT_EQ(asked->size(), 1u);
  EXPECT_TRUE(connection->sent.empty());
}

TEST_F(MessageStoreLinks, HandsQuestionsOnToTheHub) {
  EXPECT_EQ(ask<peer_status>(store, get_status{}).user, "ann");
}

}  // namespace
}  // namespace hobnob
