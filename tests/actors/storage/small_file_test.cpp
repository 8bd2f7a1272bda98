#include "actors/storage/small_file.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace hobnob {
namespace {

TEST(SmallFile, IsReplacedWholeAndLeavesNothingBeside) {
  const temporary_folder folder;
  ASSERT_FALSE(replace_file(folder / "a", "one"));
  ASSERT_FALSE(replace_file(folder / "a", "two"));
  EXPECT_EQ(folder.read("a"), "two");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.new"));
}

TEST(SmallFile, IsForItsOwnerOnly) {
  const temporary_folder folder;
  ASSERT_FALSE(replace_file(folder / "a", "secret"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(SmallFile, ALeftOverOfACrashDoesNotStandInTheWay) {
  const temporary_folder folder;
  folder.write("a.new", "half a");
  ASSERT_FALSE(replace_file(folder / "a", "whole"));
  EXPECT_EQ(folder.read("a"), "whole");
}

TEST(SmallFile, AFailedReplacementLeavesTheOldContent) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "a");
  folder.write("a/inside", "x");
  EXPECT_TRUE(replace_file(folder / "a", "new"));
  EXPECT_EQ(folder.read("a/inside"), "x");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.new"));
}

TEST(SmallFile, ReadingIsBounded) {
  const temporary_folder folder;
  folder.write("a", std::string(100, 'x'));
  EXPECT_EQ(read_small_file(folder / "a", 100).content.size(), 100u);
  EXPECT_EQ(read_small_file(folder / "a", 99).error, std::errc::file_too_large);
  EXPECT_EQ(read_small_file(folder / "b", 99).error, std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace hobnob
