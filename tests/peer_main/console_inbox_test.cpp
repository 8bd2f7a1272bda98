#include "peer_main/console_inbox.hpp"

#include <gtest/gtest.h>
#include <poll.h>

namespace hobnob {
namespace {

bool readable(const console_inbox& inbox) {
  pollfd fd{inbox.descriptor(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 1;
}

TEST(ConsoleInbox, GathersLinesUntilTheyAreTaken) {
  console_inbox inbox{"ann"};
  EXPECT_FALSE(readable(inbox));
  inbox.add_line("one");
  inbox.add_line("two");
  EXPECT_TRUE(readable(inbox));
  const auto news = inbox.take();
  EXPECT_EQ(news.text, "one\ntwo\n");
  EXPECT_TRUE(news.changed);
  EXPECT_FALSE(news.last);
  EXPECT_FALSE(readable(inbox));
  EXPECT_FALSE(inbox.take().changed);
}

TEST(ConsoleInbox, CountsWhatAStoppedTerminalMissed) {
  console_inbox inbox{"ann"};
  for (int i = 0; i < 10'007; ++i) inbox.add_line("line");
  EXPECT_TRUE(inbox.take().text.starts_with("(7 lines dropped"));
  inbox.add_line("again");
  EXPECT_EQ(inbox.take().text, "again\n");
}

TEST(ConsoleInbox, KnowsTheConversationAndTheNamesOfOthers) {
  console_inbox inbox{"ann"};
  EXPECT_EQ(inbox.talking_to().user, "");
  inbox.set_conversation("bob", path_kind::lan);
  EXPECT_EQ(inbox.talking_to().user, "bob");
  EXPECT_EQ(inbox.talking_to().path, path_kind::lan);
  EXPECT_TRUE(inbox.take().changed);
  for (const char* name : {"bob", "bea", "ann"}) inbox.learn_names({{"user", name}, {"from", 5}});
  EXPECT_EQ(inbox.completions_of("/msg b"), (std::vector<std::string>{"bea ", "bob "}));
  EXPECT_TRUE(inbox.completions_of("/msg a").empty());
}

TEST(ConsoleInbox, ItsEndIsToldWithTheLastLines) {
  console_inbox inbox{"ann"};
  inbox.add_line("stopped");
  inbox.end();
  const auto news = inbox.take();
  EXPECT_EQ(news.text, "stopped\n");
  EXPECT_TRUE(news.last);
  EXPECT_TRUE(inbox.ended());
}

}  // namespace
}  // namespace hobnob
