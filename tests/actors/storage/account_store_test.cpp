#include "actors/storage/account_store.hpp"

#include "tests/actors/test_actors.hpp"

namespace hobnob {
namespace {

struct AccountStore : test::actors_test {
  std::shared_ptr<account_database> database = account_database::open({}).database;
  account_store_actor store = spawn(system(), account_store, database, [] { return 77; });
};

TEST_F(AccountStore, AnswersWhenTheChangeIsStored) {
  fingerprint key;
  key.octets[0] = 5;
  EXPECT_TRUE(ask<account_change_result>(store, admit_user{"ann", key}).done);
  auto rows = database->list().accounts;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].id, key);
  EXPECT_EQ(rows[0].bound_at_s, 77);
  EXPECT_EQ(ask<account_list>(store, list_users{}).accounts.size(), 1u);
  EXPECT_TRUE(ask<account_change_result>(store, remove_user{"ann"}).done);
  EXPECT_TRUE(database->list().accounts.empty());
}

TEST_F(AccountStore, ChangesThatWaitTogetherAreAllAnswered) {
  std::vector<int> answered;
  auto first = self()->request(store, std::chrono::seconds{60}, admit_user{"ann", {}});
  auto second = self()->request(store, std::chrono::seconds{60}, admit_user{"bob", {}});
  run();
  const auto count = [&](const account_change_result& result) { answered.push_back(result.done); };
  const auto fail = [](caf::error&) { ADD_FAILURE(); };
  first.receive(count, fail);
  second.receive(count, fail);
  EXPECT_EQ(answered, (std::vector<int>{1, 1}));
  EXPECT_EQ(database->list().accounts.size(), 2u);
}

}  // namespace
}  // namespace hobnob
