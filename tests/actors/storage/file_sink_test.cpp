#include "actors/storage/file_sink.hpp"

#include "tests/actors/storage/transfer_folders.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using tf::receive;
using tree_map = std::map<std::string, std::string>;

std::string read_back(file_sink& sink, std::uint64_t entry, std::size_t size) {
  std::string content(size, '?');
  const auto fault = sink.read(entry, 0, std::as_writable_bytes(std::span{content}));
  return fault ? fault->code : content;
}

TEST(FileSink, FilesAndFoldersGetTheirNamesTimesAndModes) {
  const temporary_folder where;
  file_sink sink{where / "in", tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(
                sink, {tf::folder("photos", 5'000'000'007), tf::file("photos/a.jpg", 3, -1),
                       tf::file("empty", 0, 7'000'000'001), tf::folder("photos/none")})),
            "");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(receive(sink, 1, "abc"), "");
  EXPECT_EQ(tf::code(sink.finish(2, false, shown)), "");
  EXPECT_EQ(shown, (where / "in/empty").string());
  EXPECT_EQ(tf::code(sink.finish(3, false, shown)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (tree_map{{"in", "/"},
                                       {"in/empty", ""},
                                       {"in/photos", "/"},
                                       {"in/photos/a.jpg", "abc"},
                                       {"in/photos/none", "/"}}));
  EXPECT_EQ(tf::status(where / "in/photos").st_mtim.tv_sec, 5);
  EXPECT_EQ(tf::status(where / "in/photos").st_mtim.tv_nsec, 7);
  EXPECT_EQ(tf::status(where / "in/photos/a.jpg").st_mtim.tv_sec, -1);
  EXPECT_EQ(tf::status(where / "in/photos/a.jpg").st_mtim.tv_nsec, 999'999'999);
}

TEST(FileSink, FoldersHaveTheirTimesThoughTheSinkThatMadeThemIsGone) {
  const temporary_folder where;
  std::filesystem::create_directory(where / "theirs");
  where.write("taken", "a file");
  const auto theirs = tf::status(where / "theirs").st_mtim;
  const std::vector<core::transfer_entry> entries{
      tf::folder("photos", 5'000'000'007), tf::folder("theirs", 6'000'000'000),
      tf::folder("taken", 7'000'000'000),  tf::folder("taken/in", 8'000'000'000),
      tf::folder("later", 9'000'000'000),  tf::file("photos/a", 3)};
  core::block_set finished;
  {
    file_sink first{where.path(), tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(first, entries)), "");
    std::string shown;
    for (std::uint64_t folder = 0; folder < 4; ++folder) {
      EXPECT_EQ(tf::code(first.finish(folder, false, shown)), "");
      finished.add({folder, folder + 1});
    }
    EXPECT_EQ(tf::code(first.settle()), "");
  }
  // Of some it knows that they are finished, of others not.
  finished.remove({0, 1});
  {
    file_sink second{where.path(), tf::id, conflict_policy::rename, finished};
    ASSERT_EQ(tf::code(tf::open_and_declare(second, entries)), "");
    std::string shown;
    EXPECT_EQ(tf::code(second.finish(0, false, shown)), "");
    EXPECT_EQ(tf::code(second.finish(4, false, shown)), "");
    EXPECT_EQ(receive(second, 5, "abc"), "");
    EXPECT_EQ(tf::code(second.close()), "");
  }
  EXPECT_EQ(tf::status(where / "photos").st_mtim.tv_sec, 5);
  EXPECT_EQ(tf::status(where / "photos").st_mtim.tv_nsec, 7);
  EXPECT_EQ(tf::status(where / "taken (2)").st_mtim.tv_sec, 7);
  EXPECT_EQ(tf::status(where / "taken (2)/in").st_mtim.tv_sec, 8);
  EXPECT_EQ(tf::status(where / "later").st_mtim.tv_sec, 9);
  EXPECT_EQ(tf::status(where / "theirs").st_mtim.tv_sec, theirs.tv_sec);
  EXPECT_EQ(tf::status(where / "theirs").st_mtim.tv_nsec, theirs.tv_nsec);
  EXPECT_EQ(tf::tree(where), (tree_map{{"later", "/"},
                                       {"photos", "/"},
                                       {"photos/a", "abc"},
                                       {"taken", "a file"},
                                       {"taken (2)", "/"},
                                       {"taken (2)/in", "/"},
                                       {"theirs", "/"}}));
}

TEST(FileSink, WhatACrashLeftOfTheListOfItsFoldersIsGoneOnWith) {
  const temporary_folder where;
  const auto list = download_folder::part_name(tf::id, entry_table::count_max);
  for (const auto* left : {"", "0 a\n1 ", "0 a\n1 b\n2", "0 a\nx\n\n99 z\n1 ../b\n"}) {
    SCOPED_TRACE(left);
    std::filesystem::create_directory(where / "a");
    where.write(list, left);
    file_sink sink{where.path(), tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(
                  sink, {tf::folder("a", 5'000'000'000), tf::folder("b", 6'000'000'000)})),
              "");
    std::string shown;
    EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
    EXPECT_EQ(tf::code(sink.finish(1, false, shown)), "");
    EXPECT_EQ(tf::code(sink.close()), "");
    EXPECT_EQ(tf::status(where / "a").st_mtim.tv_sec == 5, left[0] != '\0');
    EXPECT_EQ(tf::status(where / "b").st_mtim.tv_sec, 6);
    EXPECT_EQ(tf::tree(where), (tree_map{{"a", "/"}, {"b", "/"}}));
    std::filesystem::remove(where / "a");
    std::filesystem::remove(where / "b");
  }
}

TEST(FileSink, ModesAreThoseOfNewFilesAndPartsInPiecesAreForTheirOwnerOnly) {
  for (const mode_t mask : {022, 027, 0}) {
    const temporary_folder where;
    const mode_t before = ::umask(mask);
    file_sink sink{where.path(), tf::id};
    ASSERT_EQ(
        tf::code(tf::open_and_declare(sink, {tf::file("a", 2), tf::file("b", 1), tf::folder("d")})),
        "");
    ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("x"))), "");
    const auto part = download_folder::part_name(tf::id, 0);
    EXPECT_EQ(tf::status(where / part).st_mode & 07777, 0600u);
    ASSERT_EQ(tf::code(sink.write(0, 1, tf::as_bytes("y"))), "");
    // Nobody may read a part that came in one piece who may not read the finished file.
    ASSERT_EQ(tf::code(sink.write(1, 0, tf::as_bytes("z"))), "");
    EXPECT_EQ(tf::status(where / download_folder::part_name(tf::id, 1)).st_mode & 0777 & mask, 0u);
    std::string shown;
    for (const std::uint64_t entry : {0, 1, 2})
      EXPECT_EQ(tf::code(sink.finish(entry, false, shown)), "");
    EXPECT_EQ(tf::code(sink.close()), "");
    EXPECT_EQ(tf::status(where / "a").st_mode & 07777, 0666u & ~mask);
    EXPECT_EQ(tf::status(where / "b").st_mode & 07777, 0666u & ~mask);
    EXPECT_EQ(tf::status(where / "d").st_mode & 07777, 0777u & ~mask);
    ::umask(before);
  }
}

TEST(FileSink, NothingHasItsNameBeforeItIsFinished) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 2)})), "");
  ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("xy"))), "");
  EXPECT_FALSE(std::filesystem::exists(where / "a"));
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(tf::code(sink.settle()), "");
  EXPECT_EQ(tf::tree(where), (tree_map{{"a", "xy"}}));
}

