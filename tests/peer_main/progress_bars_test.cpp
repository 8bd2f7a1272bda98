#include "peer_main/progress_bars.hpp"

#include "peer_main/terminal_columns.hpp"
#include "peer_main/transfer_words.hpp"

#include <gtest/gtest.h>
#include <clocale>
#include <utility>

namespace hobnob {
namespace {

event_object progress_of(const char* id, const char* state, std::uint64_t done,
                         const char* name = "report.pdf") {
  return {{"event", "transfer-progress"},
          {"id", id},
          {"direction", "sending"},
          {"user", "bob"},
          {"name", name},
          {"files", 1},
          {"bytes", 1024 * 1024},
          {"state", state},
          {"bytes_done", done},
          {"bytes_per_second", 64 * 1024},
          {"path", "lan"}};
}

/// The time of a repaint comes when the test says so.
struct still_timer final : background {
  explicit still_timer(std::function<void()>& due) : due_(due) {}
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    EXPECT_EQ(delay, progress_bars::repaint_interval);
    EXPECT_FALSE(due_) << "one at a time";
    due_ = std::move(work);
  }
  std::function<void()>& due_;
};

struct line_output final : event_output {
  explicit line_output(std::string& to) : to_(to) {}
  void show(const event_object& event) override {
    to_ += "<" + std::string{std::string_view{event.at("event").as_string()}} + ">";
  }
  void show_conversation(const std::string&, path_kind) override {}
  std::string& to_;
};

struct ProgressBars : testing::Test {
  void SetUp() override { use_terminal_encoding(); }

  std::unique_ptr<progress_bars> make(bool terminal) {
    progress_bars::surroundings around;
    if (terminal) around.write = [this](std::string text) { shown += text; };
    around.columns = [this] { return columns; };
    around.timer = std::make_unique<still_timer>(due);
    return std::make_unique<progress_bars>(std::make_shared<line_output>(shown), std::move(around));
  }
  std::string news() { return std::exchange(shown, {}); }
  void time_passes() { std::exchange(due, {})(); }

  std::string shown;
  std::function<void()> due;
  int columns = 80;
};

TEST_F(ProgressBars, WithoutATerminalALineTellsEachStateOnce) {
  const auto bars = make(false);
  bars->show(progress_of("1", "offered", 0));
  bars->show(progress_of("1", "running", 0));
  for (std::uint64_t done = 1; done < 100; ++done) bars->show(progress_of("1", "running", done));
  bars->show({{"event", "transfer-done"}, {"id", "1"}});
  EXPECT_EQ(news(), "<transfer-progress><transfer-progress><transfer-done>");
}

TEST_F(ProgressBars, SeveralTransfersArePaintedAtOnceAndNotMoreOftenThanTheTimerSays) {
  const auto bars = make(true);
  bars->show(progress_of("1", "running", 0, "one"));
  EXPECT_TRUE(news().starts_with("one > bob ["));
  for (std::uint64_t done = 1; done < 100; ++done) {
    bars->show(progress_of("1", "running", done * 1024, "one"));
    bars->show(progress_of("2", "running", done * 1024, "two"));
    bars->show({{"event", "message"}});
  }
  EXPECT_EQ(news(), "") << "lines wait as well: they would have the bars painted again";
  time_passes();
  std::string lines;
  for (int i = 1; i < 100; ++i) lines += "<message>";
  const auto painted = news();
  EXPECT_TRUE(painted.starts_with("\x1b[1A\x1b[J" + lines + "one > bob [")) << painted;
  EXPECT_NE(painted.find("\ntwo > bob ["), painted.npos);
  time_passes();
  EXPECT_EQ(news(), "") << "nothing has changed";
}

TEST_F(ProgressBars, WhatComesWhileNoBarStandsIsShownAtOnce) {
  const auto bars = make(true);
  for (int i = 0; i < 3; ++i) bars->show({{"event", "message"}});
  EXPECT_EQ(news(), "<message><message><message>");
  bars->show(progress_of("1", "running", 0));
  news();
  time_passes();
  bars->show({{"event", "transfer-failed"}, {"id", "1"}});
  EXPECT_EQ(news(), "\x1b[1A\x1b[J<transfer-failed>");
  bars->show({{"event", "message"}});
  EXPECT_EQ(news(), "<message>");
}

TEST_F(ProgressBars, WhatWaitsIsShownBeforeTheEnd) {
  const auto bars = make(true);
  bars->show(progress_of("1", "running", 0));
  news();
  bars->show({{"event", "transfer-done"}, {"id", "1"}});
  EXPECT_EQ(news(), "");
  bars->finish();
  EXPECT_EQ(news(), "\x1b[1A\x1b[J<transfer-done>");
  bars->show(progress_of("1", "running", 0));
  bars->show({{"event", "message"}});
  EXPECT_NE(news().find("<message>"), std::string::npos) << "nothing waits any more";
}

TEST_F(ProgressBars, ATerminalThatBecameNarrowerHasWrappedThem) {
  const auto bars = make(true);
  bars->show(progress_of("1", "running", 0));
  EXPECT_EQ(columns_of(news()), 79) << "and a line feed";
  columns = 30;
  time_passes();
  bars->show({{"event", "transfer-done"}, {"id", "1"}});
  EXPECT_TRUE(news().starts_with("\x1b[3A\x1b[J"));
}

struct ProgressLine : ProgressBars {
  static std::string line(const char* name, std::size_t columns, std::uint64_t done = 512 * 1024) {
    const auto event = progress_of("1", "running", done, name);
    return progress_line(event_fields{event, false}, columns);
  }
};

TEST_F(ProgressLine, TellsNameShareRateTimeLeftAndPath) {
  EXPECT_EQ(line("report.pdf", 79),
            "report.pdf > bob [##############..............]  50 %     64.0 KiB/s  0:08  lan");
}

TEST_F(ProgressLine, NeverTakesMoreColumnsThanThereAre) {
  for (const char* name :
       {"report.pdf", "a very long name of a file that goes on and on.tar.gz",
        "\u00fcbersicht-\u00e4\u00f6\u00fc-\u00e9\u00e8.pdf",
        "\u6771\u4eac\u306e\u5199\u771f\u3068\u65c5\u884c\u306e\u8a18\u9332.zip",
        "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"}) {
    for (std::size_t columns = 0; columns < 130; ++columns) {
      const auto text = line(name, columns);
      EXPECT_LE(columns_of(text), static_cast<int>(columns)) << text;
      EXPECT_TRUE(core::is_valid_utf8(text)) << text;
    }
  }
}

TEST_F(ProgressLine, WideCharactersAreCountedAsTheyAreShown) {
  const auto wide = line("\u6771\u4eac", 79), narrow = line("toky", 79);
  EXPECT_EQ(wide.substr(wide.find(" > ")), narrow.substr(narrow.find(" > ")));
}

TEST_F(ProgressLine, AWholeFileFillsTheBarAndAnEmptyOneDoesNot) {
  EXPECT_EQ(line("r", 79, 1024 * 1024).find('.', line("r", 79).find('[')),
            line("r", 79, 1024 * 1024).find(".0 KiB"));
  auto event = progress_of("1", "running", 0);
  event["bytes"] = 0;
  EXPECT_NE(progress_line(event_fields{event, false}, 79).find("  0 %"), std::string::npos);
}

}  // namespace
}  // namespace hobnob
