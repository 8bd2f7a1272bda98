#include "relay_main/options.hpp"

#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace hobnob {
namespace {

constexpr const char* no_environment[] = {"HOME=/nowhere", nullptr};

core::checked<relay_options> read(std::vector<const char*> words,
                                  const char* const* environment = no_environment) {
  words.insert(words.begin(), "relay_main");
  return read_relay_options(static_cast<int>(words.size()), words.data(), environment);
}

std::string some_fingerprint() {
  fingerprint id;
  id.octets.fill(9);
  return to_grouped_string(id);
}

TEST(RelayOptions, ServingIsTheDefault) {
  const auto options = read({});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->command, "run");
  EXPECT_EQ(options->relay.admission, registration::open);
  EXPECT_TRUE(options->relay.listen.empty());
}

TEST(RelayOptions, ReadsWhatItIsTold) {
  const auto options =
      read({"--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--registration", "closed",
            "--heartbeat", "0.5", "--advertise", "chat.example.org", "--json"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->relay.listen.size(), 2u);
  EXPECT_EQ(options->relay.admission, registration::closed);
  EXPECT_EQ(options->relay.heartbeat, std::chrono::milliseconds{500});
  EXPECT_EQ(options->relay.advertise, "chat.example.org");
  EXPECT_TRUE(options->json);
}

TEST(RelayOptions, LimitsOnCircuitsOfAllAndOfAUser) {
  const auto options = read({"--circuit-rate", "20M", "--circuit-max", "100", "--circuit-user-rate",
                             "500K", "--circuit-user-max", "2"});
  ASSERT_TRUE(options) << options.error();
  const auto& circuits = options->relay.circuits;
  EXPECT_EQ(circuits.bytes_per_second, 20 * 1024 * 1024);
  EXPECT_EQ(circuits.total_max, 100u);
  EXPECT_EQ(circuits.user_bytes_per_second, 500 * 1024);
  EXPECT_EQ(circuits.per_user_max, 2u);
}

TEST(RelayOptions, CommandsOfTheAdministration) {
  const auto key = some_fingerprint();
  const auto admit = read({"admit", "ann", key.c_str()});
  ASSERT_TRUE(admit) << admit.error();
  EXPECT_EQ(admit->command, "admit");
  EXPECT_EQ(admit->user, "ann");
  EXPECT_EQ(to_grouped_string(admit->id), key);
  EXPECT_EQ(read({"kick", "ann"})->user, "ann");
  EXPECT_EQ(read({"users"})->command, "users");
}

TEST(RelayOptions, FlagOverEnvironmentOverConfigFile) {
  const temporary_folder folder;
  folder.write("conf", "registration = closed\nheartbeat = 7\n");
  const auto conf = (folder / "conf").string();
  const char* environment[] = {"HOBNOB_HEARTBEAT=8", "HOBNOB_USER=ann", nullptr};
  const auto options = read({"--config", conf.c_str()}, environment);
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->relay.admission, registration::closed);
  EXPECT_EQ(options->relay.heartbeat, std::chrono::seconds{8});
}

TEST(RelayOptions, EveryFaultIsNamed) {
  const struct {
    std::vector<const char*> words;
    const char* problem;
  } cases[] = {
      {{"--colour"}, "colour"},
      {{"--listen", "here"}, "--listen"},
      {{"--registration", "sometimes"}, "--registration"},
      {{"--heartbeat", "0"}, "--heartbeat"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--circuit-user-rate", "1"}, "--circuit-user-rate"},
      {{"--circuit-user-max", "0"}, "--circuit-user-max"},
      {{"dance"}, "there is no command 'dance'"},
      {{"admit", "ann"}, "write: relay_main admit NAME FINGERPRINT"},
      {{"user"}, "did you mean 'users'?"},
      {{"admit", "ann", "abc"}, "no fingerprint"},
      {{"users", "ann"}, "write: relay_main users"},
  };
  for (const auto& c : cases) {
    const auto options = read(c.words);
    ASSERT_FALSE(options) << c.problem;
    EXPECT_NE(options.error().find(c.problem), std::string::npos) << options.error();
  }
  const char* environment[] = {"HOBNOB_HEARTBEAT=never", nullptr};
  const auto options = read({}, environment);
  ASSERT_FALSE(options);
  EXPECT_TRUE(options.error().starts_with("HOBNOB_HEARTBEAT: ")) << options.error();
}

TEST(RelayOptions, ACommandHasItsOwnHelp) {
  EXPECT_TRUE(relay_help("kick").starts_with("relay_main kick - ")) << relay_help("kick");
  EXPECT_EQ(read({"kick", "--help"})->command, "kick");
  EXPECT_EQ(read({"help", "kick"})->command, "kick");
}

TEST(RelayOptions, OnlyTheEnvironmentChoosesTheScheduler) {
  EXPECT_EQ(read({})->scheduler, scheduler_kind::asio);
  const char* environment[] = {"HOBNOB_SCHEDULER=caf", nullptr};
  EXPECT_EQ(read({}, environment)->scheduler, scheduler_kind::caf);
  const char* wrong[] = {"HOBNOB_SCHEDULER=fast", nullptr};
  EXPECT_EQ(read({}, wrong).error(), "HOBNOB_SCHEDULER: it must be asio or caf");
  EXPECT_NE(read({"--scheduler", "caf"}).error().find("there is no option"), std::string::npos);
}

}  // namespace
}  // namespace hobnob
