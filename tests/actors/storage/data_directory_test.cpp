#include "actors/storage/data_directory.hpp"

#include "tests/actors/storage/no_disk_space.hpp"
#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>

namespace hobnob {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

TEST(DataDirectory, IsMadeForItsOwnerOnly) {
  const temporary_folder folder;
  const auto made = data_directory::open(folder / "a/b/c");
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(mode_of(folder / "a/b/c"), 0700u);
  EXPECT_EQ(made->file("identity"), folder / "a/b/c/identity");
}

TEST(DataDirectory, OneThatOthersCanWriteToIsRefused) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "open");
  ::chmod((folder / "open").c_str(), 0777);
  const auto refused = data_directory::open(folder / "open");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("chmod 700"), std::string::npos) << refused.error();
  EXPECT_EQ(mode_of(folder / "open"), 0777u);
}

TEST(DataDirectory, AFileInItsPlaceIsAClearError) {
  const temporary_folder folder;
  folder.write("file", "x");
  EXPECT_NE(data_directory::open(folder / "file").error().find("no directory"), std::string::npos);
  EXPECT_NE(data_directory::open(folder / "file/below").error().find("cannot create"),
            std::string::npos);
}

TEST(DataDirectory, OnlyOneProgramHasTheLockAndTheOtherLearnsWho) {
  const temporary_folder folder;
  auto first = data_directory::open(folder / "d");
  auto second = data_directory::open(folder / "d");
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->try_lock().locked);
  const auto refused = second->try_lock();
  EXPECT_FALSE(refused.locked);
  EXPECT_EQ(refused.holder, ::getpid());
}

TEST(DataDirectory, AFullDiskDoesNotRefuseTheLock) {
  const temporary_folder folder;
  auto data = data_directory::open(folder / "d");
  EXPECT_TRUE(without_disk_space([&] { return data->try_lock().locked; }));
}

TEST(DataDirectory, TheLockEndsWithItsHolder) {
  const temporary_folder folder;
  {
    auto first = data_directory::open(folder / "d");
    EXPECT_TRUE(first->try_lock().locked);
  }
  auto second = data_directory::open(folder / "d");
  EXPECT_TRUE(second->try_lock().locked);
}

TEST(DataDirectory, DefaultsFollowTheXdgSpecification) {
  const char* set = std::getenv("HOME");
  const std::string home = set != nullptr ? set : "";
  ::setenv("HOME", "/home/ann", 1);
  ::unsetenv("XDG_DATA_HOME");
  ::setenv("XDG_CONFIG_HOME", "/etc/ann", 1);
  EXPECT_EQ(default_data_directory("peer"), "/home/ann/.local/share/hobnob/peer");
  EXPECT_EQ(default_config_file("relay"), "/etc/ann/hobnob/relay.conf");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_EQ(default_data_directory("peer"), "/home/ann/.local/share/hobnob/peer");
  ::unsetenv("XDG_DATA_HOME");
  ::unsetenv("XDG_CONFIG_HOME");
  ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace hobnob
