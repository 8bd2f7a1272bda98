#include "actors/core/similar_word.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

TEST(SimilarWord, IsWhatWasProbablyMeant) {
  const std::vector<std::string_view> known{"chat", "run", "say", "who", "status", "verify"};
  EXPECT_EQ(similar_word("whoo", known), "who");
  EXPECT_EQ(similar_word("stauts", known), "status");  // Neighbours have changed places.
  EXPECT_EQ(similar_word("vrfy", known), "");
  EXPECT_EQ(similar_word("verfy", known), "verify");
  EXPECT_EQ(similar_word("dance", known), "");
  EXPECT_EQ(similar_word("", known), "");
  EXPECT_EQ(similar_word("x", known), "");
  EXPECT_EQ(similar_word(std::string(100'000, 'x'), known), "");
}

TEST(SimilarWord, EndsAMessage) {
  EXPECT_EQ(did_you_mean("sya", {"say", "who"}), "; did you mean 'say'?");
  EXPECT_EQ(did_you_mean("something", {"say", "who"}), "");
}

}  // namespace
}  // namespace hobnob::core
