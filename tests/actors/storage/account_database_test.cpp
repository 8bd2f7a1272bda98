#include "actors/storage/account_database.hpp"

#include "tests/actors/storage/no_disk_space.hpp"

#include <gtest/gtest.h>
#include <cstdlib>

namespace hobnob {
namespace {

namespace fs = std::filesystem;

account_change bind(std::string user, std::uint8_t key, std::int64_t at = 1) {
  account_change change;
  change.what.user = std::move(user);
  change.what.id.octets[0] = key;
  change.what.bound_at_s = at;
  return change;
}

account_change unbind(std::string user) {
  return {.what = {std::move(user), {}, 0}, .remove = true};
}

struct AccountDatabase : testing::Test {
  AccountDatabase() {
    auto pattern = (fs::temp_directory_path() / "hobnob-accounts-XXXXXX").string();
    folder = mkdtemp(pattern.data());
  }
  ~AccountDatabase() override { fs::remove_all(folder); }

  std::unique_ptr<account_database> open() {
    auto opened = account_database::open(folder / "accounts.sqlite");
    EXPECT_EQ(opened.error, "");
    return std::move(opened.database);
  }

  fs::path folder;
};

TEST_F(AccountDatabase, KeepsBindingsAcrossARestart) {
  EXPECT_EQ(open()->apply({bind("bob", 2, 20), bind("ann", 1, 10), bind("eve", 3)}), "");
  EXPECT_EQ(open()->apply({unbind("eve"), bind("bob", 9, 30)}), "");
  const auto rows = open()->list().accounts;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].user, "ann");
  EXPECT_EQ(rows[0].id.octets[0], 1);
  EXPECT_EQ(rows[0].bound_at_s, 10);
  EXPECT_EQ(rows[1].user, "bob");
  EXPECT_EQ(rows[1].id.octets[0], 9);
}

TEST_F(AccountDatabase, IsReadWhereTheDiskIsFull) {
  EXPECT_EQ(open()->apply({bind("ann", 1)}), "");
  EXPECT_TRUE(without_disk_space([&] {
    const auto kept = open();
    return kept && kept->list().accounts.size() == 1 && kept->apply({bind("bob", 2)}) != "" &&
           kept->list().accounts.size() == 1;
  }));
}

TEST_F(AccountDatabase, IsHeldByOneRelayOnly) {
  const auto first = open();
  ASSERT_EQ(first->apply({bind("ann", 1)}), "");
  const auto second = account_database::open(folder / "accounts.sqlite");
  EXPECT_EQ(second.database, nullptr);
  EXPECT_NE(second.error.find("in use by another relay"), std::string::npos) << second.error;
}

TEST_F(AccountDatabase, SaysWhatIsWrongWithTheFile) {
  const auto opened = account_database::open(folder / "missing" / "accounts.sqlite");
  EXPECT_EQ(opened.database, nullptr);
  EXPECT_NE(opened.error.find("missing"), std::string::npos);
}

TEST(AccountDatabaseInMemory, WorksWithoutAFile) {
  auto opened = account_database::open({});
  ASSERT_TRUE(opened.database);
  EXPECT_EQ(opened.database->apply({bind("ann", 1)}), "");
  EXPECT_EQ(opened.database->list().accounts.size(), 1u);
}

}  // namespace
}  // namespace hobnob
