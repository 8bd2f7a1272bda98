#include "transport/sim/tcp_machine.hpp"

#include "transport/sim/random_source.hpp"

#include <gtest/gtest.h>
#include <boost/asio/error.hpp>

#include <deque>
#include <functional>

namespace hobnob::sim {
namespace {

namespace error = boost::asio::error;
using namespace std::chrono_literals;

const endpoint left_end{ip_address::v4({10, 0, 0, 1}), 1000};
const endpoint right_end{ip_address::v4({10, 0, 0, 2}), 2000};

bytes numbered(std::size_t size) {
  bytes result(size);
  for (std::size_t i = 0; i < size; ++i) result[i] = static_cast<std::byte>(i * 31 >> 3);
  return result;
}

/// Two machines and the wires between them.
struct tcp_pair {
  explicit tcp_pair(tcp_options options = {}, tcp_options right_options = {})
      : left(left_end, right_end, 11, options), right(right_end, left_end, 22, right_options) {}

  tcp_machine left, right;
  time_point now{1h};
  duration latency = 10ms;
  std::function<bool(const packet&)> lost = [](const packet&) { return false; };
  int packets = 0;
  tcp_machine::packets out;

  struct flight {
    time_point at;
    packet what;
  };
  std::deque<flight> wire;

  void sent() {
    for (auto& each : out) {
      ++packets;
      if (!lost(each)) wire.push_back({now + latency, std::move(each)});
    }
    out.clear();
  }

  /// Does what is next, if it comes until then.
  bool step(time_point until) {
    auto next = std::min(left.wake_at(), right.wake_at());
    if (!wire.empty()) next = std::min(next, wire.front().at);
    if (next > until || next == time_point::max()) return false;
    now = std::max(now, next);
    if (!wire.empty() && wire.front().at <= now) {
      auto arrived = std::move(wire.front().what);
      wire.pop_front();
      (arrived.to == left_end ? left : right).receive(arrived, now, out);
    } else {
      (left.wake_at() <= now ? left : right).wake(now, out);
    }
    sent();
    return true;
  }

  void run(duration span) {
    const auto until = now + span;
    while (step(until)) {
    }
    now = until;
  }

  void open() {
    left.connect(now, out);
    sent();
    run(5 * latency);
    packets = 0;
  }

  std::size_t write(tcp_machine& from, byte_view data) {
    const auto count = from.write({&data, 1}, now, out);
    sent();
    return count;
  }

  bytes read(tcp_machine& from, std::size_t most = 1 << 20) {
    bytes result(most);
    result.resize(from.read(result, now, out));
    sent();
    return result;
  }