TEST(FileSink, TakenNamesAreLeftAloneUnlessThePolicySaysOtherwise) {
  const temporary_folder where;
  const auto receive_over = [&](conflict_policy policy) {
    where.write("a.txt", "old");
    file_sink sink{where.path(), tf::id, policy};
    EXPECT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a.txt", 5)})), "");
    core::transfer_sink::standing found;
    EXPECT_EQ(tf::code(sink.look(0, found)), "");
    if (!found.finished) {
      EXPECT_EQ(receive(sink, 0, "newer"), "");
    }
    EXPECT_EQ(tf::code(sink.close()), "");
    return tf::tree(where);
  };
  EXPECT_EQ(receive_over(conflict_policy::skip), (tree_map{{"a.txt", "old"}}));
  EXPECT_EQ(receive_over(conflict_policy::rename),
            (tree_map{{"a.txt", "old"}, {"a (2).txt", "newer"}}));
  EXPECT_EQ(receive_over(conflict_policy::rename),
            (tree_map{{"a.txt", "old"}, {"a (2).txt", "newer"}, {"a (3).txt", "newer"}}));
  EXPECT_EQ(receive_over(conflict_policy::overwrite),
            (tree_map{{"a.txt", "newer"}, {"a (2).txt", "newer"}, {"a (3).txt", "newer"}}));
}

