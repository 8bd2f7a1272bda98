#include "actors/core/outbox.hpp"

#include "tests/actors/core/message_for_test.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using kind = outbox_report::kind;

constexpr outbox_route link{.id = 1, .path = 1, .relayed = false};
constexpr outbox_route relay{.id = 2, .path = 6, .relayed = true};
constexpr outbox_route second_link{.id = 3, .path = 2, .relayed = false};
constexpr outbox_route nowhere{};

std::uint64_t number_of(const std::array<std::uint8_t, 16>& id) {
  std::uint64_t number = 0;
  std::memcpy(&number, id.data(), sizeof number);
  return number;
}

struct Outbox : testing::Test {
  outbox::time_point now{1000s};
  outbox box{7};
  outbox_actions out;

  void push(std::uint64_t number, std::chrono::milliseconds timeout = 30s, bool direct = false) {
    box.push(message_for_test(number), now + timeout, direct, now, out);
  }
  void push_sized(std::uint64_t number, std::size_t size, frame_priority priority,
                  std::string channel = "app") {
    auto m = message_for_test(number, std::string(size, 'x'), std::move(channel));
    m.priority = priority;
    box.push(std::move(m), now + 30s, false, now, out);
  }
  void confirm(std::uint64_t number, receipt_status status = receipt_status::delivered) {
    EXPECT_TRUE(box.take_receipt({id_for_test(number), status}, now, out));
  }
  void refuse(const outbox_route& by, std::uint64_t number, const std::string& code) {
    const std::vector ids(1, id_for_test(number));
    box.refused(by.id, ids, code, now, out);
  }
  void tick_at(outbox::time_point when) {
    now = when;
    box.tick(now, out);
  }

  /// What was handed to the carrier since the last call: "number:sequence/floor".
  std::string carried() {
    std::string all;
    for (const auto& m : out.carry) {
      if (!all.empty()) all += ' ';
      all += std::to_string(number_of(m.id)) + ":" + std::to_string(m.sequence) + "/" +
             std::to_string(m.floor);
    }
    out.carry.clear();
    return all;
  }

  /// What was reported since the last call: "number sent@path", "number delivered@path", "number
  /// code".
  std::vector<std::string> reported() {
    std::vector<std::string> all;
    for (const auto& r : out.reports) {
      auto text = std::to_string(number_of(r.id)) + " ";
      if (r.what == kind::failed) {
        text += r.code;
      } else {
        text += r.what == kind::sent ? "sent@" : "delivered@";
        text += std::to_string(r.path);
      }
      all.push_back(text);
    }
    out.reports.clear();
    return all;
  }
  using reports = std::vector<std::string>;
};

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
TEST_F(Outbox, TriesARouteThatLeadsNowhereAgainOnlyAfterPauses) {
  box.change_route(relay, now, out);
  push(1);
  carried();
  for (const auto pause : {50ms, 100ms, 200ms}) {
    refuse(relay, 1, "offline");
    box.set_blocked(relay.id, true, now, out);
    box.set_blocked(relay.id, false, now, out);
    EXPECT_EQ(carried(), "");
    ASSERT_EQ(box.deadline(), now + pause);
    tick_at(now + pause);
    EXPECT_EQ(carried(), "1:1/1");
  }
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
