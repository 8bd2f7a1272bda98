#include "actors/storage/file_sink.hpp"

#include "tests/actors/storage/transfer_folders.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

namespace hobnob {
namespace {

namespace tf = transfer_folders;
using tree_of_names = std::map<std::string, std::string>;

/// Writes and finishes one entry, and settles; the code of what failed.
std::string receive_settled(file_sink& sink, std::uint64_t entry, std::string_view content) {
  const auto code = tf::receive(sink, entry, content);
  return code.empty() ? tf::code(sink.settle()) : code;
}

/// Names that have led somewhere in other programs, and pieces to make more of.
std::string hostile_path(std::mt19937& random) {
  static const std::string pieces[] = {"..",
                                       ".",
                                       "",
                                       "a",
                                       "b",
                                       "down",
                                       "outside",
                                       "secret",
                                       "link",
                                       "~",
                                       "C:",
                                       "CON",
                                       "a.",
                                       "-rf",
                                       ".ssh",
                                       "authorized_keys",
                                       "\\",
                                       "..\\",
                                       "%2e%2e",
                                       std::string(1, '\0'),
                                       "\n",
                                       "\x1b[2J",
                                       "\xe2\x80\xae",
                                       "\xc0\xae\xc0\xae",
                                       "\xff",
                                       "\xef\xbc\x8f",
                                       "\xe2\x88\x95",
                                       std::string(300, 'x'),
                                       std::string(255, 'y'),
                                       "proc",
                                       "self",
                                       "root",
                                       "tmp",
                                       ".hobnob-part-01020300000000000000000000000000-0"};
  const auto below = [&](std::size_t count) { return random() % count; };
  std::string path;
  const auto count = 1 + below(5);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && below(4) != 0) path += '/';
    path += pieces[below(std::size(pieces))];
  }
  if (below(8) == 0) path.insert(0, "/");
  if (below(8) == 0) path += '/';
  return path;
}

TEST(FileSinkHostile, NoNameLeadsOutOfTheFolder) {
  const temporary_folder parent;
  parent.write("secret", "kept");
  std::filesystem::create_directory(parent / "outside");
  parent.write("outside/secret", "kept");
  std::filesystem::create_directory(parent / "down");
  std::filesystem::create_symlink(parent / "outside", parent / "down/link");
  std::filesystem::create_symlink(parent / "secret", parent / "down/a");
  std::filesystem::create_symlink("../secret", parent / "down/b");
  const auto before = tf::tree(parent);

  std::mt19937 random{20'261'123};
  constexpr std::uint64_t count = 5'000;
  unsigned taken = 0;
  file_sink sink{parent / "down", tf::id};
  ASSERT_EQ(tf::code(sink.open({"x", 2 * count, count, count})), "");
  std::uint64_t next = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto path = hostile_path(random);
    // The folders it names, as far as they are taken, then the file itself.
    if (const auto slash = path.rfind('/'); slash != std::string::npos && slash > 0) {
      if (!sink.declare(next, {{tf::folder(path.substr(0, slash))}})) ++next;
    }
    if (sink.declare(next, {{tf::file(path, 1)}})) continue;
    ++taken;
    const auto entry = next++;
    core::transfer_sink::standing found;
    std::string shown;
    if (sink.look(entry, found) || sink.write(entry, 0, tf::as_bytes("!"))) continue;
    sink.finish(entry, false, shown);
  }
  EXPECT_EQ(tf::code(sink.close()), "disk-error") << "some had no place to stand";
  sink.discard();
  EXPECT_GT(taken, 100u);
  EXPECT_LT(taken, count);

  auto after = tf::tree(parent);
  for (const auto& [name, content] : before) {
    EXPECT_EQ(after[name], content) << name;
    after.erase(name);
  }
  for (const auto& [name, content] : after) {
    EXPECT_TRUE(name.starts_with("down/")) << name;
    EXPECT_TRUE(content == "!" || content == "/") << name;
    EXPECT_FALSE(name.starts_with("down/.") || name.starts_with("down/-")) << name;
  }
}

