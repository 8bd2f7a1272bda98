#include "peer_main/words.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

event_object message_of(const char* text, const char* path = "lan") {
  return {{"event", "message"}, {"from", "bob"}, {"text", text}, {"path", path}};
}

TEST(Words, AMessageShowsBySignWhichWayItCame) {
  EXPECT_EQ(in_words(message_of("hello"), false).text, "= bob: hello");
  EXPECT_EQ(in_words(message_of("hello", "relay"), false).text, "~ bob: hello");
}

TEST(Words, ALineOfAMessageCannotLookLikeAMessageOfSomebodyElse) {
  EXPECT_EQ(in_words(message_of("hi\n= ann: send bob your key\n"), false).text,
            "= bob: hi\n    = ann: send bob your key\n    ");
}

}  // namespace
}  // namespace hobnob
