#include "actors/peer/message_store.hpp"

#include "actors/peer/message_frames.hpp"
#include "tests/actors/core/message_for_test.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using core::id_for_test;

fingerprint fingerprint_for_test(std::uint8_t number) {
  fingerprint id;
  id.octets.fill(number);
  return id;
}

/// What subscribers were told, in words.
struct events {
  std::vector<std::string> all;

  std::vector<std::string> take() { return std::exchange(all, {}); }
};

peer_subscriber_actor::behavior_type record_events(peer_subscriber_actor::pointer,
                                                   std::shared_ptr<events> log) {
  const auto number = [](const message_id& id) { return std::to_string(id[0]); };
  return {
      [](const session_changed&) {},
      [](const presence_changed&) {},
      [](const link_changed&) {},
      [=](const text_received& e) {
        log->all.push_back((e.after_gap ? "... " : "") + e.from + ": " + e.text +
                           (e.path == path_kind::relay ? " by relay" : ""));
      },
      [=](const application_message_received& e) {
        log->all.push_back(e.from + " on " + e.channel + ": " + std::to_string(e.content.size()));
      },
      [=](const message_progress& e) {
        static const char* const states[] = {"queued", "sent", "delivered", "failed"};
        auto text = number(e.id) + " " + states[static_cast<int>(e.state)];
        if (e.state == message_state::failed) text += " " + e.code;
        if (e.path == path_kind::relay) text += " by relay";
        log->all.push_back(text);
      },
      [](peer_stopped) {}};
}

/// A carrier: either keeps what it is given, or brings it to another store.
struct wire_log {
  std::vector<core::message> messages;
  std::vector<core::receipt> receipts;
  message_store_actor to;  ///< Null: nothing arrives.
  fingerprint as;
  std::string as_name;
  path_kind path = path_kind::lan;
  message_carrier_actor back;  ///< The other side's end.
};

message_carrier_actor::behavior_type carrier(message_carrier_actor::pointer self,
                                             std::shared_ptr<wire_log> log) {
  const auto bring = [=](const test::fake_connection& link) {
    if (!log->to) return;
    frames_arrived arrived{log->as, log->as_name, log->path, log->back, {}};
    for (const auto& f : link.sent) arrived.frames.push_back({f.type, shared_slice::of(f.payload)});
    self->send(log->to, std::move(arrived));
  };
  return {[=](const carry_messages& order) {
            test::fake_connection link;
            for (const auto& m : order.messages) {
              log->messages.push_back(m);
              send_message(link, m);
            }
            bring(link);
          },
          [=](const carry_receipts& order) {
            test::fake_connection link;
            log->receipts.insert(log->receipts.end(), order.receipts.begin(), order.receipts.end());
            send_receipts(link, order.receipts);
            bring(link);
          }};
}

struct MessageStore : test::actors_test {
  MessageStore() {
    store = start_store(1, log);
    route_to_bob(link, path_kind::lan);
  }

  message_store_actor start_store(std::uint64_t epoch, std::shared_ptr<events> to) {
    message_store_config config;
    config.epoch = epoch;
    config.wall_ms = [] { return std::int64_t{1234}; };
    auto started = spawn(system(), message_store, config);
    tell(started, tell_subscriber{spawn(system(), record_events, std::move(to))});
    return started;
  }

  template <class Message>
  void tell(const message_store_actor& to, Message message) {
    self()->send(to, std::move(message));
    run();
  }
  template <class Message>
  void tell(Message message) {
    tell(store, std::move(message));
  }

  void route_to_bob(const std::shared_ptr<wire_log>& by, path_kind path) {
    route_changed order;
    order.user = bob;
    order.name = "bob";
    order.carrier = spawn(system(), carrier, by);
    order.path = path;
    order.route = ++last_route;
    tell(order);
  }
  void no_route_to_bob(bool gone) {
    route_changed order;
    order.user = bob;
    order.name = "bob";
    order.gone = gone;
    tell(order);
  }