TEST(FileSink, WhatASkippingSinkDidNotTakeIsTold) {
  const temporary_folder where;
  where.write("other", "old");
  where.write("same", "equal");
  file_sink sink{where.path(), tf::id, conflict_policy::skip};
  ASSERT_EQ(tf::code(tf::open_and_declare(
                sink, {tf::file("other", 5), tf::file("same", 5), tf::file("late", 4)})),
            "");
  core::transfer_sink::standing found;
  EXPECT_EQ(tf::code(sink.look(0, found)), "");
  EXPECT_TRUE(found.finished);
  EXPECT_EQ(tf::code(sink.look(1, found = {})), "");
  EXPECT_TRUE(found.candidate) << "what is the same is no conflict";
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(1, true, shown)), "");
  EXPECT_EQ(tf::code(sink.look(2, found = {})), "");
  EXPECT_EQ(receive(sink, 2, "mine"), "");
  where.write("late", "theirs");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(sink.omitted().count, 2u);
  ASSERT_EQ(sink.omitted().first.size(), 2u);
  EXPECT_EQ(sink.omitted().first[0].path, (where / "other").string());
  EXPECT_EQ(sink.omitted().first[1].path, (where / "late").string());
  EXPECT_EQ(tf::tree(where), (tree_map{{"other", "old"}, {"same", "equal"}, {"late", "theirs"}}));
}

TEST(FileSink, WhatStandsUnderAnotherNameIsTold) {
  const temporary_folder where;
  std::filesystem::create_directory(where / "sub");
  where.write("sub/a.txt", "old");
  where.write("sub/b", "old");
  where.write("sub/b (2)", "newer");
  where.write("box", "a file");
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(
                sink, {tf::folder("sub"), tf::folder("box"), tf::file("sub/a.txt", 5),
                       tf::file("sub/b", 5), tf::file("sub/c", 5)})),
            "");
  core::transfer_sink::standing found;
  std::string shown;
  for (const std::uint64_t folder : {0, 1})
    EXPECT_EQ(tf::code(sink.finish(folder, false, shown)), "");
  for (const std::uint64_t file : {2, 4}) {
    EXPECT_EQ(tf::code(sink.look(file, found = {})), "");
    EXPECT_EQ(receive(sink, file, "newer"), "");
  }
  EXPECT_EQ(tf::code(sink.look(3, found = {})), "");
  EXPECT_TRUE(found.candidate);
  EXPECT_EQ(tf::code(sink.finish(3, true, shown)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(sink.renamed(),
            (core::renamed_entries{3,
                                   {{(where / "box (2)/").string(), "box"},
                                    {(where / "sub/b (2)").string(), "b"},
                                    {(where / "sub/a (2).txt").string(), "a.txt"}}}));
}

TEST(FileSink, OverwritingReplacesALinkItselfAndNeverAFolder) {
  const temporary_folder where;
  where.write("target", "kept");
  std::filesystem::create_symlink(where / "target", where / "link");
  std::filesystem::create_directory(where / "dir");
  file_sink sink{where.path(), tf::id, conflict_policy::overwrite};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("link", 1), tf::file("dir", 1)})), "");
  EXPECT_EQ(receive(sink, 0, "1"), "");
  EXPECT_EQ(receive(sink, 1, "2"), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where),
            (tree_map{{"target", "kept"}, {"link", "1"}, {"dir", "/"}, {"dir (2)", "2"}}));
}

