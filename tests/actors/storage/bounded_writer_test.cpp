#include "actors/storage/bounded_writer.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <future>
#include <string>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

struct pipe_pair {
  pipe_pair() {
    int fds[2];
    if (::pipe(fds) != 0) return;
    reader = owned_fd{fds[0]};
    writer = owned_fd{fds[1]};
  }
  std::string read_all() {
    writer.reset();
    std::string all;
    char block[4096];
    for (ssize_t got; (got = ::read(reader.get(), block, sizeof block)) > 0;)
      all.append(block, static_cast<std::size_t>(got));
    return all;
  }
  /// Reads until `text` has come.
  std::string read_until(const std::string& text) {
    std::string all;
    char block[4096];
    while (all.find(text) == all.npos) {
      const auto got = ::read(reader.get(), block, sizeof block);
      if (got <= 0) break;
      all.append(block, static_cast<std::size_t>(got));
    }
    return all;
  }
  owned_fd reader;
  owned_fd writer;
};

TEST(BoundedWriter, WritesEverythingInOrder) {
  pipe_pair p;
  bounded_writer writer{p.writer.get(), {}};
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    writer.write(std::to_string(i) + "\n");
    expected += std::to_string(i) + "\n";
  }
  EXPECT_TRUE(writer.stop(10s));
  EXPECT_EQ(p.read_all(), expected);
}

TEST(BoundedWriter, AFullPipeBlocksNobodyAndDroppedLinesAreCounted) {
  pipe_pair p;
  bounded_writer writer{p.writer.get(), {256 * 1024, true, {}}};
  const std::string line = std::string(1023, 'x') + "\n";
  for (int i = 0; i < 1000; ++i) writer.write(line);  // More than pipe and queue hold together.
  const auto first = p.read_until(line);
  // Room comes as the pipe is read; from then on lines are taken again, after the count.
  std::string all = first;
  for (int i = 0; i < 10'000 && all.find("lines dropped") == all.npos; ++i) {
    writer.write("again\n");
    all += p.read_until("\n");
  }
  EXPECT_NE(all.find("lines dropped"), std::string::npos);
}

TEST(BoundedWriter, DataThatCannotBeTakenIsAFailure) {
  pipe_pair p;
  std::atomic<int> failures{0};
  std::error_code why;
  bounded_writer writer{p.writer.get(), {.bytes_max = 1000, .on_failure = [&](std::error_code e) {
                                           why = e;
                                           ++failures;
                                         }}};
  for (int i = 0; i < 3; ++i) writer.write(std::string(2000, 'x') + "\n");
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(why, std::errc::no_buffer_space);
  EXPECT_FALSE(writer.stop(10s));
}

TEST(BoundedWriter, AReaderThatLeftIsAFailure) {
  std::signal(SIGPIPE, SIG_IGN);
  pipe_pair p;
  std::error_code why;
  bounded_writer writer{p.writer.get(), {.on_failure = [&](std::error_code e) { why = e; }}};
  p.reader.reset();
  writer.write("nobody reads this\n");
  EXPECT_FALSE(writer.stop(10s));
  EXPECT_EQ(why, std::errc::broken_pipe);
}

TEST(BoundedWriter, ALogThatCannotBeWrittenIsTriedAgainAndSaysWhatIsMissing) {
  const temporary_folder folder;
  // One descriptor that leads to a full disk at first, and to a good one later.
  const owned_fd fd{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  const owned_fd good{
      ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  ASSERT_TRUE(fd);
  ASSERT_TRUE(good);
  std::promise<std::error_code> failure;
  bounded_writer writer{fd.get(), {.drop_when_full = true, .on_failure = [&](std::error_code e) {
                                     failure.set_value(e);  // Once: twice would throw.
                                   }}};
  writer.write("one\ntwo\n");
  EXPECT_EQ(failure.get_future().get(), std::errc::no_space_on_device);
  ASSERT_GE(::dup3(good.get(), fd.get(), O_CLOEXEC), 0);
  writer.write("three\n");
  writer.write("four\n");
  EXPECT_TRUE(writer.stop(10s));
  EXPECT_EQ(folder.read("log"),
            "(2 lines could not be written: No space left on device)\nthree\nfour\n");
}

TEST(BoundedWriter, StopGivesUpOnAPipeThatNobodyReads) {
  pipe_pair p;
  bounded_writer writer{p.writer.get(), {}};
  writer.write(std::string(512 * 1024, '\n'));
  EXPECT_FALSE(writer.stop(10ms));
}

}  // namespace
}  // namespace hobnob
