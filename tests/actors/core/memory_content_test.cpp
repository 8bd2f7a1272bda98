#include "actors/core/memory_content.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

shared_slice content_of(std::string_view text) { return shared_slice::copy_of(as_byte_view(text)); }

std::string code_of(const std::optional<transfer_fault>& fault) { return fault ? fault->code : ""; }

/// A folder with a file in it, offered and declared.
struct MemoryContent : ::testing::Test {
  MemoryContent() {
    source.add_folder("notes");
    source.add_file("notes/a.txt", content_of("hello world"), 7);
    EXPECT_EQ(source.scan(offered), std::nullopt);
  }

  memory_sink open_sink() {
    memory_sink sink{shelf};
    EXPECT_EQ(code_of(sink.open(offered)), "");
    EXPECT_EQ(code_of(sink.declare(0, source.entries(0, 10))), "");
    return sink;
  }

  static std::optional<transfer_fault> write(memory_sink& sink, std::uint64_t offset,
                                             std::string_view text) {
    return sink.write(1, offset, as_byte_view(text));
  }

  memory_source source;
  transfer_summary offered;
  std::shared_ptr<memory_shelf> shelf = std::make_shared<memory_shelf>();
  std::string shown;
};

TEST_F(MemoryContent, TheScanCountsWhatIsThere) {
  EXPECT_EQ(offered, (transfer_summary{"notes", 2, 1, 11}));
  EXPECT_EQ(source.entries(1, 10).size(), 1u);
  EXPECT_TRUE(source.entries(2, 10).empty());
}

TEST_F(MemoryContent, WhatChangedAfterTheScanIsNotRead) {
  bytes read(5);
  EXPECT_EQ(source.read(1, 6, read), std::nullopt);
  EXPECT_EQ(as_text(read), "world");
  EXPECT_EQ(code_of(source.read(1, 7, read)), "source-unreadable");
  source.change_file(1, content_of("hello worlds"));
  EXPECT_EQ(code_of(source.read(1, 0, read)), "source-changed");
}

TEST_F(MemoryContent, TheNextSinkFindsWhatIsUnfinished) {
  {
    auto sink = open_sink();
    EXPECT_EQ(code_of(write(sink, 0, "hello")), "");
    EXPECT_EQ(code_of(sink.finish(1, false, shown)), "disk-error");
  }
  auto sink = open_sink();
  transfer_sink::standing found;
  EXPECT_EQ(code_of(sink.look(1, found)), "");
  EXPECT_EQ(found.unfinished, 5u);
  EXPECT_EQ(code_of(write(sink, 5, " world")), "");
  for (const std::uint64_t entry : {0, 1}) EXPECT_EQ(code_of(sink.finish(entry, false, shown)), "");
  EXPECT_EQ(shown, "notes/a.txt");
  EXPECT_EQ(code_of(sink.close()), "");
  ASSERT_TRUE(shelf->find("notes/a.txt"));
  EXPECT_EQ(as_text(*shelf->find("notes/a.txt")), "hello world");
}

TEST_F(MemoryContent, NothingIsWrittenBeyondWhatWasDeclared) {
  auto sink = open_sink();
  EXPECT_EQ(code_of(write(sink, 6, "worlds")), "too-large");
  EXPECT_EQ(code_of(write(sink, UINT64_MAX, "x")), "too-large");
  EXPECT_EQ(code_of(sink.write(2, 0, as_byte_view("x"))), "bad-path");
  EXPECT_EQ(shelf->used, 0u);
}

TEST_F(MemoryContent, EntriesThatWereNotOfferedAreRefused) {
  memory_sink sink{shelf};
  EXPECT_EQ(code_of(sink.open({"x", 1, 1, 4})), "");
  const std::vector<transfer_entry> hostile{{"../x", entry_kind::file, 4, 0}};
  const std::vector<transfer_entry> large{{"x", entry_kind::file, 5, 0}};
  const std::vector<transfer_entry> sound{{"x", entry_kind::file, 4, 0}};
  EXPECT_EQ(code_of(sink.declare(0, hostile)), "bad-path");
  EXPECT_EQ(code_of(sink.declare(0, large)), "too-large");
  EXPECT_EQ(code_of(sink.declare(0, sound)), "");
  EXPECT_EQ(code_of(sink.declare(1, sound)), "bad-path");
}

TEST_F(MemoryContent, AFullShelfGoesOnWhenThereIsRoomAgain) {
  auto sink = open_sink();
  shelf->room = 5;
  EXPECT_EQ(code_of(write(sink, 0, "hello")), "");
  const auto full = write(sink, 5, " world");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->code, "disk-full");
  EXPECT_TRUE(full->passing);
  shelf->room = 11;
  EXPECT_EQ(code_of(write(sink, 5, " world")), "");
}

TEST_F(MemoryContent, DiscardingLeavesNothingUnfinished) {
  auto sink = open_sink();
  EXPECT_EQ(code_of(write(sink, 0, "hello")), "");
  sink.discard();
  EXPECT_EQ(shelf->used, 0u);
  EXPECT_TRUE(shelf->discarded);
  EXPECT_FALSE(shelf->find("notes/a.txt"));
}

TEST(MemoryTransferJournal, KeepsTheLastRecordOfEach) {
  memory_transfer_journal journal;
  transfer_record record;
  record.id[0] = 1;
  record.state = "offered";
  EXPECT_FALSE(journal.save(record));
  record.state = "running";
  EXPECT_FALSE(journal.save(record));
  EXPECT_EQ(journal.load().records, std::vector{record});
  EXPECT_FALSE(journal.remove(record.id));
  EXPECT_FALSE(journal.remove(record.id));
  EXPECT_TRUE(journal.load().records.empty());
}

}  // namespace
}  // namespace hobnob::core