TEST(FileSink, AFolderWhoseNameIsTakenGoesBesideWithAllThatIsInIt) {
  for (const auto policy :
       {conflict_policy::rename, conflict_policy::skip, conflict_policy::overwrite}) {
    const temporary_folder where;
    where.write("photos", "a file");
    std::filesystem::create_symlink("/tmp", where / "photos (2)");
    file_sink sink{where.path(), tf::id, policy};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::folder("photos"), tf::folder("photos/in"),
                                                   tf::file("photos/in/a", 1)})),
              "");
    EXPECT_EQ(receive(sink, 2, "x"), "");
    std::string shown;
    EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
    EXPECT_EQ(tf::code(sink.finish(1, false, shown)), "");
    EXPECT_EQ(tf::code(sink.close()), "");
    EXPECT_EQ(tf::tree(where), (tree_map{{"photos", "a file"},
                                         {"photos (2)", "-> /tmp"},
                                         {"photos (3)", "/"},
                                         {"photos (3)/in", "/"},
                                         {"photos (3)/in/a", "x"}}));
  }
}

TEST(FileSink, TheSameNameTwiceInAListIsTwoFiles) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1), tf::file("a", 1)})), "");
  ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("1"))), "");
  ASSERT_EQ(tf::code(sink.write(1, 0, tf::as_bytes("2"))), "");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(tf::code(sink.finish(1, false, shown)), "");
  EXPECT_EQ(shown, (where / "a (2)").string());
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (tree_map{{"a", "1"}, {"a (2)", "2"}}));
}

TEST(FileSink, WhatAnEarlierRunLeftIsFoundAndReadAndGoneOnWith) {
  const temporary_folder where;
  const std::vector<core::transfer_entry> list{tf::file("big", 10), tf::file("other", 1)};
  {
    file_sink sink{where.path(), tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, list)), "");
    ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("01234"))), "");
  }
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, list)), "");
  core::transfer_sink::standing found;
  EXPECT_EQ(tf::code(sink.look(0, found)), "");
  EXPECT_EQ(found.unfinished, 5u);
  EXPECT_FALSE(found.finished);
  EXPECT_EQ(read_back(sink, 0, 5), "01234");
  ASSERT_EQ(tf::code(sink.write(0, 5, tf::as_bytes("56789"))), "");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(receive(sink, 1, "x"), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (tree_map{{"big", "0123456789"}, {"other", "x"}}));
}

TEST(FileSink, WhatWasFinishedButNotSettledIsFoundAgainAlthoughItIsRememberedAsFinished) {
  const temporary_folder where;
  const std::vector<core::transfer_entry> list{tf::file("a", 3), tf::file("b", 1)};
  {
    file_sink sink{where.path(), tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, list)), "");
    EXPECT_EQ(receive(sink, 0, "abc"), "");
  }
  file_sink sink{where.path(), tf::id, conflict_policy::rename, core::block_set::all(2)};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, list)), "");
  core::transfer_sink::standing found;
  EXPECT_EQ(tf::code(sink.look(0, found)), "");
  EXPECT_FALSE(found.finished);
  EXPECT_EQ(found.unfinished, 3u);
  EXPECT_EQ(tf::code(sink.look(1, found)), "");
  EXPECT_TRUE(found.finished);
}

TEST(FileSink, AFileThatIsThereAlreadyIsNotWrittenAgain) {
  const temporary_folder where;
  where.write("a.txt", "other");
  where.write("a (2).txt", "wanted");
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a.txt", 6)})), "");
  core::transfer_sink::standing found;
  EXPECT_EQ(tf::code(sink.look(0, found)), "");
  EXPECT_TRUE(found.candidate);
  EXPECT_EQ(read_back(sink, 0, 6), "wanted");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, true, shown)), "");
  EXPECT_EQ(shown, (where / "a (2).txt").string());
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (tree_map{{"a.txt", "other"}, {"a (2).txt", "wanted"}}));
}

TEST(FileSink, ACandidateThatChangesServesNoMore) {
  const temporary_folder where;
  where.write("a", "same");
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 4)})), "");
  core::transfer_sink::standing found;
  EXPECT_EQ(tf::code(sink.look(0, found)), "");
  ASSERT_TRUE(found.candidate);
  std::filesystem::remove(where / "a");
  where.write("b", "else");
  std::filesystem::rename(where / "b", where / "a");
  std::filesystem::last_write_time(where / "a", std::filesystem::file_time_type{});
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, true, shown)), "folder-changed");
}

