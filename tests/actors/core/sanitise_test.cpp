#include "actors/core/sanitise.hpp"

#include "actors/core/utf8.hpp"

#include <gtest/gtest.h>
#include <string>

namespace hobnob::core {
namespace {

TEST(Sanitise, PlainTextOfAnyLanguageStays) {
  const std::string text = "Grüße, 日本語, עברית, नमस्ते, 👍 \\ \"quoted\"";
  EXPECT_EQ(sanitise_text(text), text);
  EXPECT_EQ(sanitise_line(text), text);
}

TEST(Sanitise, NothingThatMovesTheCursorPasses) {
  EXPECT_EQ(sanitise_line("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(sanitise_line("a\rb\tc\nd"), "a\\rb\\tc\\nd");
  EXPECT_EQ(sanitise_line(std::string("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(sanitise_line("\xc2\x9b"
                          "31m"),
            "\\u{9b}31m");  // CSI as one C1 character
}

TEST(Sanitise, NothingThatHidesOrReordersPasses) {
  EXPECT_EQ(sanitise_line("a\u202Eb\u2066c"), "a\\u{202e}b\\u{2066}c");
  EXPECT_EQ(sanitise_line("a\u200Bb\uFEFFc\u00ADd"), "a\\u{200b}b\\u{feff}c\\u{ad}d");
  EXPECT_EQ(sanitise_line("\U000E0041\uE000\U0010FFFF"), "\\u{e0041}\\u{e000}\\u{10ffff}");
  EXPECT_EQ(sanitise_line("\u3164\u2028"), "\\u{3164}\\u{2028}");
}

TEST(Sanitise, BytesThatAreNoUtf8AreShownAsBytes) {
  EXPECT_EQ(sanitise_line("\xff\xc0\x80"), "\\xff\\xc0\\x80");           // overlong NUL
  EXPECT_EQ(sanitise_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(sanitise_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(sanitise_line("ok\xe2\x82"), "ok\\xe2\\x82");                // cut off
}

TEST(Sanitise, PilesOfCombiningMarksAreCut) {
  std::string zalgo = "a";
  for (int i = 0; i < 50; ++i) zalgo += "\u0301";
  std::string eight = "a";
  for (int i = 0; i < 8; ++i) eight += "\u0301";
  EXPECT_EQ(sanitise_line(zalgo + "b"), eight + "b");
}

TEST(Sanitise, LongTextsAreCutAndSaySo) {
  EXPECT_EQ(sanitise_line(std::string(2000, 'x'), 10), "xxxxxxxxxx... (1990 bytes more)");
  EXPECT_EQ(sanitise_text("1\n2\n3\n4", {1000, 2}), "1\n2... (4 bytes more)");
  EXPECT_EQ(sanitise_text("1\n2\n3", {1000, 3}), "1\n2\n3");
}

TEST(Sanitise, TheResultIsAlwaysValidUtf8) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_TRUE(is_valid_utf8(sanitise_text(all)));
  EXPECT_TRUE(is_valid_utf8(sanitise_text(all + all, {100, 3})));
}

TEST(Quoted, IsOneUnambiguousValue) {
  EXPECT_EQ(quoted("say \"hi\" \\ \n"), "\"say \\\"hi\\\" \\\\ \\n\"");
}

TEST(JsonString, IsAsciiAndEscapesEverythingElse) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01\x7f"), R"("a\"b\\c\n\u0001\u007f")");
  EXPECT_EQ(json_string("ü👍"), R"("\u00fc\ud83d\udc4d")");
  EXPECT_EQ(json_string("x\xff"), R"("x\ufffd")");
}

TEST(Utf8, KnowsCombiningMarks) {
  EXPECT_TRUE(is_combining_mark(0x301));
  EXPECT_TRUE(is_combining_mark(0x20DD));
  EXPECT_FALSE(is_combining_mark('a'));
  EXPECT_FALSE(is_combining_mark(0x200B));
}

TEST(Utf8, ValidityFollowsTheStandard) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("ü日👍"));
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xbf\xbf", "\xf5\x80\x80\x80"})
    EXPECT_FALSE(is_valid_utf8(bad));
}

}  // namespace
}  // namespace hobnob::core
