#include "actors/relay/directory.hpp"

#include "tests/actors/relay/relay_actors.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using wire::Control;

struct Directory : test::relay_actors {
  /// What `who` was told after the snapshot.
  std::vector<wire::DirectoryChange> changes(const client& who) {
    std::vector<wire::DirectoryChange> result;
    for (const auto& message : controls(who)) {
      if (message.has_directory_change() && !message.directory_change().snapshot()) {
        result.push_back(message.directory_change());
      }
    }
    return result;
  }

  std::vector<std::uint64_t> snapshot(const client& who) {
    std::vector<std::uint64_t> result;
    bool complete = false;
    for (const auto& message : controls(who)) {
      if (!message.has_directory_change() || !message.directory_change().snapshot()) continue;
      complete = message.directory_change().snapshot_end();
      for (const auto& entry : message.directory_change().joined())
        result.push_back(entry.session());
    }
    EXPECT_TRUE(complete);
    return result;
  }
};

TEST_F(Directory, GivesANewSessionTheSnapshotRightAfterItsLogin) {
  start();
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  EXPECT_EQ(snapshot(ann), std::vector<std::uint64_t>{ann.id});
  EXPECT_EQ(snapshot(bob), (std::vector<std::uint64_t>{ann.id, bob.id}));
  EXPECT_EQ(controls(bob).front().kind_case(), Control::kLoginOk);
}

TEST_F(Directory, GathersChangesForAQuarterOfASecond) {
  start();
  const auto ann = log_in(1, "ann");
  pass(1s);
  const auto before = changes(ann).size();
  const auto bob = log_in(2, "bob");
  pass(100ms);
  const auto eve = log_in(3, "eve");
  pass(149ms);
  EXPECT_EQ(changes(ann).size(), before);
  pass(1ms);
  ASSERT_EQ(changes(ann).size(), before + 1);
  EXPECT_EQ(changes(ann).back().joined_size(), 2);
  hang_up(bob, close_reason::reset);
  pass(250ms);
  ASSERT_EQ(changes(ann).back().left_size(), 1);
  EXPECT_EQ(changes(ann).back().left(0).session(), bob.id);
  EXPECT_EQ(changes(ann).back().left(0).reason(), static_cast<std::uint32_t>(close_reason::reset));
}

TEST_F(Directory, TheNewerLoginOfAUserReplacesTheOlder) {
  start();
  const auto old = log_in(1, "ann");
  const auto young = log_in(1, "ann");
  ASSERT_NE(young.id, 0u);
  ASSERT_TRUE(old.connection->closed);
  EXPECT_EQ(old.connection->closed->reason, close_reason::replaced);
  EXPECT_FALSE(young.connection->closed);
  hang_up(old, close_reason::goodbye);
  EXPECT_EQ(snapshot(log_in(2, "bob")).front(), young.id);
}

TEST_F(Directory, HiddenSessionsAreNotListedButReplaceAsWell) {
  start();
  const auto ann = log_in(1, "ann");
  const auto hidden = log_in(1, "ann", true);
  EXPECT_NE(hidden.id, 0u);
  ASSERT_TRUE(ann.connection->closed);
  EXPECT_EQ(ann.connection->closed->reason, close_reason::replaced);
  const auto another = log_in(1, "ann", true);
  EXPECT_NE(another.id, 0u);
  EXPECT_TRUE(hidden.connection->closed);
  EXPECT_FALSE(another.connection->closed);
  EXPECT_EQ(snapshot(log_in(2, "bob")).size(), 1u);
}

TEST_F(Directory, ANameBelongsToTheFirstKey) {
  start();
  log_in(1, "ann");
  const auto thief = log_in(2, "ann");
  EXPECT_EQ(thief.id, 0u);
  ASSERT_TRUE(thief.connection->closed);
  EXPECT_EQ(thief.connection->closed->reason, close_reason::refused);
  EXPECT_EQ(thief.connection->closed->code, "name-taken");
}

TEST_F(Directory, ClosedRegistrationAdmitsOnlyBoundNames) {
  start(registration::closed);
  EXPECT_EQ(log_in(1, "ann").connection->closed->code, "registration-closed");
  const auto key = test::make_identity(1).fingerprint();
  EXPECT_TRUE(ask<account_change_result>(registrar, admit_user{"ann", key}).done);
  EXPECT_NE(log_in(1, "ann").id, 0u);
}