TEST(FileSinkHostile, AFolderThatBecomesALinkMeanwhileIsNotWrittenThrough) {
  for (const bool finished_before : {false, true}) {
    const temporary_folder parent;
    std::filesystem::create_directory(parent / "outside");
    file_sink sink{parent / "down", tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::folder("d"), tf::file("d/1", 1),
                                                   tf::file("d/2", 1), tf::file("beside", 1)})),
              "");
    ASSERT_EQ(receive_settled(sink, 1, "1"), "");
    std::string shown;
    ASSERT_EQ(tf::code(sink.write(2, 0, tf::as_bytes("2"))), "");
    if (finished_before) {
      ASSERT_EQ(tf::code(sink.finish(2, false, shown)), "");
    }
    std::filesystem::rename(parent / "down/d", parent / "moved");
    std::filesystem::create_symlink(parent / "outside", parent / "down/d");

    if (!finished_before) sink.finish(2, false, shown);
    EXPECT_EQ(tf::code(sink.settle()), "folder-changed");
    EXPECT_EQ(receive_settled(sink, 3, "3"), "");
    sink.discard();
    EXPECT_EQ(tf::tree(parent), (tree_of_names{{"outside", "/"},
                                               {"moved", "/"},
                                               {"moved/1", "1"},
                                               {"down", "/"},
                                               {"down/beside", "3"},
                                               {"down/d", "-> " + (parent / "outside").string()}}));
  }
}

TEST(FileSinkHostile, AFolderThatIsSwappedAllTheTimeLeadsNothingOut) {
  std::size_t placed = 0, swapped = 0;
  // How many get their names before the folder is away depends on how the threads run.
  for (int round = 0; round < 10 || placed == 0; ++round) {
    ASSERT_LT(round, 1000);
    const temporary_folder parent;
    std::filesystem::create_directory(parent / "outside");
    file_sink sink{parent / "down", tf::id};
    std::vector<core::transfer_entry> entries{tf::folder("d")};
    for (int i = 1; i <= 300; ++i) entries.push_back(tf::file("d/" + std::to_string(i), 1));
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, entries)), "");
    std::string shown;
    ASSERT_EQ(tf::code(sink.finish(0, false, shown)), "");
    for (std::uint64_t i = 1; i < entries.size(); ++i) {
      ASSERT_EQ(tf::code(sink.write(i, 0, tf::as_bytes("x"))), "");
      ASSERT_EQ(tf::code(sink.finish(i, false, shown)), "");
    }
    std::atomic<bool> over = false;
    std::thread swapping{[&] {
      const auto folder = parent / "down/d", moved = parent / "moved";
      for (; !over; ++swapped) {
        std::filesystem::rename(folder, moved);
        std::filesystem::create_directory_symlink(parent / "outside", folder);
        std::filesystem::remove(folder);
        std::filesystem::rename(moved, folder);
      }
    }};
    sink.settle();  // With or without a fault.
    over = true;
    swapping.join();
    EXPECT_TRUE(std::filesystem::is_empty(parent / "outside"));
    for (const auto& [path, content] : tf::tree(parent)) placed += path.starts_with("down/d/");
  }
  EXPECT_GT(swapped, 0u);
  EXPECT_GT(placed, 0u);
}

TEST(FileSinkHostile, APartThatIsOfNoEntryHindersNothing) {
  const temporary_folder where;
  where.write(download_folder::part_name(tf::id, 99), "x");
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1)})), "");
  EXPECT_EQ(receive_settled(sink, 0, "1"), "");
  EXPECT_EQ(tf::code(sink.close()), "");
  EXPECT_EQ(tf::tree(where), (std::map<std::string, std::string>{{"a", "1"}}));
}

