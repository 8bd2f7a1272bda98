#include "actors/heartbeat_monitor.hpp"

#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"
#include "transport/timed_ping.hpp"

#include <caf/send.hpp>
#include <vector>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

struct owner_log {
  std::vector<bool> suspected;
  int lost = 0;
};

heartbeat_owner_actor::behavior_type record_verdicts(heartbeat_owner_actor::pointer,
                                                     std::shared_ptr<owner_log> log) {
  return {[log](const silence_suspected& s) { log->suspected.push_back(s.suspect); },
          [log](silence_lost) { ++log->lost; }};
}

struct HeartbeatMonitor : test::actors_test {
  HeartbeatMonitor() {
    connection->heard = now();
    monitor = spawn(system(), heartbeat_monitor, connection_ptr{connection},
                    heartbeat_config{.interval = 5s}, owner);
    weak = caf::actor_cast<caf::weak_actor_ptr>(monitor);
    monitor = nullptr;
    run();
  }

  bool monitor_lives() const { return caf::actor_cast<caf::strong_actor_ptr>(weak) != nullptr; }

  std::shared_ptr<test::fake_connection> connection = std::make_shared<test::fake_connection>();
  std::shared_ptr<owner_log> log = std::make_shared<owner_log>();
  heartbeat_owner_actor owner = spawn(system(), record_verdicts, log);
  heartbeat_monitor_actor monitor;
  caf::weak_actor_ptr weak;
};

TEST_F(HeartbeatMonitor, PingsSuspectsAndLosesASilentConnectionThenEnds) {
  pass(4999ms);
  EXPECT_EQ(connection->count(frame_type::ping), 0u);
  pass(1ms);
  EXPECT_EQ(connection->count(frame_type::ping), 1u);
  EXPECT_EQ(timed_ping_took(connection->sent.front().payload, now() + 3ms), 3ms);
  EXPECT_EQ(connection->sent.front().priority, frame_priority::urgent);
  pass(5s);
  EXPECT_EQ(log->suspected, std::vector<bool>{true});
  EXPECT_EQ(log->lost, 0);
  pass(5s);
  EXPECT_EQ(log->lost, 1);
  EXPECT_FALSE(monitor_lives());
}

TEST_F(HeartbeatMonitor, NeverPingsWhileBytesCome) {
  for (int i = 0; i < 60; ++i) {
    pass(1s);
    connection->heard = now();
  }
  EXPECT_EQ(connection->count(frame_type::ping), 0u);
  EXPECT_TRUE(log->suspected.empty());
}

TEST_F(HeartbeatMonitor, SaysWhenTheSuspectIsHeardAgain) {
  pass(11s);
  connection->heard = now();
  pass(5s);
  EXPECT_EQ(log->suspected, (std::vector<bool>{true, false}));
}

TEST_F(HeartbeatMonitor, EndsWithItsOwner) {
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  run();
  pass(5s);
  EXPECT_FALSE(monitor_lives());
  EXPECT_EQ(connection->count(frame_type::ping), 0u);
}

TEST_F(HeartbeatMonitor, KeepsTheConnectionNotAlive) {
  std::weak_ptr<test::fake_connection> watched = connection;
  connection.reset();
  EXPECT_TRUE(watched.expired());
  pass(5s);
  EXPECT_FALSE(monitor_lives());
  EXPECT_EQ(log->lost, 0);
}

TEST_F(HeartbeatMonitor, KeepsTheOwnerNotAlive) {
  owner = nullptr;
  run();
  pass(5s);
  EXPECT_FALSE(monitor_lives());
}

}  // namespace
}  // namespace hobnob
