#include "actors/core/user_name.hpp"

#include <gtest/gtest.h>
#include <string>

namespace hobnob::core {
namespace {

using namespace std::string_view_literals;

TEST(UserName, AcceptsTheForm) {
  for (auto name :
       {"a"sv, "0"sv, "ann"sv, "ann.b_c-d"sv, "x."sv, "0123456789abcdef0123456789abcdef"sv}) {
    EXPECT_TRUE(is_user_name(name)) << name;
  }
}

TEST(UserName, RefusesWhatDeceivesOrEscapes) {
  for (auto name : {""sv, ".a"sv, "-rf"sv, "_a"sv, "a..b"sv, ".."sv, "Ann"sv, "ann b"sv, "a/b"sv,
                    "a\n"sv, "a\x1b[31m"sv, "\xd0\xb0nn"sv, "ann\xe2\x80\x8b"sv, "a\0b"sv,
                    "0123456789abcdef0123456789abcdefg"sv}) {
    EXPECT_FALSE(is_user_name(name)) << name;
    EXPECT_FALSE(user_name_fault(name).empty());
  }
}

}  // namespace
}  // namespace hobnob::core