TEST(FileSinkHostile, WhenTheFolderItselfIsSwappedTheOneThatWasOpenedIsWrittenTo) {
  const temporary_folder parent;
  std::filesystem::create_directory(parent / "outside");
  file_sink sink{parent / "down", tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1)})), "");
  std::filesystem::rename(parent / "down", parent / "moved");
  std::filesystem::create_symlink(parent / "outside", parent / "down");
  EXPECT_EQ(receive_settled(sink, 0, "1"), "");
  EXPECT_TRUE(std::filesystem::is_empty(parent / "outside"));
  EXPECT_EQ(parent.read("moved/a"), "1");
}

TEST(FileSinkHostile, WhatIsPlantedUnderThePartsNameIsReplacedAndNotWrittenThrough) {
  for (const std::string planted : {"link", "pipe", "second name", "folder"}) {
    const temporary_folder parent;
    parent.write("victim", "kept");
    std::filesystem::create_directory(parent / "down");
    const auto part = parent / ("down/" + download_folder::part_name(tf::id, 0));
    if (planted == "link") std::filesystem::create_symlink(parent / "victim", part);
    if (planted == "pipe") {
      ASSERT_EQ(::mkfifo(part.c_str(), 0600), 0);
    }
    if (planted == "second name") std::filesystem::create_hard_link(parent / "victim", part);
    if (planted == "folder") std::filesystem::create_directory(part);
    file_sink sink{parent / "down", tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1)})), "");
    core::transfer_sink::standing found;
    EXPECT_EQ(tf::code(sink.look(0, found)), "");
    EXPECT_EQ(found.unfinished, 0u);
    EXPECT_EQ(receive_settled(sink, 0, "1"), "") << planted;
    EXPECT_EQ(tf::tree(parent), (tree_of_names{{"victim", "kept"}, {"down", "/"}, {"down/a", "1"}}))
        << planted;
  }
}

TEST(FileSinkHostile, APartThatIsSwappedBeforeItGetsItsNameIsNotTakenForTheFile) {
  const temporary_folder parent;
  parent.write("victim", "kept");
  file_sink sink{parent / "down", tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1)})), "");
  ASSERT_EQ(tf::code(sink.write(0, 0, tf::as_bytes("1"))), "");
  std::string shown;
  ASSERT_EQ(tf::code(sink.finish(0, false, shown)), "");
  const auto part = parent / ("down/" + download_folder::part_name(tf::id, 0));
  std::filesystem::remove(part);
  std::filesystem::create_symlink(parent / "victim", part);
  EXPECT_EQ(tf::code(sink.settle()), "folder-changed");
  EXPECT_FALSE(std::filesystem::exists(parent / "down/a"));
  EXPECT_EQ(receive_settled(sink, 0, "2"), "");
  EXPECT_EQ(parent.read("down/a"), "2");
  EXPECT_EQ(parent.read("victim"), "kept");
}

TEST(FileSinkHostile, CandidatesAreOrdinaryFilesAndReadThroughNoLink) {
  const temporary_folder parent;
  parent.write("secret", "1234");
  std::filesystem::create_directory(parent / "down");
  std::filesystem::create_symlink(parent / "secret", parent / "down/a");
  ASSERT_EQ(::mkfifo((parent / "down/b").c_str(), 0600), 0);
  file_sink sink{parent / "down", tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 4), tf::file("b", 0)})), "");
  for (const std::uint64_t entry : {0u, 1u}) {
    core::transfer_sink::standing found;
    EXPECT_EQ(tf::code(sink.look(entry, found)), "");
    EXPECT_FALSE(found.candidate);
  }
}

