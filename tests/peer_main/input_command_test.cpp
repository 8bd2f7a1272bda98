#include "peer_main/input_command.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using kind = input_command::kind;

input_command command(std::string_view line) {
  const auto parsed = parse_input(line);
  EXPECT_EQ(parsed.fault.code, "") << line << ": " << parsed.fault.detail;
  return parsed.command;
}

TEST(InputCommand, PlainTextGoesToTheConversation) {
  EXPECT_EQ(command("hello there ").what, kind::text);
  EXPECT_EQ(command("hello there ").text, "hello there ");
  EXPECT_EQ(command("hello").user, "");
  EXPECT_EQ(command("").what, kind::nothing);
  EXPECT_EQ(command("   \r").what, kind::nothing);
}

TEST(InputCommand, TwoSlashesAreATextWithOne) {
  EXPECT_EQ(command("//etc/hosts").what, kind::text);
  EXPECT_EQ(command("//etc/hosts").text, "/etc/hosts");
}

TEST(InputCommand, MsgNamesUserAndText) {
  const auto msg = command("/msg bob  hi  there");
  EXPECT_EQ(msg.what, kind::text);
  EXPECT_EQ(msg.user, "bob");
  EXPECT_EQ(msg.text, "hi  there");
  EXPECT_EQ(command("/msg bob").what, kind::talk_to);
}

TEST(InputCommand, TheOthersAreRecognised) {
  EXPECT_EQ(command("/who").what, kind::who);
  EXPECT_EQ(command("/status").what, kind::status);
  EXPECT_EQ(command("/ping bob").user, "bob");
  EXPECT_EQ(command("/help").what, kind::help);
  EXPECT_EQ(command("/quit").what, kind::quit);
  EXPECT_FALSE(command("/verify bob").accept);
  EXPECT_TRUE(command("/verify bob --accept").accept);
}

TEST(InputCommand, FaultsHaveCodes) {
  const struct {
    std::string line;
    const char* code;
  } cases[] = {
      {"/dance", "unknown-command"},
      {"/", "unknown-command"},
      {"/msg", "usage"},
      {"/ping", "usage"},
      {"/ping bob now", "usage"},
      {"/who else", "usage"},
      {"/msg Bob hi", "bad-name"},
      {"/msg ../x hi", "bad-name"},
      {"/msg bob \xff", "bad-text"},
      {"\xc0\xaf", "bad-text"},
      {"/msg bob " + std::string(32 * 1024 + 1, 'x'), "too-large"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_input(c.line).fault.code, c.code) << c.line.substr(0, 40);
  EXPECT_EQ(parse_input("/msg bob " + std::string(32 * 1024, 'x')).fault.code, "");
}

TEST(InputCommand, WhatIsTooMuchIsNamed) {
  EXPECT_EQ(parse_input("/who else").fault.detail, "/who takes no 'else'; write: /who");
  EXPECT_EQ(parse_input("/ping bob \x1b[2J").fault.detail,
            "/ping takes no '\\x1b[2J'; write: /ping USER");
}

}  // namespace
}  // namespace hobnob