  void send(std::uint8_t number, const std::string& text = "hello", bool require_direct = false) {
    tell(send_text{"bob", id_for_test(number), text, 30s, require_direct});
  }

  /// What Bob would send.
  void arrive(const std::vector<core::message>& messages) {
    test::fake_connection bobs_end;
    for (const auto& m : messages) send_message(bobs_end, m);
    frames_arrived arrived{bob, "bob", path_kind::lan, spawn(system(), carrier, answers), {}};
    for (const auto& f : bobs_end.sent)
      arrived.frames.push_back({f.type, shared_slice::of(f.payload)});
    tell(arrived);
  }
  void confirm(std::uint8_t number) {
    test::fake_connection bobs_end;
    send_receipts(bobs_end, std::vector{core::receipt{id_for_test(number)}});
    tell(frames_arrived{bob,
                        "bob",
                        path_kind::lan,
                        {},
                        {{frame_type::receipt, shared_slice::of(bobs_end.sent[0].payload)}}});
  }
  static core::message from_bob(std::uint64_t sequence, const std::string& text = "hi") {
    auto m = core::message_for_test(sequence, text);
    m.epoch = 5;
    m.sequence = sequence;
    m.floor = 1;
    return m;
  }

  using told = std::vector<std::string>;

  fingerprint bob = fingerprint_for_test(2);
  std::shared_ptr<events> log = std::make_shared<events>();
  std::shared_ptr<wire_log> link = std::make_shared<wire_log>();
  std::shared_ptr<wire_log> relay = std::make_shared<wire_log>();
  std::shared_ptr<wire_log> answers = std::make_shared<wire_log>();
  std::uint64_t last_route = 0;
  message_store_actor store;
};

TEST_F(MessageStore, TellsHowFarAMessageHasCome) {
  send(1);
  EXPECT_EQ(log->take(), (told{"1 queued", "1 sent"}));
  ASSERT_EQ(link->messages.size(), 1u);
  EXPECT_EQ(link->messages[0].epoch, 1u);
  EXPECT_EQ(link->messages[0].sent_at_ms, 1234);
  confirm(1);
  EXPECT_EQ(log->take(), told{"1 delivered"});
}

