#include "peer_main/words.hpp"

#include "actors/core/outermost_entries.hpp"
#include "peer_main/transfer_events.hpp"

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

TEST(Words, ANoticeSaysWhatItIsAboutAndCannotActOnATerminal) {
  const auto shown = in_words(notice_event("bob", "offline", "bob is not\x1b[2J online"), false);
  EXPECT_EQ(shown.kind, word_kind::notice);
  EXPECT_EQ(shown.text.find('\x1b'), std::string::npos);
  EXPECT_NE(shown.text.find("online"), std::string::npos);
}

event_object offer_of(boost::json::array outermost) {
  return {{"event", "transfer-offer"},
          {"id", "0123456789abcdef"},
          {"direction", "receiving"},
          {"user", "bob"},
          {"name", "photos"},
          {"files", 5},
          {"bytes", 3072},
          {"outermost", std::move(outermost)}};
}

TEST(Words, WhatWasLeftOutIsSaid) {
  event_object done{{"event", "transfer-done"},
                    {"direction", "sending"},
                    {"user", "bob"},
                    {"name", "photos"},
                    {"files", 2},
                    {"bytes", 1024},
                    {"omitted", 3},
                    {"omitted_there", 1}};
  done["omitted_first"] =
      boost::json::array{event_object{{"path", "/p/a\nb"}, {"reason", "a symbolic link"}},
                         event_object{{"path", "/p/c"}, {"reason", "a pipe"}}};
  EXPECT_EQ(in_words(done, false).text,
            "sent photos (2 files, 1.0 KiB) to bob, verified\n"
            "    not taken by bob: 1 file, it has others of these names\n"
            "    left out: 3\n"
            "      /p/a\\nb (a symbolic link)\n"
            "      /p/c (a pipe)\n"
            "      and 1 more");
}

TEST(Words, WhatHasAnotherNameIsSaidUnlessItsPlaceIs) {
  event_object done{{"event", "transfer-done"},
                    {"direction", "sending"},
                    {"user", "bob"},
                    {"name", "photos"},
                    {"files", 2},
                    {"bytes", 1024},
                    {"renamed", 3}};
  done["renamed_first"] = boost::json::array{event_object{{"path", "/p/a\nb"}, {"name", "a_b"}},
                                             event_object{{"path", "/p/x (2)"}, {"name", "x"}}};
  EXPECT_EQ(in_words(done, false).text,
            "sent photos (2 files, 1.0 KiB) to bob, verified\n"
            "    under another name: 3\n"
            "      /p/a\\nb (offered as a_b)\n"
            "      /p/x (2) (offered as x)\n"
            "      and 1 more");
  done["direction"] = "receiving";
  done["stored"] = boost::json::array{"/p/x (2)"};
  EXPECT_EQ(in_words(done, false).text,
            "received photos (2 files, 1.0 KiB) from bob\n"
            "    /p/x (2)\n"
            "    under another name: 2\n"
            "      /p/a\\nb (offered as a_b)\n"
            "      and 1 more");
  done["renamed"] = 1;
  done["renamed_first"] = boost::json::array{event_object{{"path", "/p/x (2)"}, {"name", "x"}}};
  EXPECT_EQ(in_words(done, false).text,
            "received photos (2 files, 1.0 KiB) from bob\n    /p/x (2)");
  event_object offered{{"event", "transfer-progress"},
                       {"direction", "sending"},
                       {"user", "bob"},
                       {"name", "photos"},
                       {"files", 2},
                       {"bytes", 1024},
                       {"state", "offered"},
                       {"omitted", 1},
                       {"renamed", 2}};
  EXPECT_EQ(in_words(offered, false).text,
            "offered photos (2 files, 1.0 KiB) to bob, 1 left out, 2 under another name");
}

TEST(Words, SeveralThingsAreNotShownUnderTheNameOfTheFirstAlone) {
  transfer_info info;
  info.user = "bob";
  info.state = transfer_state::done;
  info.summary = {"re\x1bport", 3, 3, 1024};
  const auto shown = [&] { return in_words(event_of(transfer_ended{info}), false).text; };
  EXPECT_EQ(shown(), "sent re\\x1bport (3 files, 1.0 KiB) to bob, verified");
  const auto named = [](const char* name) { return core::outermost_entry{name, {}, 1, 1}; };
  info.summary.outermost = {named("re\x1bport")};
  EXPECT_EQ(shown(), "sent re\\x1bport (3 files, 1.0 KiB) to bob, verified");
  info.summary.outermost = {named("re\x1bport"), named("b"), named("c")};
  EXPECT_EQ(shown(), "sent re\\x1bport and 2 more (3 files, 1.0 KiB) to bob, verified");
  info.summary.outermost.resize(core::outermost_max, named("d"));
  EXPECT_EQ(shown(), "sent re\\x1bport and at least 19 more (3 files, 1.0 KiB) to bob, verified");
  info.summary.name = "all of it";
  EXPECT_EQ(shown(), "sent all of it (3 files, 1.0 KiB) to bob, verified");
}

TEST(Words, AnOfferNamesWhatItHolds) {
  const event_object photos{{"name", "photos"}, {"folder", true}, {"files", 3}, {"bytes", 1024}};
  const event_object report{{"name", "re\x1bport"}, {"folder", false}, {"files", 1}, {"bytes", 17}};
  const auto text = in_words(offer_of({photos, report}), false).text;
  EXPECT_TRUE(
      text.starts_with("bob offers photos (5 files, 3.0 KiB)\n"
                       "    photos/  3 files, 1.0 KiB\n"
                       "    re\\x1bport  17 bytes\n"
                       "    and 1 more, 2.0 KiB\n"
                       "    /accept 01234567 takes it"))
      << text;
  const event_object all{{"name", "photos"}, {"folder", true}, {"files", 5}, {"bytes", 3072}};
  EXPECT_TRUE(in_words(offer_of({all}), false)
                  .text.starts_with("bob offers photos (5 files, 3.0 KiB)\n    /accept"));
}

}  // namespace
}  // namespace hobnob
