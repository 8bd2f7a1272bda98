// What a sink does when the disk does not store what was written, or gives no name to it.

#include "actors/storage/file_sink.hpp"
#include "tests/actors/storage/transfer_folders.hpp"
#include "tests/support/failing_calls.hpp"

#include <gtest/gtest.h>
#include <cerrno>
#include <numeric>
#include <optional>
#include <system_error>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using test::failing_calls;
using test::system_call;
using lost_entries = std::vector<std::uint64_t>;
using files = std::map<std::string, std::string>;

/// With the error that every call fails with.
struct FileSinkSync : ::testing::TestWithParam<int> {
  void declare(const std::vector<core::transfer_entry>& entries) {
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, entries)), "");
  }

  std::optional<core::transfer_fault> receive(std::uint64_t entry, std::string_view content) {
    EXPECT_EQ(tf::code(sink.write(entry, 0, tf::as_bytes(content))), "");
    std::string shown;
    return sink.finish(entry, false, shown);
  }

  static bool is_full() { return GetParam() == ENOSPC || GetParam() == EDQUOT; }

  /// It says what happened, and whether it is worth waiting for.
  static void expect_told(const std::optional<core::transfer_fault>& fault) {
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->code, is_full() ? "disk-full" : "disk-error");
    EXPECT_EQ(fault->passing, is_full());
    EXPECT_NE(fault->detail.find(std::generic_category().message(GetParam())), std::string::npos)
        << fault->detail;
  }

  const std::string large = std::string(9 * 1024 * 1024, 'x');
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
};

TEST_P(FileSinkSync, ALargeFileThatIsNotStoredHasNoNameAndIsWrittenAnew) {
  declare({tf::file("large", large.size())});
  {
    const failing_calls now{system_call::fsync, GetParam()};
    expect_told(receive(0, large));
  }
  // A second sync would say that all is well, though the system has dropped what it could not
  // store.
  EXPECT_EQ(sink.take_lost(), lost_entries{0});
  EXPECT_EQ(tf::tree(where), files{});
  EXPECT_EQ(tf::code(sink.close()), "disk-error");
  EXPECT_EQ(tf::code(receive(0, large)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (files{{"large", large}}));
}

TEST_P(FileSinkSync, SmallFilesThatAreNotStoredHaveNoNamesAndAreWrittenAnew) {
  declare({tf::file("a", 1), tf::file("b", 1), tf::file("empty", 0)});
  EXPECT_EQ(tf::code(receive(0, "a")), "");
  EXPECT_EQ(tf::code(receive(1, "b")), "");
  EXPECT_EQ(tf::code(receive(2, "")), "");
  {
    const failing_calls now{system_call::syncfs, GetParam()};
    expect_told(sink.settle());
  }
  EXPECT_EQ(sink.take_lost(), (lost_entries{0, 1, 2}));
  EXPECT_EQ(tf::tree(where), files{});
  EXPECT_EQ(tf::code(sink.close()), "disk-error");
  EXPECT_EQ(tf::code(receive(0, "a")), "");
  EXPECT_EQ(tf::code(receive(1, "b")), "");
  EXPECT_EQ(tf::code(receive(2, "")), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (files{{"a", "a"}, {"b", "b"}, {"empty", ""}}));
}

TEST_P(FileSinkSync, WhatWasSettledBeforeStaysAsItIs) {
  declare({tf::file("a", 1), tf::file("b", 1)});
  EXPECT_EQ(tf::code(receive(0, "a")), "");
  EXPECT_EQ(tf::code(sink.settle()), "");
  EXPECT_EQ(tf::code(receive(1, "b")), "");
  {
    const failing_calls now{system_call::syncfs, GetParam()};
    expect_told(sink.settle());
  }
  EXPECT_EQ(sink.take_lost(), lost_entries{1});
  EXPECT_EQ(tf::tree(where), (files{{"a", "a"}}));
}

// The thousand get their names beside the caller: whatever else came meanwhile may be what was not
// stored.
TEST_P(FileSinkSync, WhatCameWhileOthersWereNotStoredIsWrittenAnewAsWell) {
  constexpr std::uint64_t count = 1100, finished = 1050;
  std::vector<core::transfer_entry> entries;
  for (std::uint64_t i = 0; i < count; ++i) entries.push_back(tf::file(std::to_string(i), 2));
  entries.push_back(tf::file("large", large.size()));
  declare(entries);
  {
    const failing_calls now{system_call::syncfs, GetParam()};
    for (std::uint64_t i = 0; i < finished; ++i) ASSERT_EQ(tf::code(receive(i, "ab")), "");
    EXPECT_EQ(tf::code(sink.write(finished, 0, tf::as_bytes("a"))), "");
    EXPECT_EQ(tf::code(sink.write(count, 0, tf::as_bytes("x"))), "");
    expect_told(sink.settle());
    EXPECT_EQ(now.count(), 1);
  }
  lost_entries all(finished + 1);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(sink.take_lost(), all);
  EXPECT_EQ(tf::tree(where).size(), 1u);  // The part of the large one, which asks for itself.
  for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(tf::code(receive(i, "ab")), "");
  EXPECT_EQ(tf::code(receive(count, large)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where).size(), count + 1);
}

TEST(FileSinkNaming, WhereThereCanBeNoThreadNamesAreGivenAllTheSame) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  constexpr std::uint64_t count = 1100;
  std::vector<core::transfer_entry> entries;
  for (std::uint64_t i = 0; i < count; ++i) entries.push_back(tf::file(std::to_string(i), 1));
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, entries)), "");
  const failing_calls now{system_call::pthread_create, EAGAIN};
  std::string shown;
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSERT_EQ(tf::code(sink.write(i, 0, tf::as_bytes("a"))), "");
    ASSERT_EQ(tf::code(sink.finish(i, false, shown)), "");
  }
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where).size(), count);
  EXPECT_EQ(now.count(), 2);
}

