#include "peer_main/line_reader.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace hobnob {
namespace {

/// A line_reader on a pipe, and what it told.
class reading {
 public:
  explicit reading(bool answer = true) : answer_(answer) {
    int fds[2];
    if (::pipe(fds) != 0) return;
    input_ = owned_fd{fds[0]};
    output_ = owned_fd{fds[1]};
    reader_.emplace(input_.get());
    reader_->start({[this](std::string line, bool too_long) { add(std::move(line), too_long); },
                    [this] {
                      const std::lock_guard lock{mutex_};
                      ended_ = true;
                      changed_.notify_all();
                    }});
  }

  void write(const std::string& text) {
    std::string_view rest{text};
    while (!rest.empty()) {
      const auto written = ::write(output_.get(), rest.data(), rest.size());
      ASSERT_GT(written, 0);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void close() { output_.reset(); }
  void done() { reader_->line_done(); }

  std::vector<std::pair<std::string, bool>> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return lines_.size() >= count; }));
    return lines_;
  }
  void wait_for_end() {
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return ended_; }));
  }

 private:
  void add(std::string line, bool too_long) {
    if (answer_) reader_->line_done();
    const std::lock_guard lock{mutex_};
    lines_.emplace_back(std::move(line), too_long);
    changed_.notify_all();
  }

  bool answer_;
  owned_fd input_, output_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, bool>> lines_;
  bool ended_ = false;
  std::optional<line_reader> reader_;
};

TEST(LineReader, TellsLinesAndTheEnd) {
  reading r;
  r.write("one\n\ntwo\nthree");
  r.close();
  r.wait_for_end();
  const auto lines = r.wait_for(4);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].first, "one");
  EXPECT_EQ(lines[1].first, "");
  EXPECT_EQ(lines[3].first, "three");
}

TEST(LineReader, ALineBeyondEveryMeasureIsCutAndMarked) {
  reading r;
  std::string text(1 << 20, 'x');
  text += "\nnext\n";
  r.write(text);
  const auto lines = r.wait_for(2);
  EXPECT_TRUE(lines[0].second);
  EXPECT_LE(lines[0].first.size(), 64u * 1024);
  EXPECT_EQ(lines[1], (std::pair<std::string, bool>{"next", false}));
}

TEST(LineReader, WaitsForThoseWhoDealWithTheLines) {
  reading r{false};
  std::string many;
  for (int i = 0; i < 64; ++i) many += "line\n";
  r.write(many);
  r.wait_for(64);
  r.write("one more\n");
  for (int i = 0; i < 64; ++i) r.done();
  EXPECT_EQ(r.wait_for(65).back().first, "one more");
}

TEST(LineReader, EndsWhileItWaits) { const reading r; }

}  // namespace
}  // namespace hobnob
