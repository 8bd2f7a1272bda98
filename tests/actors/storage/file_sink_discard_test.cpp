#include "actors/storage/file_sink.hpp"

#include "tests/actors/storage/transfer_folders.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using tf::receive;
using tree_map = std::map<std::string, std::string>;

TEST(FileSinkDiscard, LeavesNothingUnfinishedAndKeepsWhatIsFinished) {
  const temporary_folder where;
  file_sink sink{where / "in", tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(
                sink, {tf::folder("d"), tf::file("d/a", 1), tf::file("b", 2), tf::folder("e")})),
            "");
  std::string shown;
  EXPECT_EQ(receive(sink, 1, "a"), "");
  EXPECT_EQ(tf::code(sink.finish(3, false, shown)), "");
  ASSERT_EQ(tf::code(sink.write(2, 0, tf::as_bytes("b"))), "");
  where.write("in/" + download_folder::part_name({9}, 0), "of another transfer");
  sink.discard();
  EXPECT_EQ(tf::tree(where),
            (tree_map{{"in", "/"},
                      {"in/d", "/"},
                      {"in/d/a", "a"},
                      {"in/" + download_folder::part_name({9}, 0), "of another transfer"}}));
}

TEST(FileSinkDiscard, AfterANewStartRemovesTheFoldersThatWereMadeBefore) {
  const temporary_folder where;
  std::filesystem::create_directory(where / "theirs");
  std::filesystem::create_directory(where / "outside");
  const auto list = download_folder::part_name(tf::id, entry_table::count_max);
  {
    file_sink first{where.path(), tf::id};
    ASSERT_EQ(
        tf::code(tf::open_and_declare(
            first, {tf::folder("d"), tf::folder("d/e"), tf::folder("d/f"), tf::file("d/f/a", 1),
                    tf::folder("theirs"), tf::folder("theirs/in"), tf::folder("gone")})),
        "");
    std::string shown;
    for (const std::uint64_t folder : {0, 1, 2, 4, 5, 6})
      ASSERT_EQ(tf::code(first.finish(folder, false, shown)), "");
    ASSERT_EQ(receive(first, 3, "a"), "");
    ASSERT_EQ(tf::code(first.settle()), "");
  }
  // Meanwhile somebody has put something in the place of one, and of the list more.
  std::filesystem::remove(where / "gone");
  std::filesystem::create_directory_symlink(where / "outside", where / "gone");
  where.write(list, where.read(list) + "7 gone/victim\n8 ../victim\n9 ..\n10 /\n");
  std::filesystem::create_directory(where / "outside/victim");
  file_sink{where.path(), tf::id}.discard();
  EXPECT_EQ(tf::tree(where), (tree_map{{"d", "/"},
                                       {"d/f", "/"},
                                       {"d/f/a", "a"},
                                       {"gone", "-> " + (where / "outside").string()},
                                       {"outside", "/"},
                                       {"outside/victim", "/"},
                                       {"theirs", "/"}}));
}

TEST(FileSinkDiscard, WorksWithoutHavingOpenedAndMakesNoFolder) {
  const temporary_folder where;
  file_sink{where / "none", tf::id}.discard();
  EXPECT_EQ(tf::tree(where), tree_map{});
  where.write(download_folder::part_name(tf::id, 4), "left");
  file_sink{where.path(), tf::id}.discard();
  EXPECT_EQ(tf::tree(where), tree_map{});
}

}  // namespace
}  // namespace hobnob
