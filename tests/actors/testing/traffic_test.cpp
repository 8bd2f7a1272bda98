#include "actors/testing/traffic.hpp"

#include <gtest/gtest.h>

namespace hobnob::testing {
namespace {

using enum traffic::kind;

TEST(Traffic, IsWhatAPeerSaysSendsPoursOrGives) {
  const struct {
    const char* line;
    traffic order;
  } cases[] = {
      {"ann says bob hello  there", {says, "ann", "bob", "", "hello  there"}},
      {" ann  sends bob notes hello", {sends, "ann", "bob", "notes", "hello"}},
      {"ann pours bob notes 50 20000", {pours, "ann", "bob", "notes", "", 50, 20000}},
      {"ann gives bob report 300000", {gives, "ann", "bob", "report", "", 1, 300000}},
      {"ann gives bob report 0", {gives, "ann", "bob", "report", "", 1, 0}},
  };
  for (const auto& [line, order] : cases) {
    EXPECT_TRUE(traffic::is_line(line)) << line;
    const auto read = traffic::parse(line);
    ASSERT_TRUE(read) << line << ": " << read.error();
    EXPECT_EQ(*read, order) << line;
  }
  EXPECT_FALSE(traffic::is_line("partition ann from bob"));
  EXPECT_FALSE(traffic::is_line("ann"));
}

TEST(Traffic, SaysWhatIsWrong) {
  const struct {
    const char* line;
    const char* problem;
  } cases[] = {
      {"ann says", "to whom is missing"},
      {"ann says bob", "the text is missing"},
      {"ann sends bob notes", "the text is missing"},
      {"ann sends bob", "the channel is missing"},
      {"ann pours bob notes", "the count is missing"},
      {"ann pours bob notes 5", "the size is missing"},
      {"ann pours bob notes many 5", "'many' is no number: the count"},
      {"ann pours bob notes -1 5", "'-1' is no number: the count"},
      {"ann pours bob notes 5 10 20", "nothing comes after the size"},
      {"ann pours bob notes 1000001 10", "the count is at most 1000000"},
      {"ann gives bob", "the file's name is missing"},
      {"ann gives bob report", "the size is missing"},
      {"ann gives bob report 2000000000", "the size is at most 1073741824"},
  };
  for (const auto& [line, problem] : cases)
    EXPECT_EQ(traffic::parse(line).error(), problem) << line;
}

}  // namespace
}  // namespace hobnob::testing
