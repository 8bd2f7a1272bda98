#include "tests/actors/core/outbox_for_test.hpp"

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

TEST_F(Outbox, SendsAndForgetsWhatIsDelivered) {
  box.change_route(link, now, out);
  push(1);
  push(2);
  EXPECT_EQ(carried(), "1:1/1 2:2/1");
  EXPECT_EQ(reported(), (reports{"1 sent@1", "2 sent@1"}));
  confirm(1);
  confirm(2);
  EXPECT_EQ(reported(), (reports{"1 delivered@1", "2 delivered@1"}));
  EXPECT_EQ(box.size(), 0u);
  push(3);
  EXPECT_EQ(carried(), "3:3/3");
}

TEST_F(Outbox, KeepsMessagesUntilThereIsARoute) {
  push(1);
  EXPECT_EQ(carried(), "");
  box.change_route(relay, now, out);
  EXPECT_EQ(carried(), "1:1/1");
}

TEST_F(Outbox, SendsWhatIsInFlightAgainOnANewRoute) {
  box.change_route(link, now, out);
  push(1);
  push(2);
  push(3);
  confirm(2);
  carried();
  reported();
  box.change_route(nowhere, now, out);
  EXPECT_EQ(carried(), "");
  box.change_route(relay, now, out);
  EXPECT_EQ(carried(), "1:1/1 3:3/1");
  EXPECT_EQ(reported(), (reports{"1 sent@6", "3 sent@6"}));
  confirm(1);
  EXPECT_EQ(reported(), (reports{"1 delivered@6"}));
}

TEST_F(Outbox, DoesNotRepeatAnythingWhenTheSameRouteIsToldAgain) {
  box.change_route(link, now, out);
  push(1);
  carried();
  box.change_route(link, now, out);
  EXPECT_EQ(carried(), "");
}

TEST_F(Outbox, RaisesTheFloorOverAFailedMessage) {
  box.change_route(link, now, out);
  push(1, 1s);
  push(2);
  carried();
  reported();
  tick_at(now + 1s);
  EXPECT_EQ(reported(), (reports{"1 timeout"}));
  EXPECT_EQ(carried(), "2:2/2") << "the receiver may be waiting for 1";
  push(3);
  EXPECT_EQ(carried(), "3:3/2");
}

TEST_F(Outbox, TellsTheReceiverWhenSomethingBetweenWillNeverCome) {
  box.change_route(link, now, out);
  push(1);
  push(2, 1s);
  push(3);
  box.change_route(nowhere, now, out);
  tick_at(now + 1s);
  carried();
  box.change_route(second_link, now, out);
  EXPECT_EQ(carried(), "1:1/1 3:3/1");
  confirm(1);
  EXPECT_EQ(carried(), "3:3/3") << "the receiver would wait for 2";
  confirm(3);
  EXPECT_EQ(carried(), "");
}

TEST_F(Outbox, TellsTheReceiverThatAnUnacknowledgedMessageIsLost) {
  box.change_route(link, now, out);
  push(1);
  auto fire_and_forget = message_for_test(2);
  fire_and_forget.acknowledged = false;
  box.push(fire_and_forget, now + 30s, false, now, out);
  push(3);
  EXPECT_EQ(carried(), "1:1/1 2:2/1 3:3/1");
  box.change_route(second_link, now, out);
  EXPECT_EQ(carried(), "1:1/1 3:3/1");
  confirm(1);
  EXPECT_EQ(carried(), "3:3/3");
}

TEST_F(Outbox, GivesNoSequenceToWhatFailsUnsent) {
  push(1, 1s);
  push(2);
  tick_at(now + 1s);
  box.change_route(link, now, out);
  EXPECT_EQ(carried(), "2:1/1");
  EXPECT_EQ(reported(), (reports{"1 timeout", "2 sent@1"}));
}

TEST_F(Outbox, WakesForTheEarliestDeadline) {
  EXPECT_FALSE(box.deadline());
  push(1, 10s);
  push(2, 5s);
  EXPECT_EQ(box.deadline(), now + 5s);
  tick_at(now + 5s);
  EXPECT_EQ(box.deadline(), now + 5s);
  tick_at(now + 5s);
  EXPECT_FALSE(box.deadline());
  EXPECT_EQ(box.size(), 0u);
}

TEST_F(Outbox, TellsOfflineFromUnconfirmedWhenTheUserLeaves) {
  box.change_route(link, now, out);
  push(1);
  box.change_route(nowhere, now, out);
  push(2);
  reported();
  box.recipient_gone(out);
  EXPECT_EQ(reported(), (reports{"1 unconfirmed", "2 offline"}));
  EXPECT_EQ(box.size(), 0u);
  EXPECT_FALSE(box.deadline());
}

