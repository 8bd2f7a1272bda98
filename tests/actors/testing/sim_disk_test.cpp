#include "actors/testing/sim_disk.hpp"

#include "actors/storage/account_database.hpp"
#include "actors/storage/small_file.hpp"
#include "actors/testing/sqlite_files.hpp"

#include <gtest/gtest.h>
#include <set>

namespace hobnob::testing {
namespace {

std::string content_of(disk& where, const char* path) {
  return read_small_file(path, 1'000'000, where).content;
}

/// Of 60 disks that `write` wrote to before their power failed, what `path` held.
template <class Write>
std::set<std::string> found_after_cuts(const char* path, Write write) {
  std::set<std::string> result;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    sim_disk host{sim::random_source{seed}};
    write(*host.mount());
    host.cut_power();
    result.insert(content_of(*host.mount(), path));
  }
  return result;
}

using contents = std::set<std::string>;

TEST(SimDisk, WhatWasNotSyncedMayBeLostOrTorn) {
  const auto found = found_after_cuts("/a", [](disk& where) {
    where.open("/a", open_mode::create).file->write_at(0, as_byte_view("hello"));
    where.sync_directory("/");
  });
  EXPECT_TRUE(found.contains(""));
  EXPECT_TRUE(found.contains("hello"));
  EXPECT_TRUE(found.contains("hel"));
}

TEST(SimDisk, ANameIsAsLostAsItsContent) {
  const auto found = found_after_cuts("/a", [](disk& where) {
    const auto opened = where.open("/a", open_mode::create);
    opened.file->write_at(0, as_byte_view("hello"));
    opened.file->sync();
  });
  EXPECT_EQ(found, (contents{"", "hello"}));
}

TEST(SimDisk, AReplacedFileIsTheOldOrTheNewOne) {
  const auto found = found_after_cuts("/a", [](disk& where) {
    replace_file("/a", "old", 0600, where);
    const auto fresh = where.open("/a.new", open_mode::create_new);
    fresh.file->write_at(0, as_byte_view("new"));
    fresh.file->sync();
    where.rename("/a.new", "/a");
  });
  EXPECT_EQ(found, (contents{"old", "new"}));
}

TEST(SimDisk, WhatWasSyncedIsKept) {
  EXPECT_EQ(found_after_cuts("/d/a",
                             [](disk& where) {
                               make_directories("/d", 0700, where);
                               replace_file("/d/a", "hello", 0600, where);
                             }),
            contents{"hello"});
}

TEST(SimDisk, AFullOneTakesNoByteMore) {
  sim_disk host{sim::random_source{1}};
  const auto where = host.mount();
  const auto opened = where->open("/a", open_mode::create);
  EXPECT_FALSE(opened.file->write_at(0, as_byte_view("hello")));
  host.set_full(true);
  EXPECT_FALSE(opened.file->write_at(0, as_byte_view("HELLO")));
  EXPECT_EQ(opened.file->write_at(5, as_byte_view("!")), std::errc::no_space_on_device);
  EXPECT_EQ(replace_file("/b", "x", 0600, *where), std::errc::no_space_on_device);
  EXPECT_EQ(where->status("/b").error, std::errc::no_such_file_or_directory);
  host.set_full(false);
  EXPECT_FALSE(replace_file("/b", "x", 0600, *where));
}

TEST(SimDisk, AProgramThatHasEndedReachesItNoMore) {
  sim_disk host{sim::random_source{1}};
  const auto before = host.mount();
  const auto opened = before->open("/a", open_mode::create);
  opened.file->write_at(0, as_byte_view("hello"));
  const auto now = host.mount();
  EXPECT_EQ(opened.file->write_at(0, as_byte_view("late")), std::errc::io_error);
  EXPECT_EQ(before->remove("/a"), std::errc::io_error);
  EXPECT_EQ(content_of(*now, "/a"), "hello");
}

// The power fails in each change that a database makes: at its beginning, at a commit, at its end.
TEST(SimDisk, ADatabaseOnItKeepsWhatItCommitted) {
  for (std::uint64_t step = 1;; ++step) {
    bool cut = false;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE("change " + std::to_string(step) + ", seed " + std::to_string(seed));
      sim_disk host{sim::random_source{seed}};
      std::set<std::string> committed;
      const auto bind = [&](account_database& accounts, const char* user) {
        account_change change;
        change.what.user = user;
        if (accounts.apply({change}).empty()) committed.insert(user);
      };
      cut = false;
      const auto where = host.mount();
      host.cut_power_at_change(step, [&] {
        cut = true;
        host.cut_power();
      });
      const sqlite_files files{where};
      for (const auto* user : {"ann", "bob"}) {
        auto opened = account_database::open("/accounts", files.name());
        if (opened.database) bind(*opened.database, user);
        if (opened.database) bind(*opened.database, "cara");
      }
      if (!cut) host.cut_power();
      host.cut_power_at_change(0, {});
      const sqlite_files again{host.mount()};
      auto opened = account_database::open("/accounts", again.name());
      ASSERT_TRUE(opened.database) << opened.error;
      const auto found = opened.database->list();
      ASSERT_EQ(found.error, "");
      for (const auto& row : found.accounts) committed.erase(row.user);
      EXPECT_TRUE(committed.empty()) << *committed.begin() << " is lost";
      if (::testing::Test::HasFailure()) return;
    }
    if (!cut) {
      EXPECT_GT(step, 20u);
      return;
    }
  }
}

}  // namespace
}  // namespace hobnob::testing
