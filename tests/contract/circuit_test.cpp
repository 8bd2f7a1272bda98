#include "transport/circuit.hpp"

#include "tests/contract/worlds.hpp"
#include "transport/circuit_runner.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;

/// Two far ends whose near ends are joined.
template <class World>
struct circuit_contract : testing::Test {
  World world;
  stream_pair left = world.connect();
  stream_pair right = world.connect();
  std::optional<circuit_outcome> outcome;

  std::weak_ptr<circuit> join(circuit_terms terms = {}) {
    circuit::ends ends{std::move(left.accepted), std::move(right.accepted)};
    auto joined =
        std::make_shared<circuit>(world.net, std::move(ends), std::move(terms),
                                  [this](circuit_outcome told) { outcome = std::move(told); });
    joined->start();
    return joined;
  }
};
TYPED_TEST_SUITE(circuit_contract, worlds, world_names);

TYPED_TEST(circuit_contract, carries_both_ways_at_once) {
  this->join();
  const auto there = pattern(3'000'000, 1), back = pattern(2'000'000, 2);
  auto got_there = this->world.start(receive(*this->right.dialled, there.size()));
  auto got_back = this->world.start(receive(*this->left.dialled, back.size()));
  auto sent_there = this->world.start(write_all(*this->left.dialled, there));
  auto sent_back = this->world.start(write_all(*this->right.dialled, back));
  this->world.run_until([&] { return *got_there && *got_back && *sent_there && *sent_back; });
  EXPECT_TRUE(**got_there == there);
  EXPECT_TRUE(**got_back == back);
}

TYPED_TEST(circuit_contract, half_of_it_may_end_and_then_all_of_it_does) {
  this->join();
  const auto last = pattern(100'000);
  auto sent = this->world.start(write_all(*this->left.dialled, last));
  EXPECT_TRUE(this->world.run(receive(*this->right.dialled, last.size())) == last);
  this->left.dialled->shutdown();
  std::array<std::byte, 16> space;
  EXPECT_EQ(this->world.run(read_some(*this->right.dialled, space)).error, asio::error::eof);
  const auto answer = pattern(50'000, 7);
  auto answered = this->world.start(write_all(*this->right.dialled, answer));
  EXPECT_TRUE(this->world.run(receive(*this->left.dialled, answer.size())) == answer);
  this->right.dialled->shutdown();
  EXPECT_EQ(this->world.run(read_some(*this->left.dialled, space)).error, asio::error::eof);
  this->world.run_until([&] { return this->outcome.has_value(); });
  EXPECT_EQ(this->outcome->bytes, last.size() + answer.size());
}

TYPED_TEST(circuit_contract, one_end_that_breaks_takes_the_other_with_it) {
  this->join();
  this->left.dialled->close(stream::close_mode::abort);
  std::array<std::byte, 16> space;
  EXPECT_TRUE(this->world.run(read_some(*this->right.dialled, space)).error);
  this->world.run_until([&] { return this->outcome.has_value(); });
}

TYPED_TEST(circuit_contract, a_slow_reader_holds_the_sender_back) {
  this->join();
  // What no buffer on the way may take.
  const auto much = pattern(32'000'000);
  auto sent = this->world.start(write_all(*this->left.dialled, much));
  auto first = this->world.run(receive(*this->right.dialled, 1'000'000));
  EXPECT_FALSE(sent->has_value());
  auto rest = this->world.run(receive(*this->right.dialled, much.size() - first.size()));
  first.insert(first.end(), rest.begin(), rest.end());
  EXPECT_TRUE(first == much);
}

TYPED_TEST(circuit_contract, an_idle_one_ends) {
  circuit_terms terms;
  terms.idle_limit = std::chrono::milliseconds{200};
  this->join(std::move(terms));
  this->world.run_until([&] { return this->outcome.has_value(); });
  EXPECT_EQ(this->outcome->why, "idle");
}

TYPED_TEST(circuit_contract, a_half_open_one_ends) {
  circuit_terms terms;
  terms.half_closed_limit = std::chrono::milliseconds{200};
  this->join(std::move(terms));
  this->left.dialled->shutdown();
  this->world.run_until([&] { return this->outcome.has_value(); });
  EXPECT_EQ(this->outcome->why, "one side went on after the other had ended");
}

// A link that hears nothing for some heartbeats is given up: a rate must not stop it for so long.
TEST(circuit_rate_test, slows_down_without_standing_still) {
  sim_world world;
  auto left = world.connect(), right = world.connect();
  circuit_terms terms;
  terms.rates.push_back(std::make_shared<byte_rate>(16 * 1024));
  const auto joined = std::make_shared<circuit>(
      world.net, circuit::ends{std::move(left.accepted), std::move(right.accepted)},
      std::move(terms), [](const circuit_outcome&) {});
  joined->start();
  const auto much = pattern(128 * 1024);
  auto sent = world.start(write_all(*left.dialled, much));
  const auto began = world.net.time().now();
  auto last = began;
  duration longest{};
  bytes space(1024);
  for (std::size_t got = 0; got < much.size();) {
    const auto some = world.run(read_some(*right.dialled, space));
    ASSERT_FALSE(some.error);
    got += some.count;
    longest = std::max(longest, world.net.time().now() - last);
    last = world.net.time().now();
  }
  EXPECT_LT(longest, std::chrono::milliseconds{500});
  EXPECT_GT(last - began, std::chrono::seconds{7});
}

TEST(circuit_runner_test, real_sockets_are_joined_on_a_thread_of_their_own) {
  tcp_world world;
  auto left = world.connect(), right = world.connect();
  std::atomic<std::uint64_t> carried = 0;
  circuit_runner runner{world.net};
  runner.run({std::move(left.accepted), std::move(right.accepted)}, {},
             [&](const circuit_outcome& told) { carried = told.bytes; });
  const auto much = pattern(5'000'000);
  auto sent = world.start(write_all(*left.dialled, much));
  EXPECT_TRUE(world.run(receive(*right.dialled, much.size())) == much);
  left.dialled->close(stream::close_mode::graceful);
  right.dialled->close(stream::close_mode::graceful);
  world.run_until([&] { return carried == much.size(); });
}

TEST(circuit_runner_test, stopping_closes_what_still_runs) {
  tcp_world world;
  auto left = world.connect(), right = world.connect();
  std::array<std::byte, 16> space;
  circuit_runner runner{world.net};
  runner.run({std::move(left.accepted), std::move(right.accepted)}, {},
             [](const circuit_outcome&) {});
  runner.stop();
  EXPECT_TRUE(world.run(read_some(*left.dialled, space)).error);
  EXPECT_TRUE(world.run(read_some(*right.dialled, space)).error);
}

}  // namespace
}  // namespace hobnob::test
