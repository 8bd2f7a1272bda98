#include "peer_main/p2p_log.hpp"

#include "tests/actors/storage/temporary_folder.hpp"
#include "tests/support/captured_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hobnob {
namespace {

constexpr std::int64_t noon = 1'777'896'000'012;  // 2026-05-04T12:00:00.012Z

std::string logged(bool content, const std::function<void(p2p_log&)>& write) {
  const temporary_folder folder;
  {
    auto log = p2p_log::open(folder / "log", content, [] { return noon; });
    EXPECT_TRUE(log) << log.error();
    write(**log);
  }
  return folder.read("log");
}

TEST(P2pLog, ALinkIsALineWithPathEndpointAndReason) {
  link_changed link;
  link.user = "bob";
  link.state = link_state::down;
  link.path = path_kind::lan;
  link.remote = *endpoint::parse("10.0.0.7:40112");
  link.dialled = true;
  link.reason = close_reason::reset;
  EXPECT_EQ(
      logged(false, [&](p2p_log& log) { log.add(link); }),
      "2026-05-04T12:00:00.012Z link down user=bob path=lan remote=10.0.0.7:40112 opened-by=us "
      "reason=reset\n");
}

TEST(P2pLog, AMessageIsALineWithoutItsText) {
  text_received text;
  text.from = "bob";
  text.text = "a secret";
  text.path = path_kind::relay;
  const auto line = logged(false, [&](p2p_log& log) { log.add(text); });
  EXPECT_NE(line.find("message received from=bob id=00000000000000000000000000000000 size=8 "
                      "by=relay path=relay"),
            std::string::npos)
      << line;
  EXPECT_EQ(line.find("secret"), std::string::npos);
}

TEST(P2pLog, TheTextComesQuotedIfAskedFor) {
  text_received text;
  text.from = "bob";
  text.text = "a \"secret\"\n\x1b[31m";
  const auto line = logged(true, [&](p2p_log& log) { log.add(text); });
  EXPECT_NE(line.find(R"(text="a \"secret\"\n\x1b[31m")"), std::string::npos) << line;
}

TEST(P2pLog, IsForItsOwnerAndGrows) {
  const temporary_folder folder;
  for (int i = 0; i < 2; ++i) {
    auto log = p2p_log::open(folder / "log", false, [] { return noon; });
    ASSERT_TRUE(log);
    (*log)->add(session_changed{});
  }
  EXPECT_EQ(folder.read("log"),
            "2026-05-04T12:00:00.012Z session connecting\n"
            "2026-05-04T12:00:00.012Z session connecting\n");
  struct stat status {};
  ASSERT_EQ(::stat((folder / "log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(P2pLog, AFullDiskIsWarnedOfAndCostsOnlyTheLinesOfThatTime) {
  const temporary_folder folder;
  test::captured_log warnings;
  owned_fd file{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  ASSERT_TRUE(file);
  const int fd = file.get();
  {
    p2p_log log{std::move(file), false, [] { return noon; }};
    log.add(session_changed{});
    ASSERT_TRUE(warnings.wait_for("cannot be written: No space left on device"));
    const owned_fd good{
        ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    ASSERT_GE(::dup3(good.get(), fd, O_CLOEXEC), 0);
    log.add(session_changed{});
  }
  EXPECT_EQ(folder.read("log"),
            "(1 lines could not be written: No space left on device)\n"
            "2026-05-04T12:00:00.012Z session connecting\n");
  EXPECT_EQ(warnings.lines(), 1u) << warnings.text();
}

TEST(P2pLog, AFileThatCannotBeOpenedIsAClearError) {
  const temporary_folder folder;
  const auto log = p2p_log::open(folder / "missing/log", false, [] { return noon; });
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().find("missing/log"), std::string::npos);
}

}  // namespace
}  // namespace hobnob
