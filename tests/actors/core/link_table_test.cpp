#include "actors/core/link_table.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;

fingerprint id_of(std::uint8_t first) {
  fingerprint id;
  id.octets[0] = first;
  return id;
}

struct LinkTable : testing::Test {
  static link_table::link link(std::uint64_t number, path_class path = path_class::lan,
                               std::uint64_t epoch = 1, std::uint64_t serial = 1) {
    return {number, id_of(5), path, epoch, serial};
  }

  link_table chooser{id_of(9)};  // Higher than the user's.
  link_table other{id_of(1)};
  const link_table::time_point now{1h};
};

TEST_F(LinkTable, TheFirstLinkIsCurrentUntilItEnds) {
  EXPECT_TRUE(chooser.opened(link(1), now).current_changed);
  EXPECT_EQ(chooser.current(id_of(5)), 1u);
  EXPECT_TRUE(chooser.ended(1).current_changed);
  EXPECT_FALSE(chooser.current(id_of(5)));
  EXPECT_EQ(chooser.users(), 0u);
}

TEST_F(LinkTable, TheHigherSideProbesTheOlderLinkBeforeItClosesTheNewerOne) {
  chooser.opened(link(1), now);
  const auto second = chooser.opened(link(2), now);
  EXPECT_FALSE(second.current_changed);
  EXPECT_EQ(second.probe, 1u);
  ASSERT_TRUE(second.settle_at);
  const auto settled = chooser.settle(id_of(5));
  EXPECT_EQ(settled.superseded, std::vector<std::uint64_t>{2});
  EXPECT_EQ(chooser.current(id_of(5)), 1u);
}

TEST_F(LinkTable, TheNewerLinkStaysWhenTheOlderDidNotAnswer) {
  chooser.opened(link(1), now);
  chooser.opened(link(2), now);
  EXPECT_TRUE(chooser.ended(1).current_changed);
  EXPECT_TRUE(chooser.settle(id_of(5)).superseded.empty());
  EXPECT_EQ(chooser.current(id_of(5)), 2u);
}

TEST_F(LinkTable, TheBetterPathIsKept) {
  chooser.opened(link(1, path_class::wan), now);
  chooser.opened(link(2, path_class::lan), now);
  const auto settled = chooser.settle(id_of(5));
  EXPECT_TRUE(settled.current_changed);
  EXPECT_EQ(settled.superseded, std::vector<std::uint64_t>{1});
  EXPECT_EQ(chooser.current(id_of(5)), 2u);
}

TEST_F(LinkTable, TheLowerSideKeepsBothUntilTheOtherHasChosen) {
  other.opened(link(1), now);
  const auto second = other.opened(link(2), now);
  EXPECT_FALSE(second.probe);
  EXPECT_FALSE(second.settle_at);
  EXPECT_TRUE(other.ended(1).current_changed);
  EXPECT_EQ(other.current(id_of(5)), 2u);
}

TEST_F(LinkTable, ALinkOfANewerStartReplacesTheOldOnesOnBothSides) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::lan, 1, 10), now);
    const auto again = table->opened(link(2, path_class::wan, 2, 20), now);
    EXPECT_TRUE(again.current_changed);
    EXPECT_EQ(again.replaced, std::vector<std::uint64_t>{1});
    EXPECT_EQ(table->current(id_of(5)), 2u);
  }
}

// As when a program that was stopped goes on, and does not know that the user is elsewhere now.
TEST_F(LinkTable, WhoHasLinksOfTwoStartsClosesThoseOfTheEarlierOneOnBothSides) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::wan, 2, 20), now);
    const auto earlier = table->opened(link(2, path_class::lan, 1, 10), now);
    EXPECT_FALSE(earlier.current_changed);
    EXPECT_EQ(earlier.probe, 1u);
    ASSERT_TRUE(earlier.settle_at);
    const auto settled = table->settle(id_of(5));
    EXPECT_EQ(settled.replaced, std::vector<std::uint64_t>{2});
    EXPECT_TRUE(settled.superseded.empty());
    EXPECT_FALSE(settled.current_changed);
    EXPECT_EQ(table->current(id_of(5)), 1u);
  }
}

TEST_F(LinkTable, WhereOneEndsAnEarlierStartDoesNotTakeItsPlaceIfTheLaterOneHasAnother) {
  other.opened(link(1, path_class::wan, 2, 20), now);
  other.opened(link(2, path_class::wan, 1, 10), now);
  other.opened(link(3, path_class::wan, 2, 20), now);
  EXPECT_TRUE(other.ended(1).current_changed);
  EXPECT_EQ(other.current(id_of(5)), 3u);
}

