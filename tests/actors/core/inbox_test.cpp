#include "actors/core/inbox.hpp"

#include "tests/actors/core/message_for_test.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

receipt_status refuse_bad(const message& m) {
  return text_of(m) == "bad" ? receipt_status::refused : receipt_status::delivered;
}

struct Inbox : testing::Test {
  inbox::time_point now{1000s};
  inbox in{refuse_bad};
  inbox_actions out;

  /// A message whose id is its sequence number and whose text says so.
  static message numbered(std::uint64_t sequence, std::uint64_t floor = 1) {
    auto m = message_for_test(sequence, "m" + std::to_string(sequence));
    m.epoch = 9;
    m.sequence = sequence;
    m.floor = floor;
    return m;
  }

  bool take(message m) { return in.accept(whole_part(std::move(m)), now, out); }

  /// The texts shown since the last call; a gap is marked by "...".
  std::string shown() {
    std::string all;
    for (const auto& each : out.show) {
      if (!all.empty()) all += ' ';
      all += (each.after_gap ? "..." : "") + text_of(each.message);
    }
    out.show.clear();
    return all;
  }

  /// The messages answered since the last call: "1" for delivered, "1!" for refused.
  std::string answered() {
    std::string all;
    for (const auto& each : out.receipts) {
      std::uint64_t number = 0;
      std::memcpy(&number, each.id.data(), sizeof number);
      if (!all.empty()) all += ' ';
      all += std::to_string(number) + (each.status == receipt_status::delivered ? "" : "!");
    }
    out.receipts.clear();
    return all;
  }
};

TEST_F(Inbox, ShowsAndConfirmsInOrder) {
  take(numbered(1));
  take(numbered(2));
  EXPECT_EQ(shown(), "m1 m2");
  EXPECT_EQ(answered(), "1 2");
}

TEST_F(Inbox, ConfirmsADuplicateAgainAndDoesNotShowIt) {
  take(numbered(1));
  take(numbered(1));
  EXPECT_EQ(shown(), "m1");
  EXPECT_EQ(answered(), "1 1");
}

TEST_F(Inbox, HoldsBackUntilTheGapIsFilled) {
  take(numbered(2));
  take(numbered(3));
  take(numbered(3));
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(answered(), "") << "what is not shown is not confirmed";
  take(numbered(1));
  EXPECT_EQ(shown(), "m1 m2 m3");
  EXPECT_EQ(answered(), "1 2 3");
  EXPECT_FALSE(in.deadline());
}

TEST_F(Inbox, ShowsAfterAGapThatIsTooOldAndRefusesTheLateOne) {
  take(numbered(3));
  ASSERT_EQ(in.deadline(), now + 30s);
  now += 29s;
  in.tick(now, out);
  EXPECT_EQ(shown(), "");
  now += 1s;
  in.tick(now, out);
  EXPECT_EQ(shown(), "...m3");
  EXPECT_EQ(answered(), "3");
  take(numbered(2));
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(answered(), "2!");
  take(numbered(4));
  EXPECT_EQ(shown(), "m4");
}

TEST_F(Inbox, GivesEachGapItsOwnTime) {
  take(numbered(2));
  take(numbered(4));
  now += 20s;
  take(numbered(1));
  EXPECT_EQ(shown(), "m1 m2");
  EXPECT_EQ(in.deadline(), now + 30s);
  now += 10s;
  take(numbered(5));
  EXPECT_EQ(in.deadline(), now + 20s);
}

TEST_F(Inbox, PassesAFailedMessageAtOnceWhenTheFloorRises) {
  take(numbered(1));
  take(numbered(3));
  EXPECT_EQ(shown(), "m1");
  take(numbered(4, 3));
  EXPECT_EQ(shown(), "...m3 m4");
  answered();
  take(numbered(2));
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(answered(), "") << "its sender has closed the book on it";
}

TEST_F(Inbox, StartsAtTheFloorOfASenderItMeetsLater) {
  take(numbered(58, 57));
  EXPECT_EQ(shown(), "");
  take(numbered(57, 57));
  EXPECT_EQ(shown(), "m57 m58");
}

TEST_F(Inbox, KeepsChannelsApart) {
  auto other = message_for_test(100, "x", "app");
  other.epoch = 9;
  other.sequence = other.floor = 1;
  take(numbered(2));
  take(other);
  EXPECT_EQ(shown(), "x");
}

TEST_F(Inbox, StartsAnewWithANewEpochAndStillKnowsTheOldOne) {
  take(numbered(1));
  auto restarted = numbered(1);
  restarted.epoch = 10;
  restarted.id = id_for_test(200);
  take(restarted);
  take(numbered(1));
  EXPECT_EQ(shown(), "m1 m1");
  EXPECT_EQ(answered(), "1 200 1");
}

