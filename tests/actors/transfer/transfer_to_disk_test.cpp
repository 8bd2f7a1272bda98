// The engines with a folder on disk at the receiver, where others may be at work as well.

#include "actors/storage/file_sink.hpp"
#include "tests/actors/storage/temporary_folder.hpp"
#include "transfer_pair.hpp"

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
  void go_on() {
    ASSERT_EQ(pair.receiver_fault, "folder-changed");
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

TEST_F(TransferToDisk, SmallFilesRemovedBeforeTheyHaveTheirNamesComeAgain) {
  for (const auto* name : {"a", "b", "empty"}) add(name, name[1] == '\0' ? 1000 : 0);
  add("z", 3'000'000);
  pair.start();
  while (pair.receiver->files_done() < 3) ASSERT_TRUE(pair.step());
  pair.receiver->report(pair.to_sender);
  remove_parts();
  const auto fault = pair.receiver->settle();
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->passing);
  pair.receiver_fault = fault->code;
  EXPECT_EQ(pair.receiver->files_done(), 0u);
  go_on();
  if (pair.receiver_fault == "folder-changed") go_on();  // That of the fourth.
  expect_all_there();
}

TEST_F(TransferToDisk, ALargeFileRemovedBeforeItHasItsNameComesAgain) {
  add("large", 9'000'000);
  pair.start();
  while (pair.receiver->bytes_done() < 8'000'000) ASSERT_TRUE(pair.step());
  remove_parts();
  pair.run();
  go_on();
  expect_all_there();
}

TEST_F(TransferToDisk, WhatIsRemovedWhileItIsComparedComesAgain) {
  add("a", 3'000'000);
  pair.start();
  while (pair.receiver->bytes_done() < 2'000'000) ASSERT_TRUE(pair.step());
  pair.make_receiver();
  while (!pair.receiver->comparing()) ASSERT_TRUE(pair.step());
  remove_parts();
  pair.run();
  go_on();  // It was open, so that it is missed at the end only.
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
  for (int faults = 0; !pair.receiver_fault.empty(); ++faults) {
    ASSERT_LT(faults, 3);
    go_on();
  }
  expect_all_there();
}

}  // namespace
}  // namespace hobnob
