#include "actors/core/settings_text.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

TEST(ConfigText, ReadsKeysAndValues) {
  const auto read =
      parse_config("# a comment\n\nuser = ann\r\n  p2p-log=/tmp/a = b.log  \nlisten =\n", "f");
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ((*read)[0], (setting{"user", "ann", "f:3"}));
  EXPECT_EQ((*read)[1], (setting{"p2p-log", "/tmp/a = b.log", "f:4"}));
  EXPECT_EQ((*read)[2], (setting{"listen", "", "f:5"}));
}

TEST(ConfigText, AnEmptyFileIsFine) { EXPECT_TRUE(parse_config("", "f")->empty()); }

TEST(ConfigText, SaysWhichLineIsWrongAndWhy) {
  const struct {
    std::string text;
    const char* problem;
  } cases[] = {
      {"user ann", "'=' is missing"},          {"= ann", "the key must be"},
      {"User = ann", "the key must be"},       {"user = \xff", "not UTF-8"},
      {std::string("user = a\0b", 10), "NUL"},
  };
  for (const auto& c : cases) {
    const auto read = parse_config("# first\n" + c.text, "peer.conf");
    ASSERT_FALSE(read) << c.text;
    EXPECT_NE(read.error().find("peer.conf:2: "), std::string::npos) << read.error();
    EXPECT_NE(read.error().find(c.problem), std::string::npos) << read.error();
  }
}

TEST(EnvironmentSettings, AreThoseWithThePrefix) {
  const char* environment[] = {"HOME=/root", "HOBNOB_LOG_LEVEL=debug", "HOBNOB_USER=", "HOBNOBX=1",
                               nullptr};
  const auto found = environment_settings(environment);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key, "log-level");
  EXPECT_EQ(found[0].value, "debug");
  EXPECT_EQ(found[0].origin, "HOBNOB_LOG_LEVEL");
  EXPECT_EQ(found[1].value, "");
}

}  // namespace
}  // namespace hobnob::core
