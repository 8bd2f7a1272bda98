#include "tests/contract/two_sites.hpp"

#include <boost/asio/error.hpp>

#include <array>

// What becomes of dials through a router and of connections whose way breaks, for real and in
// simulation, to the error code.
namespace hobnob::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::uint16_t door_port = 7440, closed_port = 7;

template <class World>
struct dial_tests : testing::Test {
  explicit dial_tests(bool impatient) : world(impatient) {}

  World world;

  void SetUp() override {
    if (!World::exist()) GTEST_SKIP() << "netns/contract_test.py makes the hosts for this";
  }

  /// Dials there by both families, all at once: all end with `error`, after so long.
  void expect(const std::vector<place>& where, error_code error, duration after = {},
              std::uint16_t port = closed_port, duration patience = 1h) {
    auto& time = world.net.time();
    const auto begun = time.now();
    std::vector<std::shared_ptr<std::optional<error_code>>> ended;
    for (const auto& each : where) {
      for (bool v6 : {false, true})
        ended.push_back(world.start(world.try_dial(each.at(v6, port), begun + patience)));
    }
    for (const auto& each : ended) {
      world.run_until([&] { return each->has_value(); });
      EXPECT_EQ(**each, error) << (*each)->message();
      EXPECT_GE(time.now() - begun, after - 100ms);  // The kernel counts by ticks.
      EXPECT_LE(time.now() - begun, after + World::late_by_at_most);
    }
  }

  stream_pair connect(listener& door) { return world.secured(connect_by(world, door)); }

  error_code read_error(stream& from) {
    std::array<std::byte, 16> space;
    return world.run(read_some(from, space)).error;
  }

  /// Connections by both families end with `error` when nothing of them arrives any more.
  void expect_broken(bool told, error_code error) {
    std::vector<stream_pair> pairs;
    for (bool v6 : {false, true})
      pairs.push_back(connect(*world.listen(places::far.at(v6, door_port))));
    world.cut_off(told);
    for (auto& ends : pairs) EXPECT_FALSE(write_error(*ends.dialled));
    for (auto& ends : pairs) EXPECT_EQ(read_error(*ends.dialled), error);
  }

  error_code write_error(stream& to) { return world.run(write_all(to, pattern(10))).error; }
};

template <class World>
struct dial_contract : dial_tests<World> {
  dial_contract() : dial_tests<World>(false) {}
};
TYPED_TEST_SUITE(dial_contract, sites, world_names);

/// Where every try is in vain.
template <class World>
struct time_out_contract : dial_tests<World> {
  time_out_contract() : dial_tests<World>(true) {}
};
TYPED_TEST_SUITE(time_out_contract, sites, world_names);

TYPED_TEST(dial_contract, nobody_listening_is_refused) {
  this->expect({places::far}, asio::error::connection_refused);
}

TYPED_TEST(dial_contract, a_firewall_that_answers_refuses) {
  this->expect({places::resetting, places::refusing}, asio::error::connection_refused);
}

TYPED_TEST(dial_contract, without_a_route_the_network_is_unreachable_at_once) {
  this->expect({places::no_way_near, places::no_way_far}, asio::error::network_unreachable);
}

TYPED_TEST(dial_contract, an_address_that_nobody_has_is_an_unreachable_host_after_three_seconds) {
  this->expect({places::nobody_near, places::nobody_far}, asio::error::host_unreachable, 3s);
}

TYPED_TEST(time_out_contract, silence_has_timed_out_at_the_deadline_or_after_the_last_try) {
  this->expect({places::silent}, asio::error::timed_out, 500ms, closed_port, 500ms);
  this->expect({places::silent}, asio::error::timed_out, 3s);
}

TYPED_TEST(time_out_contract, who_finds_the_backlog_full_hears_nothing_until_there_is_room) {
  std::vector<std::unique_ptr<listener>> doors;
  std::vector<std::unique_ptr<stream>> waiting;
  for (bool v6 : {false, true}) {
    doors.push_back(this->world.listen(places::far.at(v6, door_port)));
    for (int i = 0; i < 3; ++i) {
      auto dialled = this->world.run(this->world.net.dial(doors.back()->local_endpoint(), {}));
      ASSERT_FALSE(dialled.error) << i << dialled.error.message();
      waiting.push_back(std::move(dialled.value));
    }
  }
  this->expect({places::far}, asio::error::timed_out, 3s, door_port);
  for (auto& door : doors) {
    auto accepted = this->world.run(door->accept());
    EXPECT_FALSE(accepted.error);
    EXPECT_FALSE(this->world.run(this->world.net.dial(door->local_endpoint(), {})).error);
  }
}

TYPED_TEST(dial_contract, an_abort_and_a_close_with_bytes_unread_are_resets) {
  for (bool v6 : {false, true}) {
    auto door = this->world.listen(places::far.at(v6, door_port));
    for (bool abort : {false, true}) {
      auto ends = this->connect(*door);
      this->world.run(write_all(*ends.dialled, pattern(10)));
      EXPECT_FALSE(this->world.run(ends.accepted->wait_readable()));
      ends.accepted->close(abort ? stream::close_mode::abort : stream::close_mode::graceful);
      EXPECT_EQ(this->read_error(*ends.dialled), asio::error::connection_reset);
      EXPECT_EQ(this->write_error(*ends.dialled), asio::error::broken_pipe);
    }
  }
}

TYPED_TEST(time_out_contract, what_is_written_into_silence_times_out) {
  this->expect_broken(false, asio::error::timed_out);
}

TYPED_TEST(time_out_contract, what_routers_say_is_told_when_it_times_out) {
  this->expect_broken(true, asio::error::network_unreachable);
}

}  // namespace
}  // namespace hobnob::test
