#include "actors/storage/file_source.hpp"

#include "actors/storage/folder_listing.hpp"
#include "actors/storage/spooled_source.hpp"
#include "tests/actors/storage/transfer_folders.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

namespace hobnob {
namespace {

namespace tf = transfer_folders;

using tf::content_of;
using tf::offered_paths;

TEST(FileSource, OffersFilesAndFoldersInOneOrder) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "photos/b/c");
  where.write("photos/z", "zz");
  where.write("photos/b/x", "xxx");
  where.write("report", "r");
  file_source source{{where / "report", std::filesystem::path{(where / "photos").string() + "/"}}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(found, (core::transfer_summary{"report", 6, 3, 6}));
  EXPECT_EQ(offered_paths(source),
            (std::vector<std::string>{"report", "photos", "photos/b", "photos/z", "photos/b/c",
                                      "photos/b/x"}));
  EXPECT_EQ(source.entries(4, 1).at(0).kind, core::entry_kind::folder);
  EXPECT_EQ(source.entries(5, 9).size(), 1u);
  EXPECT_TRUE(source.entries(6, 9).empty());
  EXPECT_EQ(content_of(source, 5, 3), "xxx");
  EXPECT_EQ(content_of(source, 3, 1, 1), "z");
  EXPECT_EQ(content_of(source, 3, 2, 1), "source-unreadable");
  EXPECT_EQ(content_of(source, 1, 0), "source-unreadable");
  EXPECT_EQ(content_of(source, 99, 1), "source-unreadable");
}

/// Breadth first, each folder in the order of its names.
std::vector<std::string> expected_paths(const temporary_folder& where, const std::string& top) {
  std::vector<std::string> paths{top};
  for (std::size_t next = 0; next < paths.size(); ++next) {
    if (!std::filesystem::is_directory(where / paths[next])) continue;
    std::set<std::string> names;
    for (const auto& found : std::filesystem::directory_iterator{where / paths[next]})
      names.insert(paths[next] + '/' + found.path().filename().string());
    paths.insert(paths.end(), names.begin(), names.end());
  }
  return paths;
}

// One is read while the one before it is entered.
TEST(FileSource, LargeFoldersAreOfferedInTheSameOrder) {
  const temporary_folder where;
  for (const std::string folder : {"a", "b", "b/deep", "c", "d", "d/deep"}) {
    std::filesystem::create_directories(where / ("all/" + folder));
    for (int i = 0; i < 40; ++i) where.write("all/" + folder + '/' + std::to_string(i), "x");
  }
  for (int i = 0; i < 2'500; ++i) where.write("all/b/" + std::to_string(i), "xx");
  for (const int round : {1, 2}) {
    file_source source{{where / "all"}};
    core::transfer_summary found;
    ASSERT_EQ(tf::code(source.scan(found)), "");
    EXPECT_EQ(found, (core::transfer_summary{"all", 2'707, 2'700, 5'200})) << round;
    std::vector<std::string> paths;
    for (const auto& entry : source.entries(0, 10'000)) paths.push_back(entry.path);
    EXPECT_EQ(paths, expected_paths(where, "all"));
  }
}

TEST(FolderListing, WhatWasSeenAheadIsNotAskedForAgain) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "many");
  for (int i = 0; i < 3'000; ++i) where.write("many/" + std::to_string(100'000 + i), "12");
  listing_ahead ahead;
  EXPECT_FALSE(ahead.reads(7));
  ahead.begin(7, owned_fd{::open((where / "many").c_str(), O_RDONLY | O_DIRECTORY)});
  EXPECT_TRUE(ahead.reads(7));
  EXPECT_FALSE(ahead.reads(8));
  folder_listing names;
  ASSERT_EQ(ahead.take(names), 0);
  EXPECT_FALSE(ahead.reads(7));
  ASSERT_EQ(names.size(), 3'000u);
  EXPECT_EQ(names[2'999], "102999");
  EXPECT_TRUE(names.contains("100000"));
  EXPECT_FALSE(names.contains("103000"));
  std::filesystem::remove_all(where / "many");
  struct stat found {};
  ASSERT_EQ(names.look(0, found), 0);
  EXPECT_EQ(found.st_size, 2);
  EXPECT_EQ(names.look(2'999, found), ENOENT);  // So many it does not keep.
}

TEST(FolderListing, WhatIsNoFolderIsSaidByWhoeverTakesIt) {
  const temporary_folder where;
  where.write("file", "1");
  listing_ahead ahead;
  ahead.begin(1, owned_fd{::open((where / "file").c_str(), O_RDONLY)});
  folder_listing names;
  EXPECT_EQ(ahead.take(names), ENOTDIR);
}

TEST(FileSource, TellsHolesUntilSomethingIsWrittenIntoThem) {
  constexpr std::uint64_t KiB = 1024;
  const temporary_folder where;
  where.write("dense", std::string(100 * KiB, 'x'));
  where.write("image", "");
  std::filesystem::resize_file(where / "image", 1024 * KiB);
  const auto write_at = [&](std::streamoff offset) {
    std::fstream image{where / "image", std::ios::in | std::ios::out | std::ios::binary};
    image.seekp(offset) << std::string(4 * KiB, 'd');
  };
  write_at(256 * KiB);
  file_source source{{where / "dense", where / "image"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(found.bytes, 1124 * KiB);
  EXPECT_GE(found.holes, 1000 * KiB);
  const auto stretch_at = [&](std::uint64_t entry, std::uint64_t offset, std::uint64_t size_max) {
    core::content_stretch stretch;
    const auto fault = source.stretch_at(entry, offset, size_max, stretch);
    return fault ? fault->code : (stretch.hole ? "hole " : "data ") + std::to_string(stretch.size);
  };
  EXPECT_EQ(stretch_at(0, 5, 100), "data 100");
  EXPECT_EQ(stretch_at(1, 0, 128 * KiB), "hole 131072");
  EXPECT_EQ(stretch_at(1, 128 * KiB, 1024 * KiB), "hole 131072");
  EXPECT_EQ(stretch_at(1, 256 * KiB, 1024 * KiB), "data 4096");
  EXPECT_EQ(stretch_at(1, 257 * KiB, KiB), "data 1024");
  EXPECT_EQ(stretch_at(1, 260 * KiB, 1024 * KiB), "hole 782336");
  write_at(512 * KiB);
  EXPECT_EQ(stretch_at(1, 300 * KiB, 1024 * KiB), "source-changed");
}

TEST(FileSource, FollowsLinksTheUserNamedAndSkipsThoseInFolders) {
  const temporary_folder where;
  std::filesystem::create_directory(where / "real");
  where.write("real/a", "a");
  std::filesystem::create_symlink(where / "real", where / "named");
  std::filesystem::create_symlink("/etc/passwd", where / "real/link");
  ASSERT_EQ(::mkfifo((where / "real/pipe").c_str(), 0600), 0);
  where.write("real/.hobnob-part-01020300000000000000000000000000-0", "unfinished");
  file_source source{{where / "named"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(offered_paths(source), (std::vector<std::string>{"named", "named/a"}));
  EXPECT_EQ(content_of(source, 1, 1), "a");
  const auto omitted = source.omitted();
  EXPECT_EQ(omitted.count, 3u);
  ASSERT_EQ(omitted.first.size(), 3u);
  EXPECT_EQ(omitted.first[1].path, (where / "named/link").string());
  EXPECT_EQ(omitted.first[1].reason, "a symbolic link");
  EXPECT_EQ(omitted.first[2].reason, "a pipe");
}

TEST(FileSource, WhatCannotBeSentIsSaidBeforeAnythingIs) {
  const temporary_folder where;
  ASSERT_EQ(::mkfifo((where / "pipe").c_str(), 0600), 0);
  core::transfer_summary found;
  EXPECT_EQ(tf::code(file_source{{where / "missing"}}.scan(found)), "source-unreadable");
  EXPECT_EQ(tf::code(file_source{{where / "pipe"}}.scan(found)), "source-unreadable");
  EXPECT_EQ(tf::code(file_source{{"/dev/null"}}.scan(found)), "source-unreadable");
  EXPECT_EQ(tf::code(file_source{{"/"}}.scan(found)), "bad-path");
  EXPECT_EQ(tf::code(file_source{{}}.scan(found)), "source-unreadable");
}

/// Root reads everything. Until its end the process is somebody who does not.
class as_somebody {
 public:
  as_somebody() { EXPECT_EQ(::seteuid(user_ == 0 ? 65'534 : user_), 0); }
  ~as_somebody() { EXPECT_EQ(::seteuid(user_), 0); }

 private:
  uid_t user_ = ::geteuid();
};

void set_mode(const std::filesystem::path& path, mode_t mode) {
  ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
}

TEST(FileSource, WhatCannotBeReadInAFolderIsLeftOutAndNamedFirst) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "top/closed");
  std::filesystem::create_directories(where / "top/listed");
  for (const auto* name : {"a", "locked", "closed/b", "listed/c"}) {
    where.write(std::string{"top/"} + name, "1");
    set_mode(where / "top" / name, 0644);
  }
  for (int i = 0; i < 10; ++i)
    std::filesystem::create_symlink("a", where / ("top/" + std::to_string(i)));
  for (const auto* folder : {"", "top"}) set_mode(where / folder, 0755);
  for (const auto* name : {"top/locked", "top/closed"}) set_mode(where / name, 0);
  set_mode(where / "top/listed", 0744);
  if (::geteuid() != 0) set_mode(where / "top/listed", 0444);
  file_source source{{where / "top"}};
  core::transfer_summary found;
  {
    const as_somebody other;
    ASSERT_EQ(tf::code(source.scan(found)), "");
    EXPECT_EQ(offered_paths(source), (std::vector<std::string>{"top", "top/a", "top/listed"}));
    EXPECT_EQ(content_of(source, 1, 1), "1");
  }
  const auto omitted = source.omitted();
  EXPECT_EQ(omitted.count, 13u);
  ASSERT_EQ(omitted.first.size(), 10u);
  EXPECT_EQ(omitted.first[0].path, (where / "top/closed").string());
  EXPECT_EQ(omitted.first[0].reason, "cannot be read: Permission denied");
  EXPECT_EQ(omitted.first[1].path, (where / "top/locked").string());
  EXPECT_EQ(omitted.first[2].path, (where / "top/listed/c").string());
  EXPECT_EQ(omitted.first[3].reason, "a symbolic link");
  set_mode(where / "top/listed", 0755);
  set_mode(where / "top/closed", 0755);
}

TEST(FileSource, WhatTheUserNamedAndNoFileOfWhichCanBeReadIsAFault) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "top/empty");
  where.write("top/locked", "1");
  where.write("good", "1");
  for (const auto* folder : {"", "top", "top/empty"}) set_mode(where / folder, 0755);
  set_mode(where / "good", 0644);
  set_mode(where / "top/locked", 0);
  const as_somebody other;
  core::transfer_summary found;
  EXPECT_EQ(tf::code(file_source{{where / "top/locked"}}.scan(found)), "source-unreadable");
  const auto failed = file_source{{where / "good", where / "top"}}.scan(found);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, "source-unreadable");
  EXPECT_EQ(failed->detail,
            "cannot read any file in \"" + (where / "top").string() + "\": Permission denied");
  EXPECT_EQ(tf::code(file_source{{where / "top/empty"}}.scan(found)), "");
}

TEST(FileSource, AFileThatIsNotAsItWasOfferedIsSaid) {
  const temporary_folder where;
  const auto change = [&](const std::string& name) {
    const auto path = where / name;
    if (name == "grown") where.write(name, "12345");
    if (name == "shrunk") where.write(name, "123");
    if (name == "touched") {
      std::filesystem::last_write_time(path, std::filesystem::file_time_type{});
    }
    if (name == "gone") std::filesystem::remove(path);
    if (name == "linked") {
      std::filesystem::rename(path, where / "elsewhere");
      std::filesystem::create_symlink(where / "elsewhere", path);
    }
    if (name == "replaced") {
      const auto time = std::filesystem::last_write_time(path);
      where.write("new", "1234");
      std::filesystem::last_write_time(where / "new", time);
      std::filesystem::rename(where / "new", path);
    }
  };
  const std::vector<std::string> names{"gone", "grown", "linked", "replaced", "shrunk", "touched"};
  for (const bool open_before : {false, true}) {
    for (const auto& name : names) where.write(name, "1234");
    file_source source{{where.path()}};
    core::transfer_summary found;
    ASSERT_EQ(tf::code(source.scan(found)), "");
    for (std::size_t i = 0; i < names.size(); ++i) {
      // Who has the old file open goes on with it when only its name goes elsewhere.
      const bool only_name = names[i] == "gone" || names[i] == "linked" || names[i] == "replaced";
      if (open_before) {
        ASSERT_EQ(content_of(source, i + 1, 4), "1234") << names[i];
      }
      change(names[i]);
      EXPECT_EQ(content_of(source, i + 1, 4), open_before && only_name ? "1234" : "source-changed")
          << names[i];
    }
    std::filesystem::remove(where / "linked");
    std::filesystem::remove(where / "elsewhere");
  }
}

TEST(FileSource, AFolderThatBecomesALinkIsNotReadThrough) {
  const temporary_folder where;
  std::filesystem::create_directories(where / "top/in");
  where.write("top/in/a", "1");
  file_source source{{where / "top"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  std::filesystem::rename(where / "top/in", where / "moved");
  std::filesystem::create_symlink(where / "moved", where / "top/in");
  EXPECT_EQ(content_of(source, 2, 1), "source-changed");
}

TEST(FileSource, ASparseFileOfMoreThan4GiBIsReadAnywhere) {
  const temporary_folder where;
  where.write("huge", "begin");
  constexpr std::uint64_t size = 5ull << 30;
  std::filesystem::resize_file(where / "huge", size);
  file_source source{{where / "huge"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(found.bytes, size);
  EXPECT_EQ(content_of(source, 0, 5), "begin");
  EXPECT_EQ(content_of(source, 0, 2, size - 2), std::string(2, '\0'));
}

TEST(SpooledSource, KeepsWhatCameFromAPipeAndLeavesNoFile) {
  const temporary_folder where;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "streamed", 8), 8);
  ::close(ends[1]);
  spooled_source source{std::make_shared<input_spool>(ends[0], where.path()), ".notes"};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  ::close(ends[0]);
  EXPECT_EQ(found, (core::transfer_summary{"_.notes", 1, 1, 8}));
  EXPECT_EQ(content_of(source, 0, 6, 2), "reamed");
  EXPECT_EQ(content_of(source, 0, 9), "source-unreadable");
  EXPECT_EQ(content_of(source, 1, 1), "source-unreadable");
  EXPECT_TRUE(std::filesystem::is_empty(where.path()));
}

TEST(SpooledSource, WhatWasReadBeforeTheDiskWasFullIsNotForgotten) {
  const temporary_folder where;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "streamed", 8), 8);
  spooled_source source{std::make_shared<input_spool>(ends[0], where.path()), "notes"};
  core::transfer_summary found;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{5, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &little);
  const auto fault = source.scan(found);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_TRUE(fault);
  ASSERT_EQ(::write(ends[1], " on", 3), 3);
  ::close(ends[1]);
  ASSERT_EQ(tf::code(source.scan(found)), "");
  ::close(ends[0]);
  EXPECT_EQ(found.bytes, 11u);
  EXPECT_EQ(content_of(source, 0, 11), "streamed on");
  EXPECT_EQ(tf::code(source.scan(found)), "");
  EXPECT_EQ(found.bytes, 11u);
}

TEST(SpooledSource, NobodyWaitsForInputThatNobodyWants) {
  const temporary_folder where;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "begun", 5), 5);
  spooled_source source{std::make_shared<input_spool>(ends[0], where.path()), "notes"};
  std::thread reader{[&] {
    core::transfer_summary found;
    EXPECT_EQ(tf::code(source.scan(found)), "source-unreadable");
  }};
  source.give_up();
  reader.join();
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(SpooledSource, SeveralShareAnInputAndWhoGivesUpStopsNoOther) {
  const temporary_folder where;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto input = std::make_shared<input_spool>(ends[0], where.path());
  spooled_source sources[] = {{input, "a"}, {input, "b"}, {input, "c"}};
  std::string codes[3];
  core::transfer_summary found[3];
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&, i] { codes[i] = tf::code(sources[i].scan(found[i])); });
  sources[0].give_up();
  readers[0].join();
  const std::string content(300'000, 'x');
  for (std::size_t at = 0; at < content.size();)
    at += static_cast<std::size_t>(::write(ends[1], content.data() + at, content.size() - at));
  ::close(ends[1]);
  for (int i : {1, 2}) readers[i].join();
  EXPECT_EQ(codes[0], "source-unreadable");
  for (int i : {1, 2}) {
    EXPECT_EQ(codes[i], "");
    EXPECT_EQ(found[i].bytes, content.size());
    EXPECT_EQ(content_of(sources[i], 0, content.size()), content);
  }
  ::close(ends[0]);
}

TEST(SpooledSource, OffersWhatAnotherProgramHasFilled) {
  const temporary_folder where;
  where.write("filled", "streamed");
  const auto path = where / "filled";
  owned_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  ::lseek(file.get(), 0, SEEK_END);
  std::filesystem::remove(path);
  const auto input = std::make_shared<input_spool>(std::move(file));
  for (const auto* name : {"a", "b"}) {
    spooled_source source{input, name};
    core::transfer_summary found;
    ASSERT_EQ(tf::code(source.scan(found)), "");
    EXPECT_EQ(found, (core::transfer_summary{name, 1, 1, 8}));
    EXPECT_EQ(content_of(source, 0, 8), "streamed");
  }
}

TEST(FileSource, WhatNobodyWantsIsNotReadOn) {
  const temporary_folder where;
  where.write("a", "1");
  file_source source{{where / "a"}};
  core::transfer_summary found;
  ASSERT_EQ(tf::code(source.scan(found)), "");
  source.give_up();
  EXPECT_EQ(content_of(source, 0, 1), "source-unreadable");
  std::filesystem::create_directory(where / "d");
  where.write("d/b", "2");
  file_source folder{{where / "d"}};
  folder.give_up();
  EXPECT_EQ(tf::code(folder.scan(found)), "source-unreadable");
}

}  // namespace
}  // namespace hobnob
