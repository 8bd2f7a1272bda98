#include "peer_main/completion.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using words = std::vector<std::string>;
const std::set<std::string> users{"ann", "anton", "bob"};

TEST(Completion, CommandsAtTheStart) {
  EXPECT_EQ(completions("/ms", users), (words{"/msg "}));
  EXPECT_EQ(completions("/q", users), (words{"/quit "}));
  EXPECT_GE(completions("/", users).size(), 7u);
  EXPECT_TRUE(completions("hello", users).empty());
}

TEST(Completion, UsersAfterCommandsThatTakeOne) {
  EXPECT_EQ(completions("/msg an", users), (words{"ann ", "anton "}));
  EXPECT_EQ(completions("/ping b", users), (words{"bob "}));
  EXPECT_TRUE(completions("/who a", users).empty());
  EXPECT_TRUE(completions("/msg ann b", users).empty());
}

TEST(Completion, CommonPrefix) {
  EXPECT_EQ(common_prefix({"ann ", "anton "}), "an");
  EXPECT_EQ(common_prefix({"bob "}), "bob ");
  EXPECT_EQ(common_prefix({}), "");
}

}  // namespace
}  // namespace hobnob
