#include "actors/testing/program_fault.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;
using action = program_fault::action;

TEST(ProgramFault, LinesAreReadAndWrittenAgain) {
  for (const std::string line :
       {"start ann", "stop ann", "kill ann", "crash ann", "pause ann", "resume ann", "jump ann 1h",
        "jump ann -90s", "jump ann 0s", "disk_full ann", "disk_free ann", "crash_at_write ann 3"}) {
    const auto read = program_fault::parse(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(to_string(*read), line);
  }
  EXPECT_EQ(program_fault::parse("  jump   ann  -3600s "),
            (program_fault{action::jump, "ann", -1h}));
}

TEST(ProgramFault, ValuesOfEveryKindSurviveBeingWritten) {
  std::vector<program_fault> values;
  for (auto what : {action::start, action::stop, action::kill, action::crash, action::pause,
                    action::resume, action::disk_full, action::disk_free}) {
    values.push_back({what, "ann"});
  }
  for (auto by :
       {0ns, 1ns, -1ns, std::chrono::nanoseconds{1h + 1ms}, -std::chrono::nanoseconds::max()})
    values.push_back({action::jump, "ann", by});
  for (auto count : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()})
    values.push_back({action::crash_at_write, "ann", {}, count});
  for (const auto& value : values) {
    EXPECT_EQ(program_fault::parse(to_string(value)), value) << to_string(value);
  }
}

TEST(ProgramFault, OtherLinesAreNone) {
  for (const auto* line :
       {"", "start", "start ann bob", "fly ann", "jump ann", "jump ann soon", "jump ann --1s",
        "crash_at_write ann", "crash_at_write ann -1", "disk_full", "partition ann from bob"}) {
    EXPECT_EQ(program_fault::parse(line), std::nullopt) << line;
  }
}

}  // namespace
}  // namespace hobnob::testing