TEST(FileSink, NoMoreIsWrittenThanWasDeclaredAndNoMoreDeclaredThanOffered) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(sink.open({"x", 3, 3, 1024})), "");
  EXPECT_EQ(tf::code(sink.declare(0, {{tf::file("a", 1024)}})), "");
  EXPECT_EQ(tf::code(sink.declare(1, {{tf::file("b", 1)}})), "too-large");
  EXPECT_EQ(tf::code(sink.declare(1, {{tf::file("b", UINT64_MAX)}})), "too-large");
  EXPECT_EQ(tf::code(sink.declare(1, {{tf::file("b", 0)}})), "");
  EXPECT_EQ(tf::code(sink.declare(7, {{tf::file("c", 0)}})), "bad-path");
  EXPECT_EQ(tf::code(sink.declare(2, {{tf::file("c", 0), tf::file("d", 0)}})), "too-large");

  const std::string much(1025, 'x');
  EXPECT_EQ(tf::code(sink.write(0, 0, tf::as_bytes(much))), "too-large");
  EXPECT_EQ(tf::code(sink.write(0, 1024, tf::as_bytes("x"))), "too-large");
  EXPECT_EQ(tf::code(sink.write(0, UINT64_MAX, tf::as_bytes("xy"))), "too-large");
  EXPECT_EQ(tf::code(sink.write(9, 0, tf::as_bytes("x"))), "bad-path");
  EXPECT_EQ(tf::tree(where), tree_map{});
}

TEST(FileSink, WhatThereIsNoRoomForIsRefusedBeforeItBegins) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  const auto fault = sink.open({"x", 1, 1, std::uint64_t{1} << 62});
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "disk-full");
  EXPECT_TRUE(fault->passing);
  EXPECT_EQ(tf::tree(where), tree_map{});
}

TEST(FileSink, RunsOfZerosNeedNoSpace) {
  const temporary_folder where;
  constexpr std::uint64_t size = 5ull * 1024 * 1024 * 1024;
  file_sink sink{where.path(), tf::id};
  if (download_folder::open(where.path())->available().bytes < size) GTEST_SKIP();
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("huge", size)})), "");
  const std::string zeros(256 * 1024, '\0');
  ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("first"))), "");
  ASSERT_EQ(tf::code(sink.write(0, 3ull << 30, tf::as_bytes(zeros))), "");
  ASSERT_EQ(tf::code(sink.write(0, size - 1, tf::as_bytes("!"))), "");
  // What is behind the beginning is overwritten with zeros as with anything else.
  ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes(std::string_view{zeros}.substr(0, 3)))), "");
  std::string shown;
  EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(static_cast<std::uint64_t>(tf::status(where / "huge").st_size), size);
  EXPECT_LT(tf::status(where / "huge").st_blocks * 512, 1024 * 1024);
  std::ifstream file{where / "huge", std::ios::binary};
  std::string begin(5, '?');
  file.read(begin.data(), 5);
  EXPECT_EQ(begin, std::string("\0\0\0st", 5));
  file.seekg(static_cast<std::streamoff>(size - 1));
  EXPECT_EQ(file.get(), '!');
}

TEST(FileSink, AFileOfZerosOnlyIsWhole) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("zeros", 100'000)})), "");
  const std::string zeros(100'000, '\0');
  EXPECT_EQ(receive(sink, 0, zeros), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(where.read("zeros"), zeros);
}

TEST(FileSink, EntriesThatAreNoFilesAreRefused) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(sink.open({"x", 9, 9, 9})), "");
  ASSERT_EQ(tf::code(sink.declare(0, {{tf::folder("d"), tf::file("f", 1)}})), "");
  EXPECT_EQ(tf::code(sink.declare(2, {{tf::folder("d")}})), "bad-path");
  EXPECT_EQ(tf::code(sink.declare(2, {{tf::file("f/x", 1)}})), "bad-path");
  EXPECT_EQ(tf::code(sink.declare(2, {{tf::file("unknown/x", 1)}})), "bad-path");
  auto odd = tf::file("x", 1);
  odd.kind = static_cast<core::entry_kind>(7);
  EXPECT_EQ(tf::code(sink.declare(2, {{odd}})), "bad-path");
  EXPECT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("x"))), "bad-path");
}

}  // namespace
}  // namespace hobnob
