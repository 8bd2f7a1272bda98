#include "peer_main/events.hpp"

#include "actors/storage/json_line.hpp"
#include "peer_main/words.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

fingerprint some_id() {
  fingerprint id;
  id.octets.fill(7);
  return id;
}

TEST(Events, BeginWithNameAndVersion) {
  EXPECT_EQ(to_json_line(event_of(session_changed{})),
            R"({"event":"session","v":1,"state":"connecting"})");
}

TEST(Events, AFailedMessageSaysWhy) {
  message_progress news;
  news.to = "bob";
  news.state = message_state::failed;
  news.code = "offline";
  news.detail = "the user is not online";
  const auto event = event_of(news);
  EXPECT_EQ(event.at("code"), "offline");
  EXPECT_EQ(event.at("id").as_string().size(), 32u);
  const auto words = in_words(event, false);
  EXPECT_EQ(words.kind, word_kind::warning);
  EXPECT_EQ(words.text, "not delivered to bob: the user is not online [offline]");
}

TEST(Events, ARowOfWhoExplainsItself) {
  user_info row;
  row.user = "bob";
  row.id = some_id();
  row.state = presence::online;
  row.path = path_kind::relay;
  row.why_not_direct = "no address answers";
  row.attempts = {
      {*endpoint::parse("10.0.0.7:40112"), "connection refused", std::chrono::milliseconds{500}}};
  row.retry_in = std::chrono::milliseconds{4200};
  const auto event = event_of(row);
  EXPECT_EQ(event.at("attempts").as_array().at(0).at("address"), "10.0.0.7:40112");
  EXPECT_FALSE(event.contains("round_trip_ms"));
  const auto text = in_words(event, false).text;
  for (const char* part : {"bob", "through the relay", "no address answers", "10.0.0.7:40112",
                           "connection refused", "4.2 s"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
}

TEST(Words, AChangedKeyIsLoud) {
  presence_changed news{"bob", some_id(), presence::online};
  news.key_changed = true;
  const auto event = event_of(news);
  EXPECT_TRUE(event.at("key_changed").as_bool());
  const auto words = in_words(event, false);
  EXPECT_EQ(words.kind, word_kind::warning);
  EXPECT_NE(words.text.find("verify bob"), std::string::npos) << words.text;
  news.key_changed = false;
  EXPECT_FALSE(event_of(news).contains("key_changed"));
  EXPECT_EQ(in_words(event_of(news), false).kind, word_kind::notice);
}

TEST(Words, TextOfOthersIsHarmlessAndKeepsItsLines) {
  text_received news;
  news.from = "bob";
  news.text = "one\ntwo \x1b[2J\u202e";
  news.path = path_kind::lan;
  const auto words = in_words(event_of(news), false);
  EXPECT_EQ(words.kind, word_kind::data);
  EXPECT_EQ(words.text, "= bob: one\n    two \\x1b[2J\\u{202e}");
}

TEST(Words, ColoursOnlyWhereAskedFor) {
  const auto event = error_event("offline", "bob is away");
  EXPECT_EQ(in_words(event, false).text, "error: bob is away [offline]");
  EXPECT_NE(in_words(event, true).text.find("\x1b[31m"), std::string::npos);
}

TEST(Words, AnUnknownOrBrokenEventIsNotShown) {
  EXPECT_EQ(in_words({{"event", "future"}}, false).kind, word_kind::nothing);
  EXPECT_EQ(in_words({}, false).kind, word_kind::nothing);
  EXPECT_EQ(in_words({{"event", 5}}, false).kind, word_kind::nothing);
}

}  // namespace
}  // namespace hobnob