TEST_F(Inbox, IgnoresAnEpochThatWasRetired) {
  for (std::uint64_t epoch = 1; epoch <= 9; ++epoch) {
    auto m = numbered(1);
    m.epoch = epoch;
    take(m);
  }
  shown();
  answered();
  auto old = numbered(1);
  old.epoch = 1;
  take(old);
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(answered(), "");
}

TEST_F(Inbox, ShowsWhatARetiredEpochHeldBack) {
  take(numbered(2));
  for (std::uint64_t epoch = 100; epoch < 108; ++epoch) {
    auto m = numbered(1);
    m.epoch = epoch;
    take(m);
  }
  EXPECT_EQ(shown(), "m1 m1 m1 m1 m1 m1 m1 ...m2 m1");
}

TEST_F(Inbox, AnswersBadContentAndGoesOn) {
  auto bad = numbered(1);
  bad.content = shared_slice::copy_of(as_byte_view("bad"));
  take(bad);
  take(numbered(2));
  EXPECT_EQ(shown(), "m2");
  EXPECT_EQ(answered(), "1! 2");
  take(bad);
  EXPECT_EQ(answered(), "1!");
}

TEST_F(Inbox, AnswersBadContentBehindAGapOnce) {
  auto bad = numbered(2);
  bad.content = shared_slice::copy_of(as_byte_view("bad"));
  take(bad);
  EXPECT_EQ(answered(), "2!");
  take(numbered(1));
  take(numbered(3));
  EXPECT_EQ(shown(), "m1 m3");
  EXPECT_EQ(answered(), "1 3");
}

TEST_F(Inbox, DoesNotAnswerUnacknowledgedMessages) {
  auto m = numbered(1);
  m.acknowledged = false;
  take(m);
  take(m);
  EXPECT_EQ(shown(), "m1");
  EXPECT_EQ(answered(), "");
}

TEST_F(Inbox, RejectsAbsurdNumbers) {
  EXPECT_FALSE(take(numbered(0, 0)));
  EXPECT_FALSE(take(numbered(1, 0)));
  EXPECT_FALSE(take(numbered(1, 2)));
  EXPECT_FALSE(take(numbered(65537, 1)));
  EXPECT_FALSE(take(numbered(std::uint64_t{1} << 63, std::uint64_t{1} << 63)));
  EXPECT_TRUE(take(numbered(1)));
  EXPECT_FALSE(take(numbered(std::uint64_t{1} << 40, std::uint64_t{1} << 40)));
  EXPECT_TRUE(take(numbered(2)));
  EXPECT_EQ(shown(), "m1 m2");
}

TEST_F(Inbox, HoldsBackABoundedNumberOfMessages) {
  for (std::uint64_t n = 2; n <= 1001; ++n) take(numbered(n));
  EXPECT_TRUE(out.show.empty());
  take(numbered(1002));
  EXPECT_EQ(out.show.size(), 1001u);
  EXPECT_TRUE(out.show.front().after_gap);
}

TEST_F(Inbox, HoldsBackABoundedNumberOfBytes) {
  const std::string large(1024 * 1024, 'x');
  for (std::uint64_t n = 2; n <= 5; ++n) {
    auto m = numbered(n);
    m.content = shared_slice::copy_of(as_byte_view(large));
    take(std::move(m));
  }
  EXPECT_TRUE(out.show.empty());
  take(numbered(6));
  EXPECT_EQ(out.show.size(), 5u);
}

TEST_F(Inbox, RefusesMoreChannelsThanItKeeps) {
  for (std::uint64_t n = 0; n <= 256; ++n) {
    auto m = message_for_test(n, "x", "c" + std::to_string(n));
    m.epoch = 9;
    m.sequence = m.floor = 1;
    take(m);
  }
  EXPECT_EQ(out.show.size(), 256u);
  EXPECT_EQ(out.receipts.back().status, receipt_status::refused);
}

TEST_F(Inbox, PutsPartsTogetherAndAnswersADuplicateByItsFirstPart) {
  auto m = numbered(1);
  m.content = shared_slice::copy_of(as_byte_view("0123456789"));
  in.accept(part_of(m, 0, 6), now, out);
  EXPECT_EQ(in.deadline(), now + 30s);
  in.accept(part_of(m, 6, 4), now, out);
  EXPECT_EQ(shown(), "0123456789");
  EXPECT_EQ(answered(), "1");
  in.accept(part_of(m, 0, 6), now, out);
  in.accept(part_of(m, 6, 4), now, out);
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(answered(), "1");
  EXPECT_FALSE(in.deadline());
}

}  // namespace
}  // namespace hobnob::core
