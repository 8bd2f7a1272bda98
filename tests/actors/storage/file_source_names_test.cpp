#include "actors/core/transfer_path.hpp"
#include "actors/storage/file_source.hpp"
#include "actors/storage/spooled_source.hpp"
#include "tests/actors/storage/transfer_folders.hpp"

#include <gtest/gtest.h>
#include <set>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using tf::content_of;
using tf::offered_paths;

TEST(FileSource, EveryNameLinuxAllowsIsOfferedInAFormThatIsTaken) {
  const temporary_folder where;
  std::filesystem::create_directory(where / "d");
  const std::string names[] = {"a\x1b[2J",
                               "a_[2J",
                               "b\\c",
                               "\xff\xfe",
                               "\xe2\x80\xae"
                               "gpj",
                               "\n",
                               std::string(255, '\x01'),
                               "-rf",
                               ".hidden",
                               "caf\xc3\xa9"};
  for (const auto& name : names) where.write("d/" + name, name);
  std::vector<std::filesystem::path> tops{where / "d"};
  for (const auto& name : names) {
    where.write(name, name);
    tops.push_back(where / name);
  }
  file_source source{tops};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(found.files, 2 * std::size(names));
  std::set<std::string> seen;
  for (const auto& entry : source.entries(0, 100)) {
    EXPECT_TRUE(core::transfer_path::parse(entry.path)) << entry.path;
    EXPECT_TRUE(seen.insert(entry.path).second) << entry.path;
  }
  EXPECT_TRUE(seen.contains("d/caf\xc3\xa9"));
  EXPECT_TRUE(seen.contains("d/.hidden"));
  EXPECT_TRUE(seen.contains("_.hidden"));
  EXPECT_TRUE(seen.contains("d/a_[2J"));
  EXPECT_TRUE(seen.contains("d/a_[2J (2)"));
  EXPECT_EQ(content_of(source, 1, names[0].size()), names[0]);  // By its name on disk.
}

TEST(FileSource, FilesOfTheSameNameFromTwoFoldersAreBothOffered) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "a");
  std::filesystem::create_directories(where / "b");
  where.write("a/x.txt", "1");
  where.write("b/x.txt", "2");
  file_source source{{where / "a/x.txt", where / "b/x.txt"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(offered_paths(source), (std::vector<std::string>{"x.txt", "x (2).txt"}));
  EXPECT_EQ(content_of(source, 1, 1), "2");
}

TEST(FileSource, WhatIsNamedTwiceIsOfferedOnce) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "a/in");
  where.write("a/x", "1");
  std::filesystem::create_directory_symlink(where / "a/in", where / "link");
  std::filesystem::create_hard_link(where / "a/x", where / "a/y");
  file_source source{{where / "a/x", where / "a/./x", where / "a/in/../x", where / "link/../x",
                      where / "a/y", where / "link", where / "link/", where / "a/in",
                      where / "a/in/."}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(offered_paths(source), (std::vector<std::string>{"x", "y", "link", "in"}));
}

TEST(FileSource, WhatIsOfferedUnderAnotherNameIsTold) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "d/new\nfolder");
  where.write("d/new\nfolder/back\\slash", "1");
  where.write("d/new\nfolder/plain", "1");
  where.write(".hidden", "1");
  for (int i = 0; i < 12; ++i) where.write("d/" + std::to_string(10 + i) + "\x1b", "1");
  file_source source{{where / ".hidden", where / "d"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  const auto renamed = source.renamed();
  EXPECT_EQ(renamed.count, 15u);
  ASSERT_EQ(renamed.first.size(), 10u);
  EXPECT_EQ(renamed.first[0], (core::renamed_entry{(where / ".hidden").string(), "_.hidden"}));
  EXPECT_EQ(renamed.first[1], (core::renamed_entry{(where / "d/10\x1b").string(), "10_"}));
  file_source deep{{where / "d/new\nfolder"}};
  ASSERT_EQ(tf::code(deep.scan(found)), "");
  EXPECT_EQ(deep.renamed(), (core::renamed_entries{
                                2,
                                {{(where / "d/new\nfolder").string(), "new_folder"},
                                 {(where / "d/new\nfolder/back\\slash").string(), "back_slash"}}}));
  EXPECT_EQ((spooled_source{std::make_shared<input_spool>(0, where.path()), ".notes"}.renamed()),
            (core::renamed_entries{1, {{".notes", "_.notes"}}}));
  EXPECT_EQ((spooled_source{std::make_shared<input_spool>(0, where.path()), "notes"}.renamed()),
            core::renamed_entries{});
}

}  // namespace
}  // namespace hobnob
