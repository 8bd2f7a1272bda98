#include "tests/contract/worlds.hpp"

#include "transport/error.hpp"

#include <boost/asio/error.hpp>

#include <array>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;

template <class World>
struct stream_contract : testing::Test {
  World world;
  stream_pair ends = world.connect();
};
TYPED_TEST_SUITE(stream_contract, worlds, world_names);

TYPED_TEST(stream_contract, carries_bytes_both_ways_at_once) {
  auto there = pattern(3'000'000, 1), back = pattern(2'000'000, 2);
  auto got_there = this->world.start(receive(*this->ends.accepted, there.size()));
  auto got_back = this->world.start(receive(*this->ends.dialled, back.size()));
  auto sent_there = this->world.start(write_all(*this->ends.dialled, there));
  auto sent_back = this->world.start(write_all(*this->ends.accepted, back));
  this->world.run_until([&] { return *got_there && *got_back && *sent_there && *sent_back; });
  EXPECT_TRUE(**got_there == there);
  EXPECT_TRUE(**got_back == back);
  EXPECT_EQ((*sent_there)->count, there.size());
}

TYPED_TEST(stream_contract, reading_does_not_wait_when_nothing_is_there) {
  std::array<std::byte, 16> space;
  auto got = this->ends.accepted->try_read(space);
  EXPECT_EQ(got.error, asio::error::would_block);
  EXPECT_EQ(got.count, 0u);
}

TYPED_TEST(stream_contract, writes_all_pieces_in_order_empty_ones_too) {
  auto a = pattern(10, 3), b = pattern(20'000, 4), c = pattern(1, 5);
  std::array<byte_view, 5> pieces{a, byte_view{}, b, byte_view{}, c};
  auto written = this->ends.dialled->try_write(pieces);
  EXPECT_FALSE(written.error);
  EXPECT_EQ(written.count, a.size() + b.size() + c.size());
  bytes whole = a;
  whole.insert(whole.end(), b.begin(), b.end());
  whole.insert(whole.end(), c.begin(), c.end());
  EXPECT_TRUE(this->world.run(receive(*this->ends.accepted, whole.size())) == whole);
}

TYPED_TEST(stream_contract, gives_bytes_one_at_a_time_if_asked_so) {
  auto sent = pattern(5000);
  this->world.run(write_all(*this->ends.dialled, sent));
  bytes got;
  while (got.size() < sent.size()) {
    auto one = this->world.run(receive(*this->ends.accepted, 1));
    ASSERT_EQ(one.size(), 1u);
    got.push_back(one[0]);
  }
  EXPECT_TRUE(got == sent);
}

TYPED_TEST(stream_contract, shutdown_ends_one_direction_after_its_bytes) {
  auto last = pattern(100'000);
  this->world.run(write_all(*this->ends.dialled, last));
  EXPECT_FALSE(this->ends.dialled->shutdown());
  EXPECT_TRUE(this->world.run(receive(*this->ends.accepted, last.size())) == last);
  std::array<std::byte, 16> space;
  EXPECT_EQ(this->world.run(read_some(*this->ends.accepted, space)).error, asio::error::eof);
  EXPECT_EQ(this->ends.accepted->try_read(space).error, asio::error::eof);
  auto answer = pattern(50'000, 9);
  this->world.run(write_all(*this->ends.accepted, answer));
  EXPECT_TRUE(this->world.run(receive(*this->ends.dialled, answer.size())) == answer);
}

TYPED_TEST(stream_contract, closing_wakes_who_waits_to_read) {
  auto waiting = this->world.start(this->ends.accepted->wait_readable());
  this->world.poll();
  this->ends.accepted->close(stream::close_mode::graceful);
  this->world.run_until([&] { return waiting->has_value(); });
  EXPECT_EQ(**waiting, asio::error::operation_aborted);
  std::array<std::byte, 16> space;
  EXPECT_EQ(this->ends.accepted->try_read(space).error, asio::error::operation_aborted);
}

TYPED_TEST(stream_contract, an_abort_is_an_error_at_the_other_end) {
  auto waiting = this->world.start(this->ends.accepted->wait_readable());
  this->world.poll();
  this->ends.dialled->close(stream::close_mode::abort);
  this->world.run_until([&] { return waiting->has_value(); });
  std::array<std::byte, 16> space;
  auto got = this->ends.accepted->try_read(space);
  EXPECT_TRUE(got.error);
  EXPECT_NE(got.error, asio::error::would_block);
  EXPECT_NE(got.error, asio::error::eof);
}

TYPED_TEST(stream_contract, a_writer_is_stopped_by_a_reader_who_does_not_read) {
  auto piece = pattern(64 * 1024);
  byte_view view{piece};
  std::size_t taken = 0;
  io_result result;
  for (int i = 0; i < 10'000 && !result.error; ++i) {
    result = this->ends.dialled->try_write({&view, 1});
    taken += result.count;
  }
  ASSERT_EQ(result.error, asio::error::would_block);
  EXPECT_LT(taken, 100'000'000u);
  auto writable = this->world.start(this->ends.dialled->wait_writable());
  auto got = this->world.start(receive(*this->ends.accepted, taken));
  this->world.run_until([&] { return writable->has_value(); });
  EXPECT_FALSE(**writable);
  bytes nothing;
  auto flushed = this->world.start(write_all(*this->ends.dialled, nothing));
  this->world.run_until([&] { return got->has_value() && flushed->has_value(); });
  EXPECT_EQ((*got)->size(), taken);
}

TYPED_TEST(stream_contract, both_ends_agree_on_their_endpoints) {
  EXPECT_EQ(this->ends.dialled->local_endpoint(), this->ends.accepted->remote_endpoint());
  EXPECT_EQ(this->ends.dialled->remote_endpoint(), this->ends.accepted->local_endpoint());
}

}  // namespace
}  // namespace hobnob::test
