// What a sink does when something fails that may not fail the next time, or when somebody takes
// away what is its own.

#include "actors/storage/file_sink.hpp"
#include "tests/actors/storage/transfer_folders.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using lost_entries = std::vector<std::uint64_t>;

/// No further file can be opened while it stands.
class no_descriptors {
 public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int free = ::dup(0);
    ::close(free);
    const rlimit none{static_cast<rlim_t>(free), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit before_{};
};

struct FileSinkFaults : ::testing::Test {
  void declare(const std::vector<core::transfer_entry>& entries) {
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, entries)), "");
  }

  std::string write(std::uint64_t entry, std::string_view content) {
    return tf::code(sink.write(entry, 0, tf::as_bytes(content)));
  }

  std::string finish(std::uint64_t entry) {
    std::string shown;
    const auto fault = sink.finish(entry, false, shown);
    EXPECT_TRUE(!fault || fault->passing);
    return tf::code(fault);
  }

  std::filesystem::path part(std::uint64_t entry) const {
    return where / download_folder::part_name(tf::id, entry);
  }

  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
};

TEST_F(FileSinkFaults, WhatCannotBeNamedNowIsNamedTheNextTime) {
  declare({tf::file("a", 1), tf::file("b", 1), tf::file("c", 1)});
  for (std::uint64_t entry = 0; entry < 3; ++entry) {
    ASSERT_EQ(write(entry, "x"), "");
    ASSERT_EQ(finish(entry), "");
  }
  for (int tries = 0; tries < 2; ++tries) {
    const no_descriptors now;
    const auto fault = sink.settle();
    ASSERT_TRUE(fault);
    EXPECT_TRUE(fault->passing) << fault->detail;
  }
  EXPECT_EQ(sink.take_lost(), lost_entries{});
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where),
            (std::map<std::string, std::string>{{"a", "x"}, {"b", "x"}, {"c", "x"}}));
}

TEST_F(FileSinkFaults, ANameThatCannotBeSyncedNowIsNotSettledYet) {
  const std::string content(9 * 1024 * 1024, 'x');
  declare({tf::file("large", content.size())});
  ASSERT_EQ(write(0, content), "");
  ASSERT_EQ(finish(0), "");
  for (int tries = 0; tries < 2; ++tries) {
    const no_descriptors now;
    const auto fault = sink.settle();
    ASSERT_TRUE(fault);
    EXPECT_TRUE(fault->passing) << fault->detail;
  }
  EXPECT_EQ(tf::code(sink.settle()), "");
}

TEST_F(FileSinkFaults, ALargeFileWhosePartIsRemovedIsLostAndNeverAFileOfZeros) {
  const std::string content(9 * 1024 * 1024, 'x');
  declare({tf::file("large", content.size())});
  ASSERT_EQ(write(0, content), "");
  std::filesystem::remove(part(0));
  for (int tries = 0; tries < 3; ++tries) {
    EXPECT_EQ(finish(0), "folder-changed");
    EXPECT_EQ(sink.take_lost(), lost_entries{0});
  }
  EXPECT_TRUE(std::filesystem::is_empty(where.path()));
  EXPECT_EQ(write(0, content), "");
  EXPECT_EQ(finish(0), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(where.read("large"), content);
}

TEST_F(FileSinkFaults, OfSeveralFilesOnlyThoseWhosePartsWereRemovedAreLost) {
  declare({tf::file("a", 1), tf::file("b", 1), tf::file("c", 1)});
  for (std::uint64_t entry = 0; entry < 3; ++entry) {
    ASSERT_EQ(write(entry, "x"), "");
    ASSERT_EQ(finish(entry), "");
  }
  std::filesystem::remove(part(1));
  EXPECT_EQ(tf::code(sink.settle()), "folder-changed");
  EXPECT_EQ(sink.take_lost(), lost_entries{1});
  EXPECT_EQ(tf::code(sink.close()), "disk-error") << "something is missing";
  EXPECT_EQ(write(1, "y"), "");
  EXPECT_EQ(finish(1), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where),
            (std::map<std::string, std::string>{{"a", "x"}, {"b", "y"}, {"c", "x"}}));
}

TEST_F(FileSinkFaults, APartThatIsRemovedWhileItIsNotOpenIsNotGoneOnWithInANewOne) {
  std::vector<core::transfer_entry> entries(10, tf::file("f", 4));
  declare(entries);
  // Only a few stay open.
  for (std::uint64_t entry = 0; entry < entries.size(); ++entry) ASSERT_EQ(write(entry, "ab"), "");
  std::filesystem::remove(part(0));
  EXPECT_EQ(tf::code(sink.write(0, 2, tf::as_bytes("cd"))), "folder-changed");
  EXPECT_EQ(sink.take_lost(), lost_entries{0});
  EXPECT_EQ(write(0, "abcd"), "");
  EXPECT_EQ(finish(0), "");
  EXPECT_EQ(tf::code(sink.settle()), "");
  EXPECT_EQ(where.read("f"), "abcd");
}

TEST_F(FileSinkFaults, ACandidateThatIsReplacedBeforeItServesIsLost) {
  where.write("a", "same");
  declare({tf::file("a", 4)});
  core::transfer_sink::standing found;
  ASSERT_EQ(tf::code(sink.look(0, found)), "");
  ASSERT_TRUE(found.candidate);
  std::filesystem::remove(where / "a");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, true, shown)), "folder-changed");
  EXPECT_EQ(sink.take_lost(), lost_entries{0});
}

TEST_F(FileSinkFaults, NothingIsClosedThatIsNotAllThere) {
  declare({tf::file("a", 1), tf::file("b", 0), tf::folder("d")});
  ASSERT_EQ(write(0, "x"), "");
  EXPECT_EQ(tf::code(sink.close()), "disk-error");
  EXPECT_EQ(finish(0), "");
  EXPECT_EQ(finish(1), "");
  EXPECT_EQ(tf::code(sink.close()), "disk-error");
  EXPECT_EQ(finish(2), "");
  EXPECT_EQ(tf::code(sink.close()), "");
}

}  // namespace
}  // namespace hobnob
