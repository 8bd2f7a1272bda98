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
  console_inbox inbox{"ann", true};
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
  console_inbox inbox{"ann", true};
  for (int i = 0; i < 10'007; ++i) inbox.add_line("line");
  EXPECT_TRUE(inbox.take().text.starts_with("(7 lines dropped"));
  inbox.add_line("again");
  EXPECT_EQ(inbox.take().text, "again\n");
}

TEST(ConsoleInbox, HoldsAFixedAmountOfTextForAStoppedTerminal) {
  console_inbox inbox{"ann", true};
  const std::string line(32 * 1024, 'x');
  for (int i = 0; i < 128 + 5; ++i) inbox.add_line(line);  // 4 MiB are 128 of them.
  const auto text = inbox.take().text;
  EXPECT_TRUE(text.starts_with("(5 lines dropped")) << text.substr(0, 80);
  EXPECT_LT(text.size(), 5u * 1024 * 1024);
  inbox.add_line("again");
  EXPECT_EQ(inbox.take().text, "again\n");
}

TEST(ConsoleInbox, KnowsTheConversationAndTheNamesOfOthers) {
  console_inbox inbox{"ann", true};
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
  console_inbox inbox{"ann", true};
  inbox.add_line("stopped");
  inbox.end();
  const auto news = inbox.take();
  EXPECT_EQ(news.text, "stopped\n");
  EXPECT_TRUE(news.last);
  EXPECT_TRUE(inbox.ended());
}

TEST(ConsoleInbox, RunningTransfersAreBarsAndNoLines) {
  console_inbox inbox{"ann", true};
  const event_object runs{{"event", "transfer-progress"},
                          {"id", "1"},
                          {"state", "running"},
                          {"direction", "sending"},
                          {"user", "bob"},
                          {"name", "report"},
                          {"bytes", 100},
                          {"path", "lan"}};
  EXPECT_FALSE(inbox.note_transfers(runs));
  EXPECT_TRUE(readable(inbox));
  EXPECT_TRUE(inbox.take().changed);
  ASSERT_EQ(inbox.bars(79).size(), 1u);
  EXPECT_TRUE(inbox.bars(79)[0].starts_with("report > bob ["));
  EXPECT_TRUE(inbox.note_transfers({{"event", "transfer-done"}, {"id", "1"}}));
  EXPECT_TRUE(inbox.take().changed);
  EXPECT_TRUE(inbox.bars(79).empty());
  console_inbox dumb{"ann", false};
  EXPECT_TRUE(dumb.note_transfers(runs)) << "that it runs is a line, how far it is none";
  EXPECT_FALSE(dumb.note_transfers(runs));
}

}  // namespace
}  // namespace hobnob