TEST_F(Outbox, StartsWhereItWasWhenTheUserComesBack) {
  box.change_route(link, now, out);
  push(1);
  box.recipient_gone(out);
  carried();
  push(2);
  box.change_route(second_link, now, out);
  EXPECT_EQ(carried(), "2:2/2");
}

TEST_F(Outbox, EverythingFailsWhenItsSenderStops) {
  box.change_route(link, now, out);
  push(1);
  box.set_blocked(link.id, true, now, out);
  push(2);
  reported();
  box.stop(out);
  EXPECT_EQ(reported(), (reports{"1 stopped", "2 stopped"}));
  EXPECT_EQ(box.size(), 0u);
  EXPECT_FALSE(box.deadline());
}

TEST_F(Outbox, RejectsAReceiptForWhatWasNeverSent) {
  push(1);
  EXPECT_FALSE(box.take_receipt({id_for_test(1), receipt_status::delivered}, now, out));
  EXPECT_TRUE(reported().empty());
  EXPECT_EQ(box.size(), 1u);
  EXPECT_TRUE(box.take_receipt({id_for_test(99), receipt_status::delivered}, now, out));
}

TEST_F(Outbox, SendsUnacknowledgedMessagesOnceInTheirPlace) {
  auto fire_and_forget = message_for_test(1, "x");
  fire_and_forget.acknowledged = false;
  box.push(fire_and_forget, now + 30s, false, now, out);
  push(2);
  box.change_route(link, now, out);
  EXPECT_EQ(carried(), "1:1/1 2:2/2");
  EXPECT_EQ(box.size(), 1u);
  box.change_route(relay, now, out);
  EXPECT_EQ(carried(), "2:2/2");
}

TEST_F(Outbox, LetsAnUnacknowledgedMessagePassThatHasNothingBeforeIt) {
  const auto shout = [](std::uint64_t number) {
    auto m = message_for_test(number, "x", "app");
    m.acknowledged = false;
    return m;
  };
  auto first = shout(1);
  EXPECT_FALSE(box.pass(first, false)) << "no way";
  box.change_route(relay, now, out);
  EXPECT_FALSE(box.pass(first, true)) << "no link";
  EXPECT_TRUE(box.pass(first, false));
  EXPECT_EQ(first.sequence, 1u);
  EXPECT_EQ(first.floor, 1u);
  EXPECT_EQ(box.size(), 0u);
  box.set_blocked(relay.id, true, now, out);
  auto second = shout(2);
  EXPECT_FALSE(box.pass(second, false)) << "the carrier is full";
  box.push(std::move(second), now + 30s, false, now, out);
  auto third = shout(3);
  box.set_blocked(relay.id, false, now, out);
  EXPECT_EQ(carried(), "2:2/2");
  EXPECT_TRUE(box.pass(third, false));
  EXPECT_EQ(third.sequence, 3u);
  auto kept = message_for_test(4, "x", "app");
  EXPECT_FALSE(box.pass(kept, false)) << "acknowledged";
}

TEST_F(Outbox, HoldsBackWhileTheCarrierIsFull) {
  box.change_route(link, now, out);
  box.set_blocked(link.id, true, now, out);
  push(1);
  EXPECT_EQ(carried(), "");
  box.set_blocked(relay.id, false, now, out);
  EXPECT_EQ(carried(), "");
  box.set_blocked(link.id, false, now, out);
  EXPECT_EQ(carried(), "1:1/1");
}

TEST_F(Outbox, ANewRouteIsNotBlocked) {
  box.change_route(link, now, out);
  box.set_blocked(link.id, true, now, out);
  push(1);
  box.change_route(relay, now, out);
  EXPECT_EQ(carried(), "1:1/1");
}

TEST_F(Outbox, SendsOnlyAWindowAheadOfTheReceipts) {
  box.change_route(link, now, out);
  for (std::uint64_t n = 1; n <= 1001; ++n) push(n);
  while (std::exchange(out.yielded, false)) box.resume(now, out);
  EXPECT_EQ(out.carry.size(), 1000u);
  out.carry.clear();
  confirm(1);
  EXPECT_EQ(carried(), "1001:1001/2");
}

