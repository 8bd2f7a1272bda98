#include "actors/core/size_text.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

TEST(SizeText, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_size("0"), 0u);
  EXPECT_EQ(parse_size("4096"), 4096u);
  EXPECT_EQ(parse_size("10K"), 10240u);
  EXPECT_EQ(parse_size("10k"), 10240u);
  EXPECT_EQ(parse_size("1.5M"), 1572864u);
  EXPECT_EQ(parse_size("2GiB"), 2147483648u);
  EXPECT_EQ(parse_size("2MB"), 2097152u);
  EXPECT_EQ(parse_size("7B"), 7u);
  EXPECT_EQ(parse_rate("500K/s"), 512000u);
}

TEST(SizeText, RefusesWhatIsNoSize) {
  for (const auto* wrong : {"", "K", "-1", "1x", "1KK", "1Kib", "nan", "1e30", "99999999999999T"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  EXPECT_FALSE(parse_rate("0"));
  EXPECT_FALSE(parse_rate("5/s/s"));
}

TEST(SizeText, ShowsSizesInShort) {
  EXPECT_EQ(shown_size(0), "0 bytes");
  EXPECT_EQ(shown_size(1), "1 byte");
  EXPECT_EQ(shown_size(1023), "1023 bytes");
  EXPECT_EQ(shown_size(1024), "1.0 KiB");
  EXPECT_EQ(shown_size(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(shown_size(1610612736), "1.5 GiB");
  EXPECT_EQ(shown_size(UINT64_MAX), "16777216.0 TiB");
}

}  // namespace
}  // namespace hobnob::core
