#include "actors/storage/usage_output.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace hobnob {
namespace {

bool asked(std::vector<const char*> words, const char* variable = nullptr) {
  const char* environment[] = {variable, nullptr};
  words.insert(words.begin(), "program");
  return asks_for_json(static_cast<int>(words.size()), words.data(), environment);
}

TEST(UsageOutput, KnowsWhetherFaultsAreToBeEvents) {
  EXPECT_FALSE(asked({}));
  EXPECT_TRUE(asked({"--no-such-option", "--json"}));
  EXPECT_FALSE(asked({"say", "bob", "--", "--json"}));
  EXPECT_TRUE(asked({}, "HOBNOB_JSON=yes"));
  EXPECT_FALSE(asked({}, "HOBNOB_JSON=no"));
}

}  // namespace
}  // namespace hobnob