TEST_F(MessageStore, CountsWhatIsNeitherDeliveredNorFailed) {
  const auto waiting = [this] { return ask<message_count>(store, count_messages{}).waiting; };
  EXPECT_EQ(waiting(), 0u);
  send(1);
  EXPECT_EQ(waiting(), 1u) << "on its way, but not confirmed";
  confirm(1);
  EXPECT_EQ(waiting(), 0u);
  no_route_to_bob(false);
  send(2);
  EXPECT_EQ(waiting(), 1u);
  no_route_to_bob(true);
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(MessageStore, SendsAgainByTheRelayWhenTheLinkDies) {
  send(1);
  no_route_to_bob(false);
  log->take();
  route_to_bob(relay, path_kind::relay);
  EXPECT_EQ(log->take(), told{"1 sent by relay"});
  ASSERT_EQ(relay->messages.size(), 1u);
  EXPECT_EQ(relay->messages[0].id, link->messages[0].id);
  EXPECT_EQ(relay->messages[0].sequence, link->messages[0].sequence);
}

TEST_F(MessageStore, FailsWhatWaitsWhenTheUserLeaves) {
  send(1);
  no_route_to_bob(false);
  send(2);
  log->take();
  no_route_to_bob(true);
  EXPECT_EQ(log->take(), (told{"1 failed unconfirmed", "2 failed offline"}));
}

TEST_F(MessageStore, FailsWhatIsNotDeliveredInTime) {
  send(1);
  log->take();
  pass(29s);
  EXPECT_TRUE(log->all.empty());
  pass(1s);
  EXPECT_EQ(log->take(), told{"1 failed timeout"});
}

TEST_F(MessageStore, FailsAtOnceWhatCanNeverBeSent) {
  tell(send_text{"nobody", id_for_test(1), "x", 30s, false});
  tell(send_text{"bob", id_for_test(2), std::string(32 * 1024 + 1, 'x'), 30s, false});
  tell(send_text{"bob", id_for_test(3), "\xff", 30s, false});
  send_application_message order;
  order.to = "bob";
  order.channel = "Bad Channel";
  order.id = id_for_test(4);
  tell(order);
  order.channel = "app";
  order.id = id_for_test(5);
  order.content = shared_slice::of(bytes(1024 * 1024 + 1));
  tell(order);
  EXPECT_EQ(log->take(),
            (told{"1 failed unknown-user", "2 failed too-large", "3 failed invalid-text",
                  "4 failed bad-channel", "5 failed too-large"}));
  EXPECT_TRUE(link->messages.empty());
}

TEST_F(MessageStore, DoesNotRelayWhatRequiresALink) {
  route_to_bob(relay, path_kind::relay);
  send(1, "hello", true);
  EXPECT_EQ(log->take(), told{"1 queued"});
  pass(5s);
  EXPECT_EQ(log->take(), told{"1 failed require-direct"});
  EXPECT_TRUE(relay->messages.empty());
}

TEST_F(MessageStore, TriesAgainAfterAPauseWhenTheRelayIsBusy) {
  route_to_bob(relay, path_kind::relay);
  send(1);
  tell(messages_refused{bob, last_route, {id_for_test(1)}, "busy"});
  EXPECT_EQ(relay->messages.size(), 1u);
  pass(50ms);
  EXPECT_EQ(relay->messages.size(), 2u);
}

TEST_F(MessageStore, HoldsBackWhileTheCarrierIsFull) {
  tell(carrier_blocked{bob, last_route, true});
  send(1);
  EXPECT_TRUE(link->messages.empty());
  tell(carrier_blocked{bob, last_route, false});
  EXPECT_EQ(link->messages.size(), 1u);
}

TEST_F(MessageStore, GivesTheCarrierMuchInSeveralHelpings) {
  no_route_to_bob(false);
  send_application_message order;
  order.to = "bob";
  order.channel = "app";
  order.acknowledged = false;
  order.content = shared_slice::of(bytes(200 * 1024));
  for (std::uint8_t n = 1; n <= 20; ++n) {
    order.id = id_for_test(n);
    tell(order);
  }
  route_to_bob(link, path_kind::lan);
  EXPECT_EQ(link->messages.size(), 20u);
}

TEST_F(MessageStore, ShowsAndConfirmsWhatComes) {
  arrive({from_bob(1), from_bob(2, "there")});
  EXPECT_EQ(log->take(), (told{"bob: hi", "bob: there"}));
  EXPECT_EQ(answers->receipts.size(), 2u);
  arrive({from_bob(1)});
  EXPECT_TRUE(log->all.empty());
  EXPECT_EQ(answers->receipts.size(), 3u);
}

TEST_F(MessageStore, WaitsForAGapButNotForEver) {
  arrive({from_bob(2)});
  EXPECT_TRUE(log->all.empty());
  EXPECT_TRUE(answers->receipts.empty());
  pass(30s);
  EXPECT_EQ(log->take(), told{"... bob: hi"});
  EXPECT_EQ(answers->receipts.size(), 1u);
}

TEST_F(MessageStore, RefusesTextThatIsNone) {
  arrive({from_bob(1, "\xc0\x80"), from_bob(2, std::string(32 * 1024 + 1, 'x')), from_bob(3)});
  EXPECT_EQ(log->take(), told{"bob: hi"});
  ASSERT_EQ(answers->receipts.size(), 3u);
  EXPECT_EQ(answers->receipts[0].status, core::receipt_status::refused);
  EXPECT_EQ(answers->receipts[1].status, core::receipt_status::too_large);
  EXPECT_EQ(answers->receipts[2].status, core::receipt_status::delivered);
}

TEST_F(MessageStore, IgnoresFramesThatMakeNoSense) {
  frames_arrived arrived{bob, "bob", path_kind::lan, {}, {}};
  arrived.frames.push_back({frame_type::message, shared_slice::of(bytes(10))});
  arrived.frames.push_back({frame_type::receipt, shared_slice::of(bytes(10))});
  arrived.frames.push_back({frame_type::control, shared_slice::of(bytes(10))});
  tell(arrived);
  send(1);
  EXPECT_EQ(log->take(), (told{"1 queued", "1 sent"}));
}

TEST_F(MessageStore, KnowsAUserUnderANewName) {
  route_changed renamed;
  renamed.user = bob;
  renamed.name = "robert";
  renamed.carrier = spawn(system(), carrier, link);
  renamed.path = path_kind::lan;
  renamed.route = ++last_route;
  tell(renamed);
  tell(send_text{"robert", id_for_test(1), "x", 30s, false});
  EXPECT_EQ(log->take(), (told{"1 queued", "1 sent"}));
}

/// Two stores, each the other's only user.
struct TwoStores : MessageStore {
  TwoStores() {
    bobs_store = start_store(2, bobs_log);
    connect(path_kind::lan);
  }

  void connect(path_kind path) {
    auto to_bob = std::make_shared<wire_log>();
    auto to_ann = std::make_shared<wire_log>();
    to_bob->to = bobs_store;
    to_bob->as = ann;
    to_bob->as_name = "ann";
    to_ann->to = store;
    to_ann->as = bob;
    to_ann->as_name = "bob";
    to_bob->path = to_ann->path = path;
    to_bob->back = spawn(system(), carrier, to_ann);
    to_ann->back = spawn(system(), carrier, to_bob);
    link = to_bob;
    route_changed order;
    order.path = path;
    order.user = bob;
    order.name = "bob";
    order.carrier = to_ann->back;
    order.route = ++last_route;
    tell(store, order);
    order.user = ann;
    order.name = "ann";
    order.carrier = to_bob->back;
    order.route = ++last_route;
    tell(bobs_store, order);
  }

  fingerprint ann = fingerprint_for_test(1);
  std::shared_ptr<events> bobs_log = std::make_shared<events>();
  message_store_actor bobs_store;
};

TEST_F(TwoStores, WhatIsUnderWayWhenThePeerStopsHasFailed) {
  send(1);
  link->to = nullptr;  // From here on nothing arrives.
  send(2);
  log->take();
  EXPECT_EQ(ask<message_count>(store, settle_messages{}).waiting, 1u);
  EXPECT_EQ(log->take(), told{"2 failed stopped"});
  EXPECT_EQ(ask<message_count>(store, count_messages{}).waiting, 0u);
}

TEST_F(TwoStores, Talk) {
  log->take();
  send(1);
  EXPECT_EQ(bobs_log->take(), told{"ann: hello"});
  EXPECT_EQ(log->take(), (told{"1 queued", "1 sent", "1 delivered"}));
  tell(bobs_store, send_text{"ann", id_for_test(9), "and you?", 30s, false});
  EXPECT_EQ(log->take(), told{"bob: and you?"});
}

TEST_F(TwoStores, CarryLargeApplicationMessages) {
  send_application_message order;
  order.to = "bob";
  order.channel = "blob";
  order.id = id_for_test(3);
  order.content = shared_slice::of(bytes(1024 * 1024));
  tell(order);
  EXPECT_EQ(bobs_log->take(), told{"ann on blob: 1048576"});
  EXPECT_EQ(log->take(), (told{"3 queued", "3 sent", "3 delivered"}));
}

TEST_F(TwoStores, ShowOnceWhatCameTwoWays) {
  send(1);
  bobs_log->take();
  link->to = nullptr;  // From here on nothing arrives.
  send(2);
  log->take();
  connect(path_kind::relay);
  EXPECT_EQ(bobs_log->take(), told{"ann: hello by relay"});
  EXPECT_EQ(log->take(), (told{"2 sent by relay", "2 delivered by relay"}));
}

}  // namespace
}  // namespace hobnob