TEST_F(Directory, RebindingEndsTheSessionOfTheOldKey) {
  start();
  const auto ann = log_in(1, "ann");
  const auto key = test::make_identity(9).fingerprint();
  EXPECT_FALSE(ask<account_change_result>(registrar, admit_user{"ann", key}).done);
  EXPECT_FALSE(ann.connection->closed);
  EXPECT_TRUE(ask<account_change_result>(registrar, admit_user{"ann", key, true}).done);
  ASSERT_TRUE(ann.connection->closed);
  EXPECT_EQ(ann.connection->closed->code, "rebound");
  EXPECT_EQ(log_in(1, "ann").connection->closed->code, "name-taken");
  EXPECT_NE(log_in(9, "ann").id, 0u);
}

TEST_F(Directory, WhatIsNotBoundIsNotReboundButAdmitted) {
  start();
  const auto key = test::make_identity(1).fingerprint();
  EXPECT_FALSE(ask<account_change_result>(registrar, admit_user{"ann", key, true}).done);
  EXPECT_TRUE(ask<account_change_result>(registrar, admit_user{"ann", key}).done);
}

TEST_F(Directory, RemovedAndKickedUsersAreTold) {
  start();
  const auto ann = log_in(1, "ann");
  EXPECT_TRUE(ask<account_change_result>(registrar, kick_user{"ann"}).done);
  EXPECT_EQ(ann.connection->closed->code, "kicked");
  EXPECT_FALSE(ask<account_change_result>(registrar, kick_user{"ann"}).done);
  const auto again = log_in(1, "ann");
  EXPECT_TRUE(ask<account_change_result>(registrar, remove_user{"ann"}).done);
  EXPECT_EQ(again.connection->closed->code, "removed");
  EXPECT_FALSE(ask<account_change_result>(registrar, remove_user{"ann"}).done);
  EXPECT_NE(log_in(2, "ann").id, 0u);
}

TEST_F(Directory, ListsAccountsAndWhoIsOnline) {
  start();
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  hang_up(bob, close_reason::goodbye);
  const auto rows = ask<account_list>(registrar, list_users{}).accounts;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].user, "ann");
  EXPECT_TRUE(rows[0].online);
  EXPECT_EQ(rows[0].id, ann.self.fingerprint());
  EXPECT_FALSE(rows[1].online);
}

TEST_F(Directory, TellsTheSuspectAndItsReturn) {
  start();
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  ann.connection->heard = now() + 1h;
  pass(10s + 250ms);
  ASSERT_EQ(changes(ann).back().suspect_size(), 1);
  EXPECT_EQ(changes(ann).back().suspect(0).session(), bob.id);
  EXPECT_TRUE(changes(ann).back().suspect(0).suspect());
  pass(5s);
  ASSERT_EQ(changes(ann).back().left_size(), 1);
  EXPECT_EQ(changes(ann).back().left(0).reason(),
            static_cast<std::uint32_t>(close_reason::heartbeat));
  EXPECT_EQ(bob.connection->closed->reason, close_reason::heartbeat);
}

TEST_F(Directory, ForgetsASessionThatBroke) {
  start();
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  caf::anon_send_exit(bob.session, caf::exit_reason::kill);
  pass(250ms);
  ASSERT_EQ(changes(ann).back().left_size(), 1);
  EXPECT_EQ(changes(ann).back().left(0).session(), bob.id);
}

TEST_F(Directory, CutsALargeSnapshotIntoFrames) {
  start();
  std::vector<client> crowd;
  for (int i = 1; i <= 250; ++i) {
    crowd.push_back(log_in(static_cast<std::uint8_t>(i), "user" + std::to_string(i)));
  }
  for (int i = 1; i <= 250; ++i) {
    crowd.push_back(log_in(static_cast<std::uint8_t>(i), "other" + std::to_string(i)));
  }
  const auto& last = crowd.back();
  EXPECT_EQ(snapshot(last).size(), 500u);
  EXPECT_GT(last.connection->count(frame_type::control), 2u);
  for (const auto& frame : last.connection->sent) {
    EXPECT_LE(frame.payload.size(), control_frame_size_max);
  }
}

}  // namespace
}  // namespace hobnob