// Its clock was put back, so that the later start looks like the earlier one.
TEST_F(LinkTable, TheLinkOfAnEarlierStartStaysWhenTheOtherDidNotAnswer) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::wan, 2, 20), now);
    table->opened(link(2, path_class::wan, 1, 10), now);
    EXPECT_TRUE(table->ended(1).current_changed);
    const auto settled = table->settle(id_of(5));
    EXPECT_TRUE(settled.replaced.empty());
    EXPECT_EQ(table->current(id_of(5)), 2u);
  }
}

TEST_F(LinkTable, TheLowerSideLeavesTheChoiceBetweenLinksOfTheLastStart) {
  other.opened(link(1, path_class::wan, 1, 10), now);
  other.opened(link(2, path_class::wan, 1, 10), now);
  other.opened(link(3, path_class::wan, 2, 5), now);
  const auto settled = other.settle(id_of(5));
  EXPECT_EQ(settled.replaced, std::vector<std::uint64_t>{3});
  EXPECT_TRUE(settled.superseded.empty());
  EXPECT_EQ(other.current(id_of(5)), 1u);
}

// Records are signed anew, by clocks that differ.
TEST_F(LinkTable, AStartThatWasReplacedOnceIsTheEarlierOneWhateverItSignsLater) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::wan, 1, 10), now);
    EXPECT_EQ(table->opened(link(2, path_class::wan, 2, 20), now).replaced,
              std::vector<std::uint64_t>{1});
    const auto signed_later = table->opened(link(3, path_class::lan, 1, 30), now);
    EXPECT_FALSE(signed_later.current_changed);
    EXPECT_TRUE(signed_later.replaced.empty());
    ASSERT_TRUE(signed_later.settle_at);
    const auto settled = table->settle(id_of(5));
    EXPECT_EQ(settled.replaced, std::vector<std::uint64_t>{3});
    EXPECT_FALSE(settled.current_replaced);
    EXPECT_EQ(table->current(id_of(5)), 2u);
  }
}

TEST_F(LinkTable, TheStartThatTheRelayTellsOfHasTheLinkInTheEndWhateverTheSerials) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::wan, 2, 20), now, 2);
    table->opened(link(2, path_class::lan, 1, 30), now, 2);  // Not listed yet, for all we know.
    EXPECT_EQ(table->current(id_of(5)), 2u);
    table->opened(link(3, path_class::wan, 2, 20), now, 2);
    EXPECT_EQ(table->settle(id_of(5), 2).replaced, std::vector<std::uint64_t>{2});
    EXPECT_EQ(table->current(id_of(5)), 3u);
    EXPECT_TRUE(table->opened(link(4, path_class::lan, 1, 40), now, 2).replaced.empty());
    EXPECT_EQ(table->settle(id_of(5), 2).replaced, std::vector<std::uint64_t>{4});
  }
}

TEST_F(LinkTable, NewsOfTheLastStartSettlesWhichLinkStays) {
  for (auto* table : {&chooser, &other}) {
    table->opened(link(1, path_class::wan, 1, 30), now, 1);
    table->opened(link(2, path_class::wan, 2, 20), now, 1);
    table->opened(link(3, path_class::wan, 2, 20), now, 1);
    EXPECT_TRUE(table->settle_starts(id_of(6), 2).replaced.empty());
    const auto settled = table->settle_starts(id_of(5), 2);
    EXPECT_EQ(settled.replaced, std::vector<std::uint64_t>{1});
    EXPECT_TRUE(settled.current_replaced);
    EXPECT_TRUE(settled.current_changed);
    EXPECT_EQ(table->current(id_of(5)), 2u);
  }
}

TEST_F(LinkTable, ACircuitOfTheLastStartThatABetterPathTakesOverIsNotReplaced) {
  chooser.opened(link(1, path_class::circuit, 2, 20), now);
  chooser.opened(link(2, path_class::wan, 1, 10), now);
  chooser.opened(link(3, path_class::wan, 2, 20), now);
  const auto settled = chooser.settle(id_of(5));
  EXPECT_EQ(settled.replaced, std::vector<std::uint64_t>{2});
  EXPECT_EQ(settled.superseded, std::vector<std::uint64_t>{1});
  EXPECT_TRUE(settled.current_changed);
  EXPECT_FALSE(settled.current_replaced);
}

}  // namespace
}  // namespace hobnob::core
