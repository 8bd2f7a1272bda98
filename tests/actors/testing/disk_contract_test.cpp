#include "actors/storage/small_file.hpp"
#include "actors/testing/sim_disk.hpp"
#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <array>

// What a data directory relies on, of the machine's disk and of the simulated one.

namespace hobnob::testing {
namespace {

struct real_folder {
  temporary_folder folder;

  disk& where() { return *machine_disk(); }
  disk::path path(const char* name) { return folder / name; }
};

struct simulated_folder {
  sim_disk host{sim::random_source{1}};
  std::shared_ptr<disk> mounted = host.mount();

  disk& where() { return *mounted; }
  disk::path path(const char* name) { return disk::path{"/"} / name; }
};

template <class Folder>
struct DiskContract : ::testing::Test {
  Folder in;

  disk& where() { return in.where(); }
  disk::path at(const char* name) { return in.path(name); }

  std::string content(const char* name) {
    return read_small_file(at(name), 1'000'000, where()).content;
  }
  void write(const char* name, std::string_view text) {
    const auto made = where().open(at(name), open_mode::create, 0600);
    ASSERT_FALSE(made.error);
    ASSERT_FALSE(made.file->write_at(0, as_byte_view(text)));
  }
};

using folders = ::testing::Types<real_folder, simulated_folder>;
TYPED_TEST_SUITE(DiskContract, folders);

TYPED_TEST(DiskContract, ListsWhatIsInADirectory) {
  auto& disk = this->where();
  const auto listed = [&](const char* name) {
    auto found = disk.list(this->at(name));
    std::ranges::sort(found.names);
    return found;
  };
  EXPECT_EQ(listed("d").error, std::errc::no_such_file_or_directory);
  ASSERT_FALSE(disk.make_directory(this->at("d"), 0700));
  EXPECT_FALSE(listed("d").error);
  EXPECT_TRUE(listed("d").names.empty());
  this->write("d/b", "two");
  this->write("d/a", "one");
  this->write("c", "beside it");
  ASSERT_FALSE(disk.make_directory(this->at("d/inner"), 0700));
  this->write("d/inner/x", "deeper");
  EXPECT_EQ(listed("d").names, (std::vector<std::string>{"a", "b", "inner"}));
  ASSERT_FALSE(disk.remove(this->at("d/a")));
  EXPECT_EQ(listed("d").names, (std::vector<std::string>{"b", "inner"}));
  EXPECT_EQ(listed("c").error, std::errc::not_a_directory);
}

TYPED_TEST(DiskContract, OpensWhatIsToBeOpened) {
  auto& disk = this->where();
  const auto missing = std::errc::no_such_file_or_directory;
  EXPECT_EQ(disk.open(this->at("a"), open_mode::read).error, missing);
  EXPECT_EQ(disk.open(this->at("a"), open_mode::write).error, missing);
  EXPECT_EQ(disk.open(this->at("no/a"), open_mode::create).error, missing);
  EXPECT_FALSE(disk.open(this->at("a"), open_mode::create_new).error);
  EXPECT_EQ(disk.open(this->at("a"), open_mode::create_new).error, std::errc::file_exists);
  EXPECT_FALSE(disk.open(this->at("a"), open_mode::create).error);
  EXPECT_FALSE(disk.open(this->at("a"), open_mode::read).error);
  EXPECT_EQ(disk.open(this->at("a/b"), open_mode::create).error, std::errc::not_a_directory);
  EXPECT_FALSE(disk.make_directory(this->at("d"), 0700));
  EXPECT_EQ(disk.open(this->at("d"), open_mode::create).error, std::errc::is_a_directory);
}

TYPED_TEST(DiskContract, ReadsAndWritesAnywhereInAFile) {
  const auto opened = this->where().open(this->at("a"), open_mode::create);
  ASSERT_FALSE(opened.error);
  auto& file = *opened.file;
  EXPECT_FALSE(file.write_at(3, as_byte_view("late")));
  EXPECT_FALSE(file.write_at(0, as_byte_view("x")));
  EXPECT_EQ(file.size().size, 7u);
  EXPECT_EQ(this->content("a"), std::string("x\0\0late", 7));
  std::array<std::byte, 10> out{};
  EXPECT_EQ(file.read_at(5, out).size, 2u);
  EXPECT_EQ(as_text({out.data(), 2}), "te");
  EXPECT_EQ(file.read_at(7, out).size, 0u);
  EXPECT_EQ(file.read_at(100, out).size, 0u);
  EXPECT_FALSE(file.resize(2));
  EXPECT_FALSE(file.resize(4));
  EXPECT_EQ(this->content("a"), std::string("x\0\0\0", 4));
  EXPECT_FALSE(file.sync());
}

TYPED_TEST(DiskContract, RenamesOverWhatIsThereOrNot) {
  auto& disk = this->where();
  this->write("a", "one");
  this->write("b", "two");
  EXPECT_EQ(disk.rename_new(this->at("a"), this->at("b")), std::errc::file_exists);
  EXPECT_EQ(this->content("b"), "two");
  EXPECT_FALSE(disk.rename(this->at("a"), this->at("b")));
  EXPECT_EQ(this->content("b"), "one");
  EXPECT_EQ(disk.rename(this->at("a"), this->at("b")), std::errc::no_such_file_or_directory);
  EXPECT_FALSE(disk.rename_new(this->at("b"), this->at("c")));
  EXPECT_EQ(disk.status(this->at("b")).error, std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->content("c"), "one");
  EXPECT_EQ(disk.rename(this->at("c"), this->at("no/c")), std::errc::no_such_file_or_directory);
  EXPECT_FALSE(disk.make_directory(this->at("d"), 0700));
  EXPECT_EQ(disk.rename(this->at("c"), this->at("d")), std::errc::is_a_directory);
}

TYPED_TEST(DiskContract, AFileThatIsOpenOutlivesItsName) {
  this->write("a", "one");
  const auto opened = this->where().open(this->at("a"), open_mode::read);
  EXPECT_FALSE(this->where().remove(this->at("a")));
  EXPECT_EQ(this->where().remove(this->at("a")), std::errc::no_such_file_or_directory);
  std::array<std::byte, 3> out{};
  EXPECT_EQ(opened.file->read_at(0, out).size, 3u);
}

TYPED_TEST(DiskContract, TellsWhatIsThere) {
  auto& disk = this->where();
  EXPECT_FALSE(disk.make_directory(this->at("d"), 0700));
  EXPECT_EQ(disk.make_directory(this->at("d"), 0700), std::errc::file_exists);
  EXPECT_EQ(disk.make_directory(this->at("no/d"), 0700), std::errc::no_such_file_or_directory);
  EXPECT_EQ(disk.remove(this->at("d")), std::errc::is_a_directory);
  this->write("d/a", "one");
  const auto file = disk.status(this->at("d/a")), folder = disk.status(this->at("d"));
  EXPECT_FALSE(file.error || folder.error);
  EXPECT_EQ(file.size, 3u);
  EXPECT_EQ(file.mode, 0600u);
  EXPECT_TRUE(file.own);
  EXPECT_FALSE(file.is_directory);
  EXPECT_TRUE(folder.is_directory);
  EXPECT_EQ(folder.mode, 0700u);
  EXPECT_EQ(disk.status(this->at("d/b")).error, std::errc::no_such_file_or_directory);
  EXPECT_EQ(disk.status(this->at("d/a/b")).error, std::errc::not_a_directory);
  EXPECT_FALSE(disk.sync_directory(this->at("d")));
  EXPECT_EQ(disk.sync_directory(this->at("no")), std::errc::no_such_file_or_directory);
  EXPECT_EQ(disk.sync_directory(this->at("d/a")), std::errc::not_a_directory);
}

TYPED_TEST(DiskContract, KeepsSmallFilesWhole) {
  auto& disk = this->where();
  EXPECT_FALSE(make_directories(this->at("x/y"), 0700, disk));
  EXPECT_FALSE(make_directories(this->at("x/y"), 0700, disk));
  EXPECT_FALSE(replace_file(this->at("x/y/a"), "one", 0600, disk));
  EXPECT_FALSE(replace_file(this->at("x/y/a"), "two", 0600, disk));
  EXPECT_EQ(create_file(this->at("x/y/a"), this->at("x/y/s"), "three", 0600, disk),
            std::errc::file_exists);
  EXPECT_EQ(this->content("x/y/a"), "two");
  EXPECT_EQ(disk.status(this->at("x/y/s")).error, std::errc::no_such_file_or_directory);
  EXPECT_EQ(make_directories(this->at("x/y/a"), 0700, disk), std::errc::not_a_directory);
}

}  // namespace
}  // namespace hobnob::testing