TEST_P(FileSinkSync, NamesThatAreNotStoredAreStoredTheNextTime) {
  declare({tf::file("large", large.size()), tf::file("a", 1)});
  EXPECT_EQ(tf::code(receive(0, large)), "");
  EXPECT_EQ(tf::code(receive(1, "a")), "");
  for (int tries = 0; tries < 2; ++tries) {
    // That of the folder: the content is stored, and has its name.
    const failing_calls now{system_call::fsync, GetParam()};
    expect_told(sink.settle());
    expect_told(sink.close());
    EXPECT_EQ(now.count(), 2);
  }
  EXPECT_EQ(sink.take_lost(), lost_entries{});
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (files{{"large", large}, {"a", "a"}}));
}

TEST_P(FileSinkSync, NamesInManyFoldersThatAreNotStoredAreStoredTheNextTime) {
  std::vector<core::transfer_entry> entries;
  for (int i = 0; i < 10; ++i) {
    const auto name = "d" + std::to_string(i);
    entries.push_back(tf::folder(name));
    entries.push_back(tf::file(name + "/a", 1));
  }
  declare(entries);
  std::string shown;
  for (std::uint64_t i = 0; i < entries.size(); i += 2) {
    EXPECT_EQ(tf::code(sink.finish(i, false, shown)), "");
    EXPECT_EQ(tf::code(receive(i + 1, "a")), "");
  }
  {
    const failing_calls now{system_call::syncfs, GetParam(), 1};  // The first is for the content.
    expect_told(sink.settle());
    expect_told(sink.settle());
    EXPECT_EQ(now.count(), 2);
  }
  EXPECT_EQ(sink.take_lost(), lost_entries{});
  EXPECT_EQ(tf::code(sink.close()), "");
}

TEST_P(FileSinkSync, WhatGetsNoNameIsNotTakenForFinished) {
  declare({tf::file("a", 1), tf::file("large", large.size())});
  EXPECT_EQ(tf::code(receive(0, "a")), "");
  {
    const failing_calls now{system_call::renameat2, GetParam()};
    expect_told(sink.settle());
    expect_told(receive(1, large));
    EXPECT_NE(tf::code(sink.close()), "");
  }
  EXPECT_EQ(sink.take_lost(), lost_entries{});
  for (const auto& [name, content] : tf::tree(where)) {
    EXPECT_TRUE(download_folder::is_part_name(name)) << name;
  }
  // Nothing of it is to be sent again.
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(tf::code(sink.finish(1, false, shown)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (files{{"a", "a"}, {"large", large}}));
}

INSTANTIATE_TEST_SUITE_P(Errors, FileSinkSync, ::testing::Values(EIO, ENOSPC, EDQUOT, EROFS));

}  // namespace
}  // namespace hobnob
