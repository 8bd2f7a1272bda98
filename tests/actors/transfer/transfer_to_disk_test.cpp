// The engines with a folder on disk at the receiver, where others may be at work as well.

#include "actors/storage/file_sink.hpp"
#include "tests/actors/storage/temporary_folder.hpp"
#include "tests/support/failing_calls.hpp"
#include "transfer_pair.hpp"

#include <cerrno>
#include <filesystem>

namespace hobnob {
namespace {

struct TransferToDisk : ::testing::Test {
  TransferToDisk() {
    pair.make_sink = [this] { return std::make_shared<file_sink>(where.path(), pair.id); };
  }

  void add(const std::string& path, std::size_t size) {
    pair.source->add_file(path, shared_slice::of(varied_content(size, path.front())), 1);
  }

  void remove_parts() {
    for (const auto& found : std::filesystem::directory_iterator(where.path())) {
      if (download_folder::is_part_name(found.path().filename().string()))
        std::filesystem::remove(found.path());
    }
  }

  /// A passing fault stopped it; now it goes on.
  void go_on(const std::string& code) {
    ASSERT_EQ(pair.receiver_fault, code);
    EXPECT_FALSE(pair.receiver->complete());
    EXPECT_FALSE(pair.sender->done());
    pair.receiver_fault.clear();
    pair.begin();
    pair.run();
  }

  void expect_all_there() {
    EXPECT_EQ(pair.receiver_fault, "");
    EXPECT_TRUE(pair.receiver->verified());
    EXPECT_EQ(pair.receiver->bytes_done(), pair.sender->summary().bytes);
    EXPECT_EQ(pair.receiver->files_done(), pair.sender->summary().files);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(where.path()))
      ++files;
    EXPECT_EQ(files, pair.sender->summary().entries);
    for (std::uint64_t i = 0; i < pair.sender->summary().entries; ++i) {
      const auto entry = pair.source->entries(i, 1).front();
      const auto content = varied_content(entry.size, entry.path.front());
      EXPECT_TRUE(where.read(entry.path) == as_text(content)) << entry.path;
    }
  }

  static std::string as_text(const bytes& content) {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }

  const temporary_folder where;
  transfer_pair pair;
};

TEST_F(TransferToDisk, SmallFilesRemovedBeforeTheyHaveTheirNamesComeAgainAtOnce) {
  for (const auto* name : {"a", "b", "empty"}) add(name, name[1] == '\0' ? 1000 : 0);
  add("z", 3'000'000);
  pair.start();
  while (pair.receiver->files_done() < 3) ASSERT_TRUE(pair.step());
  pair.receiver->report(pair.to_sender);
  remove_parts();
  EXPECT_FALSE(pair.receiver->settle(pair.to_sender));
  EXPECT_EQ(pair.receiver->finished().count(), 0u);
  pair.run();
  expect_all_there();
}

TEST_F(TransferToDisk, ALargeFileRemovedBeforeItHasItsNameComesAgainAtOnce) {
  add("large", 9'000'000);
  pair.start();
  while (pair.receiver->bytes_done() < 8'000'000) ASSERT_TRUE(pair.step());
  remove_parts();
  pair.run();
  expect_all_there();
  EXPECT_LT(pair.bytes_sent, 30'000'000u);
}

TEST_F(TransferToDisk, WhatIsRemovedWhileItIsComparedComesAgainAtOnce) {
  add("a", 3'000'000);
  pair.start();
  while (pair.receiver->bytes_done() < 2'000'000) ASSERT_TRUE(pair.step());
  pair.make_receiver();
  while (!pair.receiver->comparing()) ASSERT_TRUE(pair.step());
  remove_parts();
  pair.run();  // It was open, so that it is missed at the end only.
  expect_all_there();
}

TEST_F(TransferToDisk, ManyFilesThatAreRemovedWhileTheyAreComparedDoNotWaitForEachOther) {
  for (char name = 'A'; name <= 'Z'; ++name) add(std::string(1, name), 1000);
  add("z", 3'000'000);
  pair.start();
  while (pair.receiver->files_done() < 26) ASSERT_TRUE(pair.step());
  pair.make_receiver();  // None of them had its name yet.
  while (!pair.receiver->comparing()) ASSERT_TRUE(pair.step());
  remove_parts();
  pair.run();
  expect_all_there();
}

TEST_F(TransferToDisk, WhatIsRemovedAgainAndAgainIsNotSentForEver) {
  add("large", 9'000'000);
  pair.start();
  pair.on_blocks = [this](bytes&) { remove_parts(); };
  pair.run();
  EXPECT_EQ(pair.receiver_fault, "folder-changed");
  EXPECT_LT(pair.bytes_sent, 120'000'000u);
  pair.on_blocks = {};
  go_on("folder-changed");
  expect_all_there();
}

TEST_F(TransferToDisk, WhatNobodyWaitsForIsNotComparedToItsEnd) {
  add("a", 3'000'000);
  pair.start();
  while (pair.receiver->bytes_done() < 2'000'000) ASSERT_TRUE(pair.step());
  pair.make_receiver();
  while (!pair.receiver->comparing()) ASSERT_TRUE(pair.step());
  *pair.given_up = true;
  pair.run();
  EXPECT_NE(pair.receiver_fault, "");
  EXPECT_EQ(pair.receiver->bytes_compared(), 0u);
}

TEST_F(TransferToDisk, WhatTheDiskDoesNotStoreIsNeverToldAsDoneAndComesAgain) {
  for (const auto call :
       {test::system_call::fsync, test::system_call::syncfs, test::system_call::renameat2}) {
    // At whichever time it fails, and once more when it is tried again.
    for (int passed = 0; passed < 3; ++passed) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(call) << " after " << passed);
      const temporary_folder where_now;
      transfer_pair now;
      now.make_sink = [&] { return std::make_shared<file_sink>(where_now.path(), now.id); };
      now.source->add_folder("d");
      for (const auto* name : {"d/a", "d/b", "l", "m"}) {
        const auto size = name[1] == '\0' ? 9'000'000u : 1000u;
        now.source->add_file(name, shared_slice::of(varied_content(size)), 1);
      }
      int failed = 0;
      {
        const test::failing_calls fault{call, ENOSPC, passed};
        now.start();
        now.run();
        if (now.receiver_fault.empty()) now.receiver->settle(now.to_sender);
        for (int tries = 0; tries < 2 && !now.receiver_fault.empty(); ++tries) {
          EXPECT_EQ(now.receiver_fault, "disk-full");
          EXPECT_FALSE(now.receiver->complete());
          EXPECT_FALSE(now.sender->done());
          now.receiver_fault.clear();
          now.begin();
          now.run();
        }
        failed = fault.count();
      }
      if (failed == 0) continue;  // It is not called so often.
      EXPECT_FALSE(now.sender->done());
      now.receiver_fault.clear();
      now.begin();
      now.run();
      EXPECT_EQ(now.receiver_fault, "");
      EXPECT_TRUE(now.receiver->verified());
      for (const auto* name : {"d/a", "d/b", "l", "m"}) {
        const auto size = name[1] == '\0' ? 9'000'000u : 1000u;
        EXPECT_TRUE(where_now.read(name) == as_text(varied_content(size))) << name;
      }
    }
  }
}

}  // namespace
}  // namespace hobnob