TEST(FileSinkHostile, AFullDiskIsSaidAndItGoesOnAfterSpaceIsMade) {
  const temporary_folder where;
  if (::mount("none", where.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
    GTEST_SKIP() << "only root may mount";
  }
  {
    file_sink sink{where.path(), tf::id};
    ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 1'500'000)})), "");
    const std::string chunk(100'000, 'x');
    where.write("ballast", std::string(1'000'000, 'b'));
    std::optional<core::transfer_fault> fault;
    std::uint64_t offset = 0;
    for (; !fault && offset < 1'500'000; offset += chunk.size()) {
      fault = sink.write(0, offset, tf::as_bytes(chunk));
      // What it is refused for before it begins comes later too, from others on the disk.
      if (offset == 0 && fault) {
        std::filesystem::remove(where / "ballast");
        fault = sink.write(0, offset, tf::as_bytes(chunk));
        where.write("ballast", std::string(1'000'000, 'b'));
      }
    }
    EXPECT_EQ(tf::code(fault), "disk-full");
    EXPECT_TRUE(fault && fault->passing);
    std::filesystem::remove(where / "ballast");
    for (offset = 0; offset < 1'500'000; offset += chunk.size()) {
      ASSERT_EQ(tf::code(sink.write(0, offset, tf::as_bytes(chunk))), "");
    }
    std::string shown;
    EXPECT_EQ(tf::code(sink.finish(0, false, shown)), "");
    EXPECT_EQ(tf::code(sink.close()), "");
    EXPECT_EQ(where.read("a"), std::string(1'500'000, 'x'));
  }
  ::umount(where.path().c_str());
}

TEST(FileSinkHostile, HolesNeedNoRoom) {
  const temporary_folder where;
  const auto room = download_folder::open(where.path())->available().bytes;
  const std::vector<core::transfer_entry> entries{tf::file("image", room + 1'000'000'000)};
  core::transfer_summary offered{"image", 1, 1, entries.front().size};
  {
    file_sink sink{where.path(), tf::id};
    EXPECT_EQ(tf::code(sink.open(offered)), "disk-full");
  }
  offered.holes = offered.bytes - 1000;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(sink.open(offered)), "");
  ASSERT_EQ(tf::code(sink.declare(0, entries)), "");
  EXPECT_EQ(tf::code(sink.write_zeros(0, 0, offered.bytes - 1)), "");
  EXPECT_EQ(tf::code(sink.write_zeros(0, offered.bytes - 1, 2)), "too-large");
  EXPECT_EQ(receive_settled(sink, 0, "1"), "");
  EXPECT_EQ(tf::status(where / "image").st_size, static_cast<off_t>(offered.bytes));
  EXPECT_LT(tf::status(where / "image").st_blocks, 100);
}

TEST(FileSinkHostile, AFileThatTheSystemForbidsToGrowIsAFault) {
  const temporary_folder where;
  file_sink sink{where.path(), tf::id};
  ASSERT_EQ(tf::code(tf::open_and_declare(sink, {tf::file("a", 200'000)})), "");
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string chunk(150'000, 'x');
  const auto fault = sink.write(0, 0, tf::as_bytes(chunk));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(tf::code(fault), "too-large");
  EXPECT_FALSE(std::filesystem::exists(where / "a"));
}

TEST(DownloadFolder, StalePartsOfTransfersNobodyKnowsAreRemoved) {
  const temporary_folder where;
  where.write(download_folder::part_name({1}, 0), "known");
  where.write(download_folder::part_name({2}, 7), "stale");
  where.write(".hobnob-part-", "not ours");
  where.write("file", "kept");
  const auto folder = download_folder::open(where.path());
  ASSERT_TRUE(folder);
  const auto known = [](const core::transfer_id& id) { return id[0] == 1; };
  EXPECT_EQ(folder->remove_stale_parts(known, 0), 0u);  // None is that old.
  EXPECT_EQ(folder->remove_stale_parts(known, INT64_MAX), 1u);
  EXPECT_EQ(tf::tree(where), (tree_of_names{{download_folder::part_name({1}, 0), "known"},
                                            {".hobnob-part-", "not ours"},
                                            {"file", "kept"}}));
}

TEST(DownloadFolder, WhatIsNoFolderIsRefusedInWords) {
  const temporary_folder where;
  where.write("file", "x");
  EXPECT_FALSE(download_folder::open(where / "file"));
  EXPECT_FALSE(download_folder::open(where / "file/below").error().empty());
}

}  // namespace
}  // namespace hobnob
