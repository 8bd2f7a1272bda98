#include "actors/storage/identity_file.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hobnob {
namespace {

TEST(IdentityFile, IsMadeOnceAndReadBack) {
  const temporary_folder folder;
  const auto made = load_or_create_identity(folder / "identity");
  ASSERT_TRUE(made) << made.error();
  const auto read = load_or_create_identity(folder / "identity");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(made->fingerprint(), read->fingerprint());
  EXPECT_FALSE(made->fingerprint().is_null());

  struct stat status {};
  ASSERT_EQ(::stat((folder / "identity").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(status.st_size, 32);
}

TEST(IdentityFile, TheFileCountsWhateverWasKnownBefore) {
  const temporary_folder folder;
  const auto load = [&](const char* name, const std::optional<identity>& known) {
    return load_or_create_identity(folder / name, *machine_disk(), fill_from_system, known);
  };
  const auto made = load("a", {});
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(load("a", *made)->fingerprint(), made->fingerprint());
  const auto other = load("b", *made);
  EXPECT_NE(other->fingerprint(), made->fingerprint());
  EXPECT_EQ(load("a", *other)->fingerprint(), made->fingerprint());
}

TEST(IdentityFile, TwoAreNeverTheSame) {
  const temporary_folder folder;
  EXPECT_NE(load_or_create_identity(folder / "a")->fingerprint(),
            load_or_create_identity(folder / "b")->fingerprint());
}

TEST(IdentityFile, ThoseWhoAreStartedTogetherAgreeOnOne) {
  const temporary_folder folder;
  constexpr int children = 8;
  for (int i = 0; i < children; ++i) {
    if (::fork() == 0) {
      const auto made = load_or_create_identity(folder / "identity");
      folder.write("child" + std::to_string(i),
                   made ? to_string(made->fingerprint()) : made.error());
      ::_exit(0);
    }
  }
  for (int i = 0; i < children; ++i) ::wait(nullptr);
  const auto kept = to_string(load_or_create_identity(folder / "identity")->fingerprint());
  for (int i = 0; i < children; ++i) EXPECT_EQ(folder.read("child" + std::to_string(i)), kept);
}

TEST(IdentityFile, ADamagedOneIsAnErrorAndStaysAsItIs) {
  const temporary_folder folder;
  for (const auto& content : {std::string{}, std::string(31, 'x'), std::string(33, 'x')}) {
    folder.write("identity", content);
    ::chmod((folder / "identity").c_str(), 0600);
    const auto read = load_or_create_identity(folder / "identity");
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().find("damaged (" + std::to_string(content.size())), std::string::npos)
        << read.error();
    EXPECT_EQ(folder.read("identity"), content);
  }
}

TEST(IdentityFile, OneThatOthersCanReadIsRefused) {
  const temporary_folder folder;
  ASSERT_TRUE(load_or_create_identity(folder / "identity"));
  ::chmod((folder / "identity").c_str(), 0644);
  const auto read = load_or_create_identity(folder / "identity");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().find("chmod 600"), std::string::npos) << read.error();
}

TEST(IdentityFile, AnUnwritableFolderIsAClearError) {
  const temporary_folder folder;
  const auto made = load_or_create_identity(folder / "missing/identity");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("cannot be written"), std::string::npos) << made.error();
}

}  // namespace
}  // namespace hobnob
