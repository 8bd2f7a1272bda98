#include "peer_main/options.hpp"

#include "actors/storage/data_directory.hpp"
#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <vector>

namespace hobnob {
namespace {

constexpr const char* no_environment[] = {"HOME=/nowhere", nullptr};
constexpr const char* relay = "--relay=hobnob://127.0.0.1:7440/";

core::checked<peer_options> read(std::vector<const char*> words,
                                 const char* const* environment = no_environment) {
  words.insert(words.begin(), "peer_main");
  return read_peer_options(static_cast<int>(words.size()), words.data(), environment);
}

TEST(PeerOptions, ChatIsTheDefault) {
  const auto options = read({relay, "--user", "ann"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->command, "chat");
  EXPECT_EQ(options->user, "ann");
  EXPECT_EQ(options->relay->host, "127.0.0.1");
  EXPECT_FALSE(options->json);
}

TEST(PeerOptions, OptionsMayStandBeforeAndBehindTheCommand) {
  const auto options = read({"--json", "say", "--user", "ann", "--timeout", "1.5", relay, "bob",
                             "hello", "there", "--require-direct", "--wait", "queued"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->command, "say");
  EXPECT_EQ(options->arguments, (std::vector<std::string>{"bob", "hello", "there"}));
  EXPECT_TRUE(options->json);
  EXPECT_TRUE(options->require_direct);
  EXPECT_EQ(options->timeout, std::chrono::milliseconds{1500});
  EXPECT_EQ(options->wait, message_state::queued);
}

TEST(PeerOptions, AfterTwoDashesEverythingIsText) {
  const auto options = read({relay, "--user", "ann", "say", "bob", "--", "--json", "-x"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->arguments, (std::vector<std::string>{"bob", "--json", "-x"}));
  EXPECT_FALSE(options->json);
}

TEST(PeerOptions, FlagOverEnvironmentOverConfigFile) {
  const temporary_folder folder;
  folder.write("conf",
               "user = file\ntimeout = 7\njson = yes\nlisten = 127.0.0.1:1\nlisten = [::1]:2\n");
  const auto conf = (folder / "conf").string();
  const char* environment[] = {"HOBNOB_USER=environment", "HOBNOB_TIMEOUT=8",
                               "HOBNOB_RELAY=hobnob://e/", "HOBNOB_REGISTRATION=closed", nullptr};
  const auto options = read({"--config", conf.c_str(), "--user", "flag"}, environment);
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->user, "flag");
  EXPECT_EQ(options->timeout, std::chrono::seconds{8});
  EXPECT_EQ(options->relay->host, "e");
  EXPECT_TRUE(options->json);
  EXPECT_EQ(options->listen.size(), 2u);
}

TEST(PeerOptions, WhatIsTakenOfAUserMayBeToldForEachAlone) {
  const temporary_folder folder;
  folder.write("conf", "max-size = 2G\nmax-size = bob:10G\nmax-files = eve:3\n");
  const auto conf = (folder / "conf").string();
  const auto options = read({"--config", conf.c_str(), "id"});
  ASSERT_TRUE(options) << options.error();
  auto data = data_directory::open(folder / "data");
  const auto told =
      read({relay, "--user", "ann", "--max-size", "1M", "--max-size", "bob:2M", "--accept-files",
            "all", "--accept-files", "eve:none", "--max-files", "eve:3", "--max-files", "7"});
  ASSERT_TRUE(told) << told.error();
  const auto config = make_transfer_config(told->transfers, *data);
  EXPECT_EQ(config.policy.size_max, 1u << 20);
  EXPECT_EQ(config.policy.files_max, 7u);
  EXPECT_EQ(config.users.at("bob").size_max, 2u << 20);
  EXPECT_EQ(config.users.at("bob").files_max, 7u);
  EXPECT_EQ(config.users.at("bob").accept, accept_policy::all);
  EXPECT_EQ(config.users.at("eve").files_max, 3u);
  EXPECT_EQ(config.users.at("eve").size_max, 1u << 20);
  EXPECT_EQ(config.users.at("eve").accept, accept_policy::none);
  EXPECT_EQ(options->transfers.policy.size_max, 2ull << 30);
  EXPECT_EQ(options->transfers.users.at("bob").size_max, 10ull << 30);
  EXPECT_FALSE(read({relay, "--user", "ann", "--max-size", "Bob:1M"}));
  EXPECT_FALSE(read({relay, "--user", "ann", "--max-size", "bob:x"}));
  EXPECT_FALSE(read({relay, "--user", "ann", "--max-files", "bob:-1"}));
}

TEST(PeerOptions, TheConfigFileMayBeNamedInTheEnvironment) {
  const temporary_folder folder;
  folder.write("conf", "user = file\n");
  const auto setting = "HOBNOB_CONFIG=" + (folder / "conf").string();
  const char* environment[] = {setting.c_str(), nullptr};
  const auto options = read({"id"}, environment);
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->user, "file");
}

TEST(PeerOptions, EveryFaultIsNamed) {
  const temporary_folder folder;
  folder.write("conf", "# mine\ncolour = red\n");
  const auto conf = (folder / "conf").string();
  const struct {
    std::vector<const char*> words;
    const char* problem;
  } cases[] = {
      {{"--colour"}, "colour"},
      {{"--user"}, "user"},
      {{"--user", "Ann", "id"}, "--user"},
      {{"--user", "ann", "--relay", "http://x", "status"}, "--relay"},
      {{"--user", "ann", relay, "dance"}, "there is no command 'dance'"},
      {{"--user", "ann", relay, "say", "bob"}, "write: peer_main say USER TEXT"},
      {{"--user", "ann", relay, "ping"}, "write: peer_main ping USER"},
      {{"--user", "ann", relay, "who", "extra"}, "who takes no 'extra'; write: peer_main who"},
      {{"--user", "ann", relay, "ping", "bob", "now"}, "ping takes no 'now'"},
      {{"--user", "ann", relay, "\x1b[2J"}, "'\\x1b[2J'"},
      {{"--user", "ann", relay, "whoo"}, "did you mean 'who'?"},
      {{"help", "sya"}, "did you mean 'say'?"},
      {{"--user", "ann", relay, "--wai", "queued"}, "did you mean '--wait'?"},
      {{"--user", "ann", relay, "say", "bob", "-5"}, "stands behind --"},
      {{"--user", "ann", "run"}, "--relay hobnob://"},
      {{"--user", "ann", relay, "--direct", "maybe"}, "both, dial, accept or off"},
      {{"--user", "ann", relay, "--wait", "read"}, "queued, accepted or delivered"},
      {{"--user", "ann", relay, "--timeout", "0"}, "--timeout"},
      {{"--user", "ann", relay, "--timeout", "5s"}, "--timeout"},
      {{"--user", "ann", relay, "--expires", "0"}, "--expires: it must be a number of seconds"},
      {{"--user", "ann", relay, "--expires", "2592001"}, "from 1 to 2592000"},
      {{"--user", "ann", relay, "--log-level", "loud"}, "--log-level"},
      {{"--user", "ann", relay, "--listen", "here"}, "--listen"},
      {{"--user", "ann", relay, "--require-direct", "--direct", "off"}, "no way for messages"},
      {{"--user", "ann", relay, "--config", conf.c_str()}, "/conf:2: "},
      {{"--user", "ann", relay, "--config", "/nowhere/conf"}, "cannot read the config file"},
      {{"completion", "fish"}, "bash only"},
  };
  for (const auto& c : cases) {
    const auto options = read(c.words);
    ASSERT_FALSE(options) << c.problem;
    EXPECT_NE(options.error().find(c.problem), std::string::npos) << options.error();
    EXPECT_EQ(options.error().find('\x1b'), std::string::npos);
  }
  const char* environment[] = {"HOBNOB_COLOUR=red", nullptr};
  EXPECT_NE(read({"--user", "ann", "id"}, environment).error().find("HOBNOB_COLOUR"),
            std::string::npos);
}

TEST(PeerOptions, AFaultSaysWhereItStands) {
  const temporary_folder folder;
  const auto conf = (folder / "conf").string();
  const char* environment[] = {"HOBNOB_USER=Ann", "HOBNOB_TIMEOUT=soon", nullptr};
  const struct {
    const char* content;
    std::vector<const char*> words;
    std::string problem;
  } cases[] = {
      {"", {"id"}, "HOBNOB_USER: 'Ann': a user name has only"},
      {"", {"--user", "Bob", "id"}, "--user: 'Bob': a user name has only"},
      {"", {"--user", "bob", "id"}, "HOBNOB_TIMEOUT: it must be a number"},
      {"user = Cy\n\nwait = read\n",
       {"--user", "bob", "--timeout", "1", "id"},
       conf + ":3: wait: it must be queued"},
      {"# mine\nlisten = [::]:1\nlisten = here\n",
       {"--user", "bob", "--timeout", "1", "id"},
       conf + ":3: listen: 'here' must be ADDRESS:PORT"},
      {"wait = queued\njson = yes\nwait = accepted\n",
       {"--user", "bob", "id"},
       conf + ":3: 'wait' has been set already, at " + conf + ":1"},
      {"json\n", {"--user", "bob", "id"}, conf + ":1: '=' is missing"},
      {"colour = red\n", {"--user", "bob", "id"}, conf + ":1: there is no setting 'colour'"},
  };
  for (const auto& c : cases) {
    folder.write("conf", c.content);
    auto words = c.words;
    words.insert(words.begin(), {"--config", conf.c_str()});
    const auto options = read(words, environment);
    ASSERT_FALSE(options) << c.problem;
    EXPECT_TRUE(options.error().starts_with(c.problem)) << options.error();
  }
}

TEST(PeerOptions, HelpAndVersionNeedNothingElse) {
  EXPECT_TRUE(read({"--help"})->help);
  EXPECT_TRUE(read({"--version", "whatever"})->version);
  for (const auto& words : {std::vector{"say", "--help"}, std::vector{"help", "say"}}) {
    const auto options = read(words);
    ASSERT_TRUE(options) << options.error();
    EXPECT_TRUE(options->help);
    EXPECT_EQ(options->command, "say");
  }
  EXPECT_EQ(read({"help"})->command, "");
}

TEST(PeerOptions, ACommandHasItsOwnHelp) {
  const auto say = peer_help("say");
  EXPECT_TRUE(say.starts_with("peer_main say - ")) << say;
  EXPECT_NE(say.find("--wait STATE"), std::string::npos) << say;
  EXPECT_EQ(say.find("--p2p-log"), std::string::npos) << say;
}

TEST(PeerOptions, HelpAndCompletionKnowEveryOptionAndCommand) {
  for (const char* word :
       {"--relay", "--p2p-log-content", "--require-direct", "--expires", "verify", "completion"}) {
    EXPECT_NE(peer_help().find(word), std::string::npos) << word;
    EXPECT_NE(bash_completion().find(word), std::string::npos) << word;
  }
}

TEST(PeerOptions, OnlyTheEnvironmentChoosesTheScheduler) {
  EXPECT_EQ(read({"--user", "ann", "id"})->scheduler, scheduler_kind::asio);
  const char* environment[] = {"HOBNOB_SCHEDULER=caf", nullptr};
  EXPECT_EQ(read({"--user", "ann", "id"}, environment)->scheduler, scheduler_kind::caf);
  const char* wrong[] = {"HOBNOB_SCHEDULER=fast", nullptr};
  EXPECT_EQ(read({"--user", "ann", "id"}, wrong).error(),
            "HOBNOB_SCHEDULER: it must be asio or caf");
  EXPECT_NE(read({"--scheduler", "caf", "id"}).error().find("there is no option"),
            std::string::npos);
}

}  // namespace
}  // namespace hobnob
