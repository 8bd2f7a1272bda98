#include "actors/core/directory_table.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

fingerprint key_of(std::uint8_t number) {
  fingerprint result;
  result.octets[0] = number;
  return result;
}

directory_session session(std::uint64_t id, std::string user, std::uint8_t key,
                          bool hidden = false) {
  return {.id = id,
          .user = std::move(user),
          .key = key_of(key),
          .signed_record = "record",
          .observed = {},
          .hidden = hidden};
}

using left_list = std::vector<std::pair<std::uint64_t, close_reason>>;

TEST(DirectoryTable, FindsASessionByItsIdUserAndKey) {
  directory_table table;
  EXPECT_EQ(table.join(session(1, "ann", 1)), 0u);
  EXPECT_EQ(table.join(session(2, "bob", 2)), 0u);
  EXPECT_EQ(table.find(1)->user, "ann");
  EXPECT_EQ(table.find_user("bob")->id, 2u);
  EXPECT_EQ(table.find_key(key_of(1))->id, 1u);
  EXPECT_EQ(table.find(3), nullptr);
  EXPECT_EQ(table.find_user("eve"), nullptr);
  EXPECT_EQ(table.find_key(key_of(3)), nullptr);
}

TEST(DirectoryTable, TheNewestListedSessionOfAUserReplacesTheOlder) {
  directory_table table;
  table.join(session(1, "ann", 1));
  table.take_changes();
  EXPECT_EQ(table.join(session(2, "ann", 1)), 1u);
  EXPECT_EQ(table.find(1), nullptr);
  EXPECT_EQ(table.find_user("ann")->id, 2u);
  const auto changes = table.take_changes();
  EXPECT_EQ(changes.joined, std::vector<std::uint64_t>{2});
  EXPECT_EQ(changes.left, (left_list{{1, close_reason::replaced}}));
}

TEST(DirectoryTable, HiddenSessionsAreNotToldButReplaceAsWell) {
  directory_table table;
  table.join(session(1, "ann", 1));
  table.take_changes();
  EXPECT_EQ(table.join(session(2, "ann", 1, true)), 1u);
  EXPECT_EQ(table.take_changes().left, (left_list{{1, close_reason::replaced}}));
  EXPECT_EQ(table.find_user("ann")->id, 2u);
  EXPECT_EQ(table.find_key(key_of(1))->id, 2u);
  EXPECT_EQ(table.join(session(3, "ann", 1, true)), 2u);
  EXPECT_EQ(table.sessions_of("ann"), std::vector<std::uint64_t>{3});
  table.set_suspect(3, true);
  table.leave(3, close_reason::goodbye);
  EXPECT_TRUE(table.take_changes().empty());
  EXPECT_EQ(table.find_user("ann"), nullptr);
  EXPECT_EQ(table.find_key(key_of(1)), nullptr);
}

TEST(DirectoryTable, GathersEachSessionsLastWord) {
  directory_table table;
  table.join(session(1, "ann", 1));
  table.join(session(2, "bob", 2));
  table.set_suspect(1, true);
  table.leave(2, close_reason::reset);
  auto changes = table.take_changes();
  EXPECT_EQ(changes.joined, std::vector<std::uint64_t>{1});
  EXPECT_EQ(changes.left, (left_list{{2, close_reason::reset}}));
  EXPECT_TRUE(changes.suspected.empty());
  EXPECT_FALSE(table.has_changes());

  table.set_suspect(1, false);
  changes = table.take_changes();
  EXPECT_TRUE(changes.joined.empty());
  EXPECT_EQ(changes.suspected, (std::vector<std::pair<std::uint64_t, bool>>{{1, false}}));
  table.set_suspect(1, false);
  EXPECT_FALSE(table.has_changes());
}

TEST(DirectoryTable, AChangedRecordIsToldAgain) {
  directory_table table;
  table.join(session(1, "ann", 1));
  table.take_changes();
  EXPECT_TRUE(table.set_record(1, "newer"));
  EXPECT_EQ(table.find(1)->signed_record, "newer");
  EXPECT_EQ(table.take_changes().joined, std::vector<std::uint64_t>{1});
}

TEST(DirectoryTable, KnowsNothingOfSessionsThatLeft) {
  directory_table table;
  table.join(session(1, "ann", 1));
  EXPECT_TRUE(table.leave(1, close_reason::goodbye));
  EXPECT_FALSE(table.leave(1, close_reason::goodbye));
  EXPECT_FALSE(table.set_suspect(1, true));
  EXPECT_FALSE(table.set_record(1, "x"));
}

TEST(DirectoryTable, OneKeyMayHoldSeveralNames) {
  directory_table table;
  table.join(session(1, "ann", 1));
  table.join(session(2, "anna", 1));
  table.leave(2, close_reason::goodbye);
  EXPECT_EQ(table.find_key(key_of(1))->id, 1u);
}

}  // namespace
}  // namespace hobnob::core
