#include "actors/core/transfer_path.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

TEST(TransferPath, ReadsNamesFromTheOutermostIn) {
  const auto path = transfer_path::parse("photos/2026/über.jpg");
  ASSERT_TRUE(path) << path.error();
  EXPECT_EQ(path->names(), (std::vector<std::string>{"photos", "2026", "über.jpg"}));
  EXPECT_EQ(path->name(), "über.jpg");
  EXPECT_EQ(path->text(), "photos/2026/über.jpg");
}

TEST(TransferPath, ADotIsFineWithinAFolder) {
  EXPECT_TRUE(transfer_path::parse("project/.git/config"));
  EXPECT_TRUE(transfer_path::parse("a..b"));
  EXPECT_TRUE(transfer_path::parse("trailing."));
}

class TransferPathRefuses : public testing::TestWithParam<std::string> {};

TEST_P(TransferPathRefuses, WithASentence) {
  const auto path = transfer_path::parse(GetParam());
  ASSERT_FALSE(path);
  EXPECT_FALSE(path.error().empty());
  for (const char character : path.error()) EXPECT_GE(character, ' ');
}

std::string nested(std::size_t depth) {
  std::string path = "a";
  for (std::size_t i = 1; i < depth; ++i) path += "/a";
  return path;
}

INSTANTIATE_TEST_SUITE_P(
    Names, TransferPathRefuses,
    testing::Values("", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.",
                    "..\\x", "a\\b", std::string{"a\0b", 3}, "a\nb", "\x1b[2J", "a\x7f",
                    "gpj.\u202E.exe", "a\u200Bb", "\xff\xfe", "\xc0\xaf", ".bashrc", "-rf",
                    std::string(256, 'a'), nested(65), std::string(5000, 'a')));

TEST(TransferPath, TakesTheLongestAndTheDeepest) {
  EXPECT_TRUE(transfer_path::parse(std::string(255, 'a')));
  EXPECT_TRUE(transfer_path::parse(nested(64)));
}

TEST(VisibleName, NeitherHidesNorLooksLikeAnOption) {
  EXPECT_EQ(visible_name(".bashrc"), "_.bashrc");
  EXPECT_EQ(visible_name("-rf"), "_-rf");
  EXPECT_EQ(visible_name("a.b"), "a.b");
  EXPECT_TRUE(transfer_path::parse(visible_name("." + std::string(254, 'a'))));
}

TEST(NumberedName, KeepsWhatFollowsTheName) {
  EXPECT_EQ(numbered_name("report.pdf", 2), "report (2).pdf");
  EXPECT_EQ(numbered_name("archive.tar.gz", 2), "archive (2).tar.gz");
  EXPECT_EQ(numbered_name("photos", 10), "photos (10)");
  EXPECT_EQ(numbered_name(".tar.gz", 2), ".tar (2).gz");
}

TEST(NumberedName, StaysAValidName) {
  const std::string bare(255, 'a');
  std::string with_ending = bare;
  with_ending.replace(251, 4, ".txt");
  EXPECT_EQ(numbered_name(bare, 4294967295u).size(), file_name_size_max);
  EXPECT_EQ(numbered_name(with_ending, 4294967295u).size(), file_name_size_max);
  std::string umlauts;
  while (umlauts.size() < 254) umlauts += "ü";
  EXPECT_TRUE(transfer_path::parse(numbered_name(umlauts, 1)));
}

}  // namespace
}  // namespace hobnob::core