  /// Moves `data` whole, the reader reading all the time.
  bytes carry(tcp_machine& from, tcp_machine& to, byte_view data, duration limit) {
    bytes got;
    const auto size = data.size();
    const auto until = now + limit;
    while (got.size() < size) {
      while (!data.empty()) {
        const auto count = write(from, data);
        if (count == 0) break;
        data = data.subspan(count);
        if (data.empty()) break;
      }
      const bool more = step(until);
      const auto piece = read(to);
      got.insert(got.end(), piece.begin(), piece.end());
      if (!more && data.empty()) break;
    }
    return got;
  }
};

TEST(tcp_machine, opens_by_three_packets_in_one_round_trip) {
  tcp_pair pair;
  pair.left.connect(pair.now, pair.out);
  pair.sent();
  pair.run(20ms);
  EXPECT_TRUE(pair.left.opened());
  EXPECT_FALSE(pair.right.opened());
  pair.run(10ms);
  EXPECT_EQ(pair.right.state(), tcp_state::established);
  EXPECT_EQ(pair.packets, 3);
  EXPECT_EQ(pair.left.wake_at(), time_point::max());
  EXPECT_EQ(pair.right.wake_at(), time_point::max());
}

TEST(tcp_machine, crossing_syns_make_one_connection_of_two_diallers) {
  tcp_pair pair;
  pair.left.connect(pair.now, pair.out);
  pair.sent();
  pair.now += 3ms;
  pair.right.connect(pair.now, pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_TRUE(pair.left.opened() && pair.right.opened());
  EXPECT_TRUE(pair.left.crossed() && pair.right.crossed());
  const auto sent = numbered(100);
  pair.write(pair.left, sent);
  pair.run(1s);
  EXPECT_EQ(pair.read(pair.right), sent);
}

TEST(tcp_machine, a_dialler_gives_up_after_131_seconds_of_silence) {
  tcp_pair pair;
  pair.lost = [](const packet&) { return true; };
  pair.left.connect(pair.now, pair.out);
  pair.sent();
  pair.run(130'900ms);
  EXPECT_EQ(pair.packets, 11);
  EXPECT_FALSE(pair.left.closed());
  pair.run(100ms);
  EXPECT_TRUE(pair.left.closed());
  EXPECT_EQ(pair.left.take_error(), error::timed_out);
}

TEST(tcp_machine, a_reset_refuses_and_icmp_tells_why) {
  for (bool icmp : {false, true}) {
    tcp_machine left{left_end, right_end, 11, {}};
    tcp_machine::packets out;
    left.connect(time_point{1h}, out);
    const auto answer =
        icmp ? unreachable_answering(out[0], right_end.address, unreachable_cause::host)
             : reset_answering(out[0]);
    left.receive(answer, time_point{1h}, out);
    EXPECT_TRUE(left.closed());
    EXPECT_EQ(left.take_error(), icmp ? error::host_unreachable : error::connection_refused);
  }
}

TEST(tcp_machine, a_question_and_its_answer_take_three_packets) {
  tcp_pair pair;
  pair.open();
  const auto question = numbered(50), answer = numbered(80);
  pair.write(pair.left, question);
  pair.run(10ms);
  EXPECT_EQ(pair.read(pair.right), question);
  pair.write(pair.right, answer);
  pair.run(1s);
  EXPECT_EQ(pair.read(pair.left), answer);
  EXPECT_EQ(pair.packets, 3);
  EXPECT_EQ(pair.left.wake_at(), time_point::max());
  EXPECT_EQ(pair.right.wake_at(), time_point::max());
}

TEST(tcp_machine, carries_bytes_in_order_through_loss) {
  for (std::uint64_t percent : {1, 10, 40}) {
    tcp_pair pair{{.segment_max = 1000}, {.segment_max = 1000}};
    pair.open();
    random_source dice{percent};
    pair.lost = [&](const packet&) { return dice.below(100) < percent; };
    const auto sent = numbered(200'000);
    const auto got = pair.carry(pair.left, pair.right, sent, 3600s);
    EXPECT_EQ(got.size(), sent.size()) << percent;
    EXPECT_TRUE(got == sent);
  }
}

TEST(tcp_machine, one_lost_packet_costs_no_more_than_a_round_trip) {
  tcp_pair pair{{.segment_max = 1000}, {.segment_max = 1000}};
  pair.open();
  bool done = false;
  pair.lost = [&](const packet& each) {
    return each.sequence == 5000 && !std::exchange(done, true);
  };
  const auto sent = numbered(50'000);
  const auto begun = pair.now;
  const auto got = pair.carry(pair.left, pair.right, sent, 10s);
  EXPECT_EQ(got.size(), sent.size());
  EXPECT_TRUE(got == sent);
  EXPECT_LE(pair.now - begun, 50ms);
}

TEST(tcp_machine, a_reader_who_does_not_read_stops_the_writer) {
  tcp_pair pair;
  pair.open();
  const auto piece = numbered(100'000);
  std::size_t taken = 0;
  for (int i = 0; i < 20; ++i) {
    taken += pair.write(pair.left, piece);
    pair.run(100ms);
  }
  EXPECT_EQ(taken, 2 * 256 * 1024u);
  EXPECT_FALSE(pair.left.writable());
  pair.run(1h);
  EXPECT_FALSE(pair.left.closed()) << "a living reader may be slow for ever";
  std::size_t got = 0;
  for (int i = 0; i < 20; ++i) {
    got += pair.read(pair.right, 100'000).size();
    pair.run(100ms);
  }
  EXPECT_EQ(got, taken);
  EXPECT_TRUE(pair.left.writable());
}

TEST(tcp_machine, a_lost_word_of_new_room_is_asked_for) {
  tcp_pair pair;
  pair.open();
  const auto piece = numbered(400'000);
  pair.write(pair.left, piece);
  pair.run(1s);
  pair.lost = [](const packet& each) { return each.from == right_end; };
  const auto first = pair.read(pair.right).size();
  EXPECT_EQ(first, 256 * 1024u);
  pair.run(1s);
  pair.lost = [](const packet&) { return false; };
  pair.write(pair.left, piece);
  pair.run(120s);
  EXPECT_GT(pair.read(pair.right).size(), 0u);
}

TEST(tcp_machine, the_end_follows_the_bytes_and_the_other_direction_goes_on) {
  tcp_pair pair;
  pair.open();
  const auto last = numbered(70'000), answer = numbered(30'000);
  pair.write(pair.left, last);
  pair.left.shutdown(pair.now, pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_EQ(pair.left.state(), tcp_state::fin_wait_2);
  EXPECT_EQ(pair.right.state(), tcp_state::close_wait);
  EXPECT_EQ(pair.read(pair.right), last);
  EXPECT_TRUE(pair.right.ended());
  pair.write(pair.right, answer);
  pair.run(1s);
  EXPECT_EQ(pair.read(pair.left), answer);
  pair.right.close(pair.now, pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_TRUE(pair.right.closed());
  EXPECT_EQ(pair.left.state(), tcp_state::time_wait);
  pair.run(60s);
  EXPECT_TRUE(pair.left.closed());
}

TEST(tcp_machine, both_may_close_at_once_and_lose_packets_then) {
  for (int lose : {0, 1, 2, 3}) {
    tcp_pair pair;
    pair.open();
    int count = 0;
    pair.lost = [&](const packet&) { return ++count == lose; };
    pair.left.close(pair.now, pair.out);
    pair.right.close(pair.now, pair.out);
    pair.sent();
    pair.run(2s);
    EXPECT_EQ(pair.left.state(), tcp_state::time_wait) << lose;
    EXPECT_EQ(pair.right.state(), tcp_state::time_wait) << lose;
    pair.run(90s);
    EXPECT_TRUE(pair.left.closed() && pair.right.closed());
  }
}

TEST(tcp_machine, closing_with_bytes_unread_is_a_reset) {
  tcp_pair pair;
  pair.open();
  pair.write(pair.left, numbered(10));
  pair.run(1s);
  pair.right.close(pair.now, pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_TRUE(pair.left.closed());
  EXPECT_EQ(pair.left.take_error(), error::connection_reset);
  EXPECT_FALSE(pair.left.take_error());
}

TEST(tcp_machine, a_reset_after_the_end_shows_to_a_writer_as_a_broken_pipe) {
  tcp_pair pair;
  pair.open();
  pair.right.close(pair.now, pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_TRUE(pair.left.ended());
  pair.write(pair.left, numbered(10));
  pair.run(1s);
  EXPECT_TRUE(pair.left.closed());
  EXPECT_EQ(pair.left.take_error(), error::broken_pipe);
}

TEST(tcp_machine, bytes_that_came_before_a_reset_can_be_read) {
  tcp_pair pair;
  pair.open();
  const auto sent = numbered(1000);
  pair.write(pair.left, sent);
  pair.left.abort(pair.out);
  pair.sent();
  pair.run(1s);
  EXPECT_TRUE(pair.right.closed());
  EXPECT_EQ(pair.read(pair.right), sent);
  EXPECT_EQ(pair.right.take_error(), error::connection_reset);
}

TEST(tcp_machine, a_writer_gives_up_a_silent_other_side_after_about_15_minutes) {
  tcp_pair pair;
  pair.open();
  pair.lost = [](const packet&) { return true; };
  pair.write(pair.left, numbered(10));
  pair.run(900s);
  EXPECT_FALSE(pair.left.closed());
  pair.run(100s);
  EXPECT_TRUE(pair.left.closed());
  EXPECT_EQ(pair.left.take_error(), error::timed_out);
}

TEST(tcp_machine, packets_of_an_earlier_connection_do_no_harm) {
  tcp_pair pair;
  pair.open();
  packet old;
  old.from = left_end;
  old.to = right_end;
  old.start = 7;
  old.answers = 8;
  old.payload = shared_slice::of(numbered(10));
  for (auto kind :
       {packet_kind::data, packet_kind::reset, packet_kind::ack, packet_kind::syn_ack}) {
    old.kind = kind;
    pair.right.receive(old, pair.now, pair.out);
    EXPECT_TRUE(pair.out.empty());
    EXPECT_TRUE(pair.right.opened());
    EXPECT_EQ(pair.right.unread(), 0u);
  }
}

TEST(tcp_machine, a_dialler_that_begins_anew_ends_what_the_other_side_still_holds) {
  tcp_pair pair;
  pair.open();
  pair.left = tcp_machine{left_end, right_end, 33, {}};  // As after a crash.
  pair.left.connect(pair.now, pair.out);
  pair.sent();
  pair.run(500ms);
  EXPECT_TRUE(pair.right.closed());
  EXPECT_EQ(pair.right.take_error(), error::connection_reset);
  pair.right = tcp_machine{right_end, left_end, 44, {}};
  pair.run(2s);
  EXPECT_TRUE(pair.left.opened());
  EXPECT_TRUE(pair.right.opened());
}

TEST(tcp_machine, long_round_trips_are_waited_for) {
  tcp_pair pair;
  pair.latency = 900ms;
  pair.left.connect(pair.now, pair.out);
  pair.sent();
  pair.run(10s);
  ASSERT_TRUE(pair.left.opened() && pair.right.opened());
  for (int i = 0; i < 10; ++i) {
    pair.write(pair.left, numbered(10));
    pair.run(10s);
    pair.read(pair.right);
  }
  pair.packets = 0;
  pair.write(pair.left, numbered(10));
  pair.run(10s);
  EXPECT_EQ(pair.packets, 2);  // The bytes once, the acknowledgement once.
}

}  // namespace
}  // namespace hobnob::sim
