#include "actors/storage/known_keys_file.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

fingerprint id_of(std::uint8_t n) {
  fingerprint id;
  id.octets.fill(n);
  return id;
}

TEST(KnownKeysFile, KeepsUsersAndRelaysFromOneStartToTheNext) {
  const temporary_folder folder;
  {
    const auto keys = known_keys_file::open(folder / "known_keys");
    ASSERT_TRUE(keys) << keys.error();
    EXPECT_FALSE((*keys)->user("ann"));
    (*keys)->set_user("ann", {id_of(1), false});
    (*keys)->set_user("bob", {id_of(2), false});
    (*keys)->set_user("bob", {id_of(3), true});
    (*keys)->set_relay("[::1]:7440", id_of(4));
  }
  const auto keys = known_keys_file::open(folder / "known_keys");
  ASSERT_TRUE(keys) << keys.error();
  EXPECT_EQ((*keys)->users().size(), 2u);
  EXPECT_EQ((*keys)->user("ann")->id, id_of(1));
  EXPECT_FALSE((*keys)->user("ann")->verified);
  EXPECT_EQ((*keys)->user("bob")->id, id_of(3));
  EXPECT_TRUE((*keys)->user("bob")->verified);
  EXPECT_EQ((*keys)->relay("[::1]:7440"), id_of(4));
  EXPECT_FALSE((*keys)->relay("other:7440"));
}

TEST(KnownKeysFile, FlushMeansWritten) {
  const temporary_folder folder;
  const auto keys = *known_keys_file::open(folder / "known_keys");
  EXPECT_FALSE(keys->flush());
  for (int i = 0; i < 100; ++i) keys->set_user("user" + std::to_string(i), {id_of(1), false});
  EXPECT_FALSE(keys->flush());
  EXPECT_EQ((*known_keys_file::open(folder / "known_keys"))->users().size(), 100u);
}

TEST(KnownKeysFile, ALineThatIsNotUnderstoodIsNamed) {
  const auto good = "user ann " + to_string(id_of(1)) + " verified\n";
  const struct {
    std::string line;
    const char* problem;
  } cases[] = {
      {"nonsense", "no fingerprint"},
      {"user ann abc verified", "no fingerprint"},
      {"user Ann " + to_string(id_of(1)) + " verified", "no user name"},
      {"user ann " + to_string(id_of(1)), "must end with"},
      {"user ann " + to_string(id_of(1)) + " verified now", "too many words"},
      {"group ann " + to_string(id_of(1)), "neither user nor relay"},
  };
  for (const auto& c : cases) {
    const temporary_folder folder;
    folder.write("known_keys", "# comment\n\n" + good + c.line + "\n");
    const auto keys = known_keys_file::open(folder / "known_keys");
    ASSERT_FALSE(keys) << c.line;
    EXPECT_NE(keys.error().find("line 4"), std::string::npos) << keys.error();
    EXPECT_NE(keys.error().find(c.problem), std::string::npos) << keys.error();
  }
}

/// Work that the test does.
struct work_by_hand final : background {
  using pile = std::vector<std::pair<std::chrono::milliseconds, std::function<void()>>>;

  explicit work_by_hand(pile& to) : waiting(to) {}
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    waiting.emplace_back(delay, std::move(work));
  }

  pile& waiting;
};

TEST(KnownKeysFile, AWriteThatFailsIsTriedAgain) {
  const temporary_folder folder;
  work_by_hand::pile work;
  const auto keys = *known_keys_file::open(folder / "late/known_keys", machine_disk(),
                                           std::make_unique<work_by_hand>(work));
  keys->set_user("ann", {id_of(1), false});
  ASSERT_EQ(work.size(), 1u);
  work[0].second();
  ASSERT_EQ(work.size(), 2u);
  EXPECT_EQ(work[1].first, std::chrono::seconds{10});
  std::filesystem::create_directory(folder / "late");
  work[1].second();
  EXPECT_EQ(work.size(), 2u);
  EXPECT_NE(folder.read("late/known_keys").find("user ann"), std::string::npos);
}

TEST(KnownKeysFile, WhatAPersonAcceptedIsWrittenBeforeTheAnswer) {
  const temporary_folder folder;
  work_by_hand::pile work;
  const auto keys = *known_keys_file::open(folder / "late/known_keys", machine_disk(),
                                           std::make_unique<work_by_hand>(work));
  EXPECT_FALSE(keys->set_user("ann", {id_of(1), false}));
  EXPECT_EQ(keys->set_user("ann", {id_of(1), true}), std::errc::no_such_file_or_directory);
  std::filesystem::create_directory(folder / "late");
  EXPECT_FALSE(keys->set_user("ann", {id_of(1), true}));
  EXPECT_NE(folder.read("late/known_keys").find("verified"), std::string::npos);
}

TEST(KnownKeysFile, AWriteThatFailsIsToldAndTheKeyHoldsForThisRun) {
  const temporary_folder folder;
  const auto keys = *known_keys_file::open(folder / "gone/known_keys");
  keys->set_user("ann", {id_of(1), false});
  EXPECT_TRUE(keys->flush());
  EXPECT_TRUE(keys->set_user("bob", {id_of(2), false}));
  EXPECT_EQ(keys->user("ann")->id, id_of(1));
}

}  // namespace
}  // namespace hobnob
