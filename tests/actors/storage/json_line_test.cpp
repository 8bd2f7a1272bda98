#include "actors/storage/json_line.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

TEST(JsonLine, KeepsOrderAndIsAscii) {
  const boost::json::object event{{"event", "message"},
                                  {"v", 1},
                                  {"text", "ü\n\x1b\x7f\""},
                                  {"none", nullptr},
                                  {"list", {1, "two", true}},
                                  {"empty", boost::json::object{}},
                                  {"nothing", boost::json::array{}}};
  EXPECT_EQ(to_json_line(event),
            R"({"event":"message","v":1,"text":"\u00fc\n\u001b\u007f\"","none":null,)"
            R"("list":[1,"two",true],"empty":{},"nothing":[]})");
}

TEST(JsonLine, ReadsBackWhatItWrote) {
  const boost::json::object event{{"event", "x"}, {"number", -5}, {"text", "日本 👍"}};
  const auto read = parse_json_object(to_json_line(event));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, event);
}

TEST(JsonLine, WhatIsNoObjectIsAnError) {
  for (const char* text : {"", "[1]", "{", "{}x", "null", "{\"a\":}"})
    EXPECT_FALSE(parse_json_object(text)) << text;
}

}  // namespace
}  // namespace hobnob