TEST_F(Outbox, LeavesRoomInTheWindowForTheUrgent) {
  box.change_route(link, now, out);
  for (std::uint64_t n = 1; n <= 8; ++n) push_sized(n, 512 * 1024, frame_priority::bulk);
  while (std::exchange(out.yielded, false)) box.resume(now, out);
  EXPECT_EQ(out.carry.size(), 6u);
  out.carry.clear();
  push(9);
  EXPECT_EQ(carried(), "9:1/1");
  confirm(9);
  confirm(1);
  EXPECT_EQ(carried(), "7:7/2");
}

TEST_F(Outbox, GivesTheCarrierTimeToSayThatItIsFull) {
  box.change_route(nowhere, now, out);
  for (std::uint64_t n = 1; n <= 4; ++n) push_sized(n, 200 * 1024, frame_priority::normal);
  box.change_route(link, now, out);
  EXPECT_TRUE(out.yielded);
  EXPECT_EQ(out.carry.size(), 2u);
  out.yielded = false;
  box.set_blocked(link.id, true, now, out);
  box.resume(now, out);
  EXPECT_EQ(out.carry.size(), 2u);
  box.set_blocked(link.id, false, now, out);
  EXPECT_EQ(out.carry.size(), 4u);
}

TEST_F(Outbox, SendsTheUrgentFirstAndChannelsInTurn) {
  push_sized(1, 1, frame_priority::bulk, "bulk");
  push_sized(2, 1, frame_priority::normal, "a");
  push_sized(3, 1, frame_priority::normal, "a");
  push_sized(4, 1, frame_priority::normal, "b");
  push(5);
  box.change_route(link, now, out);
  EXPECT_EQ(carried(), "5:1/1 2:1/1 4:1/1 3:2/1 1:1/1");
}

TEST_F(Outbox, RefusesMoreThanItMayHold) {
  for (std::uint64_t n = 1; n <= 5001; ++n) push(n);
  EXPECT_EQ(reported(), (reports{"5001 overflow"}));
  outbox other{7};
  for (std::uint64_t n = 1; n <= 17; ++n) {
    auto m = message_for_test(n, std::string(1024 * 1024, 'x'), "app");
    other.push(std::move(m), now + 30s, false, now, out);
  }
  EXPECT_EQ(reported(), (reports{"17 overflow"}));
}

TEST_F(Outbox, RefusesASecondMessageWithTheSameId) {
  push(1);
  push(1);
  EXPECT_EQ(reported(), (reports{"1 duplicate-id"}));
  EXPECT_EQ(box.size(), 1u);
}

TEST_F(Outbox, DoesNotRelayWhatRequiresALink) {
  box.change_route(relay, now, out);
  push(1, 30s, true);
  push(2);
  EXPECT_EQ(carried(), "") << "order is kept behind it";
  EXPECT_EQ(box.deadline(), now + 5s);
  tick_at(now + 5s);
  EXPECT_EQ(reported(), (reports{"1 require-direct", "2 sent@6"}));
  EXPECT_EQ(carried(), "2:1/1");
}

TEST_F(Outbox, SendsWhatRequiresALinkWhenOneComesInTime) {
  box.change_route(relay, now, out);
  push(1, 30s, true);
  now += 4s;
  box.change_route(link, now, out);
  EXPECT_EQ(carried(), "1:1/1");
  tick_at(now + 2s);
  EXPECT_EQ(reported(), (reports{"1 sent@1"}));
  confirm(1);
  EXPECT_EQ(reported(), (reports{"1 delivered@1"}));
}

TEST_F(Outbox, DoesNotRepeatByTheRelayWhatRequiredALink) {
  box.change_route(link, now, out);
  push(1, 30s, true);
  carried();
  reported();
  box.change_route(relay, now, out);
  EXPECT_EQ(carried(), "");
  tick_at(now + 5s);
  EXPECT_EQ(reported(), (reports{"1 unconfirmed"}));
}

TEST_F(Outbox, SendsAgainWhenNothingIsHeardThroughTheRelay) {
  box.change_route(relay, now, out);
  push(1);
  carried();
  EXPECT_EQ(box.deadline(), now + 5s);
  tick_at(now + 5s);
  EXPECT_EQ(carried(), "1:1/1");
  EXPECT_EQ(box.deadline(), now + 10s);
  confirm(1);
  EXPECT_EQ(reported(), (reports{"1 sent@6", "1 delivered@6"}));
}

TEST_F(Outbox, TrustsALinkToLoseNothing) {
  box.change_route(link, now, out);
  push(1);
  carried();
  EXPECT_EQ(box.deadline(), now + 30s);
}

}  // namespace
}  // namespace hobnob::core
