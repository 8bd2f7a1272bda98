// What the relay, or the receiver, does not take.

#include "tests/actors/core/outbox_for_test.hpp"

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

TEST_F(Outbox, TriesAgainAfterAGrowingPauseWhenTheRelayIsBusy) {
  box.change_route(relay, now, out);
  push(1);
  push(2);
  carried();
  reported();
  refuse(relay, 1, "busy");
  EXPECT_EQ(carried(), "");
  EXPECT_EQ(box.deadline(), now + 50ms);
  push(3);
  EXPECT_EQ(carried(), "");
  tick_at(now + 50ms);
  EXPECT_EQ(carried(), "1:1/1 3:3/1");
  refuse(relay, 1, "busy");
  EXPECT_EQ(box.deadline(), now + 100ms);
  EXPECT_EQ(reported(), (reports{"3 sent@6"}));
  tick_at(now + 100ms);
  EXPECT_EQ(carried(), "1:1/1");
}

TEST_F(Outbox, FailsWhatTheRelayRefuses) {
  box.change_route(relay, now, out);
  push(1);
  push(2);
  reported();
  refuse(relay, 1, "not-allowed");
  refuse(relay, 2, "too-large");
  EXPECT_EQ(reported(), (reports{"1 not-allowed", "2 too-large"}));
}

TEST_F(Outbox, WaitsForTheNextRouteWhereTheRelayKnowsNoSuchSession) {
  box.change_route(relay, now, out);
  push(1);
  push(2);
  carried();
  reported();
  refuse(relay, 1, "offline");
  EXPECT_EQ(carried(), "") << "nor on the route that leads nowhere";
  EXPECT_TRUE(reported().empty());
  box.change_route({.id = relay.id + 1, .path = 6, .relayed = true}, now, out);
  EXPECT_EQ(carried(), "1:1/1 2:2/1");
  reported();
  refuse({.id = relay.id + 1}, 1, "offline");
  refuse({.id = relay.id + 1}, 2, "offline");
  box.recipient_gone(out);
  EXPECT_EQ(reported(), (reports{"1 offline", "2 unconfirmed"}))
      << "what the first route did with the second one is not known";
}

// The connection to the relay drains all the time; the relay may know of the end long before it
// tells it.
TEST_F(Outbox, TriesARouteThatLeadsNowhereAgainWithOneMessageAfterPauses) {
  box.change_route(relay, now, out);
  push(1);
  push(2);
  EXPECT_EQ(carried(), "1:1/1 2:2/1");
  refuse(relay, 2, "offline");
  for (const auto pause : {50ms, 100ms, 200ms}) {
    refuse(relay, 1, "offline");
    box.set_blocked(relay.id, true, now, out);
    box.set_blocked(relay.id, false, now, out);
    EXPECT_EQ(carried(), "");
    const auto until = *box.deadline();
    EXPECT_EQ(until, now + pause);
    tick_at(until);
    EXPECT_EQ(carried(), "1:1/1");
  }
  confirm(1);
  EXPECT_EQ(carried(), "2:2/2") << "it is not so any more";
}

TEST_F(Outbox, KeepsWhatNobodyWouldMissForARouteThatLeadsSomewhere) {
  box.change_route(relay, now, out);
  push(1);
  carried();
  refuse(relay, 1, "offline");
  auto unacknowledged = message_for_test(2, "hello", "telemetry");
  unacknowledged.acknowledged = false;
  EXPECT_FALSE(box.pass(unacknowledged, false));
  box.push(unacknowledged, now + 30s, false, now, out);
  tick_at(now + 50ms);
  EXPECT_EQ(carried(), "1:1/1");
  box.change_route(second_link, now, out);
  EXPECT_EQ(carried(), "2:1/1 1:1/1");
}

TEST_F(Outbox, ANewRouteBeginsWithTheShortestPause) {
  box.change_route(relay, now, out);
  push(1);
  for (int i = 0; i < 5; ++i) {
    refuse(relay, 1, "offline");
    tick_at(*box.deadline());
  }
  const outbox_route next{.id = 9, .path = 6, .relayed = true};
  box.change_route(next, now, out);
  refuse(next, 1, "busy");
  EXPECT_EQ(box.deadline(), now + 50ms);
}

TEST_F(Outbox, IsHonestAboutARefusedMessageThatWasAlsoSentAnotherWay) {
  box.change_route(link, now, out);
  push(1);
  box.change_route(relay, now, out);
  reported();
  refuse(relay, 1, "offline");
  box.recipient_gone(out);
  EXPECT_EQ(reported(), (reports{"1 unconfirmed"}));
}

TEST_F(Outbox, IgnoresRefusalsOfAnOldRoute) {
  box.change_route(relay, now, out);
  push(1);
  box.change_route(link, now, out);
  reported();
  refuse(relay, 1, "offline");
  EXPECT_TRUE(reported().empty());
  confirm(1);
  EXPECT_EQ(reported(), (reports{"1 delivered@1"}));
}

TEST_F(Outbox, ReportsWhatTheReceiverRefuses) {
  box.change_route(link, now, out);
  for (std::uint64_t n = 1; n <= 4; ++n) push(n);
  reported();
  confirm(1, receipt_status::refused);
  confirm(2, receipt_status::too_large);
  confirm(3, receipt_status::unsupported);
  confirm(4, receipt_status::untrusted);
  EXPECT_EQ(reported(),
            (reports{"1 refused", "2 too-large", "3 unsupported", "4 key-not-trusted"}));
}

}  // namespace
}  // namespace hobnob::core
