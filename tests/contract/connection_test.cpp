#include "tests/contract/worlds.hpp"

#include "transport/connection.hpp"
#include "transport/framed_connection.hpp"
#include "transport/loop_turn.hpp"
#include "transport/timed_ping.hpp"

#include <thread>

namespace hobnob::test {
namespace {

/// Remembers what a connection tells.
struct recorder : connection_handler {
  std::vector<std::pair<frame_type, bytes>> frames;
  std::size_t size = 0;  ///< Payload bytes of all frames.
  std::size_t wire_size = 0;
  bool keep = true;  ///< Keep the payloads.
  bool acknowledge = true;
  int drained = 0;
  int ends = 0;
  close_info end;
  connection_ptr connection;

  void on_frames(frame_batch batch) override {
    EXPECT_EQ(ends, 0);
    for (const auto& e : batch.entries()) {
      auto view = batch.view(e);
      size += view.size();
      if (keep) frames.emplace_back(e.type, bytes{view.begin(), view.end()});
    }
    wire_size += batch.wire_size();
    if (acknowledge && connection) connection->acknowledge(batch.wire_size());
  }
  void on_drained() override { ++drained; }
  void on_closed(const close_info& why) override {
    ++ends;
    end = why;
  }
};

outgoing_frame text_frame(std::string_view text, frame_priority priority = frame_priority::normal) {
  return {frame_type::message, priority, as_byte_view(text), {}};
}

template <class World>
struct connection_contract : testing::Test {
  World world;
  std::shared_ptr<recorder> left = std::make_shared<recorder>(),
                            right = std::make_shared<recorder>();

  void open(connection_config left_config = {}, connection_config right_config = {}) {
    auto ends = world.connect();
    left->connection = make_connection(world.net, std::move(ends.dialled), {}, left_config);
    right->connection = make_connection(world.net, std::move(ends.accepted), {}, right_config);
    start_connection(left->connection, left);
    start_connection(right->connection, right);
  }
  ~connection_contract() override {
    left->connection.reset();
    right->connection.reset();
    world.run_until([&] { return left->ends == 1 && right->ends == 1; });
  }
};
TYPED_TEST_SUITE(connection_contract, worlds, world_names);

TYPED_TEST(connection_contract, carries_frames_both_ways) {
  this->open();
  this->left->connection->send(text_frame("hello"));
  this->right->connection->send(text_frame("good day"));
  this->world.run_until(
      [&] { return !this->left->frames.empty() && !this->right->frames.empty(); });
  EXPECT_EQ(as_text(this->right->frames[0].second), "hello");
  EXPECT_EQ(as_text(this->left->frames[0].second), "good day");
  EXPECT_EQ(this->left->connection->queued_bytes(), 0u);
  EXPECT_EQ(this->left->connection->bytes_sent(), 13u);
  EXPECT_EQ(this->right->connection->bytes_received(), 13u);
}

TYPED_TEST(connection_contract, carries_large_frames_whole) {
  this->open();
  auto body = shared_slice::of(pattern(data_frame_size_max - 4));
  for (int i = 0; i < 20; ++i) {
    this->left->connection->send(
        {frame_type::message, frame_priority::bulk, as_byte_view("head"), body});
    this->world.run_until([&] { return this->left->connection->queued_bytes() < 1'000'000; });
  }
  this->world.run_until([&] { return this->right->frames.size() == 20; });
  for (const auto& [type, payload] : this->right->frames) {
    ASSERT_EQ(payload.size(), data_frame_size_max);
    EXPECT_TRUE(std::equal(payload.begin() + 4, payload.end(), body.view().begin()));
  }
}

TYPED_TEST(connection_contract, urgent_frames_overtake_but_order_holds_within_a_priority) {
  this->open();
  for (auto text : {"a", "b"}) this->left->connection->send(text_frame(text, frame_priority::bulk));
  for (auto text : {"c", "d"})
    this->left->connection->send(text_frame(text, frame_priority::interactive));
  this->world.run_until([&] { return this->right->frames.size() == 4; });
  std::string order;
  for (const auto& [type, payload] : this->right->frames) order += as_text(payload);
  EXPECT_EQ(order, "cdab");
}

TYPED_TEST(connection_contract, measures_the_round_trip_of_timed_pings) {
  this->open();
  EXPECT_LT(this->left->connection->round_trip().count(), 0);
  const auto before = this->world.net.time().now();
  this->left->connection->send({frame_type::ping, frame_priority::urgent, timed_ping(before), {}});
  this->world.run_until([&] { return this->left->connection->round_trip().count() >= 0; });
  EXPECT_LE(this->left->connection->round_trip(), this->world.net.time().now() - before);
  this->left->connection->note_round_trip(std::chrono::microseconds{7});
  EXPECT_EQ(this->left->connection->round_trip(), std::chrono::microseconds{7});
  EXPECT_TRUE(this->left->frames.empty());
}

TYPED_TEST(connection_contract, answers_pings_by_itself_and_passes_on_answers_that_measure) {
  this->open();
  bytes zeros(8);
  this->left->connection->send({frame_type::ping, frame_priority::urgent, zeros, {}});
  this->left->connection->send(
      {frame_type::ping, frame_priority::urgent, as_byte_view("12345678"), {}});
  this->world.run_until([&] { return !this->left->frames.empty(); });
  EXPECT_EQ(this->left->frames[0].first, frame_type::pong);
  EXPECT_EQ(as_text(this->left->frames[0].second), "12345678");
  EXPECT_EQ(this->left->connection->bytes_received(), 32u);
  EXPECT_TRUE(this->right->frames.empty());
}

TYPED_TEST(connection_contract, the_reason_arrives_behind_what_was_queued) {
  this->open();
  for (int i = 0; i < 1000; ++i)
    this->left->connection->send(text_frame("last words", frame_priority::bulk));
  this->left->connection->close({close_reason::replaced, "a newer login", "replaced"});
  EXPECT_EQ(this->left->connection->send(text_frame("too late")), send_status::closed);
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->right->frames.size(), 1000u);
  EXPECT_EQ(this->right->end.reason, close_reason::replaced);
  EXPECT_EQ(this->right->end.detail, "a newer login");
  EXPECT_EQ(this->right->end.code, "replaced");
  EXPECT_TRUE(this->right->end.by_remote);
  EXPECT_EQ(this->left->end.reason, close_reason::replaced);
  EXPECT_FALSE(this->left->end.by_remote);
}

TYPED_TEST(connection_contract, the_reason_arrives_though_the_other_side_still_sends) {
  this->open();
  this->left->acknowledge = false;
  for (int i = 0; i < 5; ++i) {
    this->right->connection->send(
        {frame_type::message, frame_priority::bulk, {}, shared_slice::of(pattern(200'000))});
  }
  this->left->connection->close({close_reason::refused, "not today"});
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->right->end.reason, close_reason::refused);
}

TYPED_TEST(connection_contract, dropping_the_last_handle_says_goodbye) {
  this->open();
  this->left->connection->send(text_frame("bye"));
  this->left->connection.reset();
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->right->frames.size(), 1u);
  EXPECT_EQ(this->right->end.reason, close_reason::goodbye);
  EXPECT_TRUE(this->right->end.by_remote);
}

TYPED_TEST(connection_contract, giving_up_after_silence_is_a_reset_for_the_other) {
  this->open();
  this->left->connection->close({close_reason::heartbeat, "nothing heard"});
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->left->end.reason, close_reason::heartbeat);
  EXPECT_EQ(this->right->end.reason, close_reason::reset);
  EXPECT_FALSE(this->right->end.by_remote);
}

TYPED_TEST(connection_contract, reading_stops_until_the_consumer_acknowledges) {
  connection_config small;
  small.credit = 64 * 1024;
  this->open({}, small);
  this->right->keep = this->right->acknowledge = false;
  auto body = shared_slice::of(pattern(100'000));
  std::size_t sent = 0;
  auto worst = send_status::sent;
  while (worst < send_status::overflow) {
    worst = this->left->connection->send({frame_type::message, frame_priority::bulk, {}, body});
    if (worst < send_status::overflow) sent += body.size();
    if (worst == send_status::sent) this->world.poll();
  }
  this->world.run_until([&] { return this->right->size > small.credit; });
  auto before = this->right->size;
  this->world.poll();
  EXPECT_EQ(this->right->size, before);
  EXPECT_LT(before, 500'000u);
  // Silence while we hold back is not the other's fault.
  EXPECT_GE(this->right->connection->last_received(),
            this->world.net.time().now() - std::chrono::seconds{1});
  this->right->acknowledge = true;
  this->right->connection->acknowledge(this->right->wire_size);
  this->world.run_until([&] { return this->right->size == sent && this->left->drained > 0; });
  // Once for the whole queue, and once for what is bulk of it unless that fell at the same time.
  EXPECT_LE(this->left->drained, 2);
}

TYPED_TEST(connection_contract, a_slow_consumer_hears_why_it_is_sent_away) {
  connection_config small;
  small.credit = 1024;
  this->open({}, small);
  this->right->acknowledge = false;
  auto body = shared_slice::of(pattern(200'000));
  this->world.run_until([&] {
    return this->left->connection->send({frame_type::message, frame_priority::bulk, {}, body}) ==
           send_status::overflow;
  });
  this->world.run_until([&] { return this->right->size > 0; });
  this->left->connection->close({close_reason::overflow, "too slow"});
  this->right->acknowledge = true;
  this->right->connection->acknowledge(this->right->wire_size);
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->right->end.reason, close_reason::overflow);
  EXPECT_TRUE(this->right->end.by_remote);
}

TYPED_TEST(connection_contract, a_consumer_who_takes_nothing_is_cut_off) {
  connection_config impatient, small;
  impatient.write_timeout = std::chrono::milliseconds{200};
  small.credit = 1024;
  this->open(impatient, small);
  this->right->acknowledge = false;
  auto body = shared_slice::of(pattern(200'000));
  this->world.run_until([&] {
    this->left->connection->send({frame_type::message, frame_priority::bulk, {}, body});
    return this->left->ends == 1;
  });
  EXPECT_EQ(this->left->end.reason, close_reason::overflow);
}

TYPED_TEST(connection_contract, frames_may_come_from_another_thread) {
  this->open();
  if (!TypeParam::takes_threads) GTEST_SKIP() << "a simulation is one thread";
  auto connection = this->left->connection;
  std::thread sender{[connection] {
    for (int i = 0; i < 1000; ++i) {
      auto text = std::to_string(i);
      EXPECT_LE(connection->send(text_frame(text)), send_status::full);
    }
    connection->close({close_reason::goodbye, "from afar"});
  }};
  this->world.run_until([&] { return this->right->ends == 1; });
  sender.join();
  ASSERT_EQ(this->right->frames.size(), 1000u);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(as_text(this->right->frames[static_cast<std::size_t>(i)].second), std::to_string(i));
}

TYPED_TEST(connection_contract, nonsense_ends_it_with_the_reason_protocol) {
  auto ends = this->world.connect();
  this->right->connection = make_connection(this->world.net, std::move(ends.accepted), {}, {});
  start_connection(this->right->connection, this->right);
  this->left->ends = 1;
  auto bad = bytes(8, std::byte{0x7f});
  this->world.run(write_all(*ends.dialled, bad));
  this->world.run_until([&] { return this->right->ends == 1; });
  EXPECT_EQ(this->right->end.reason, close_reason::protocol);
  EXPECT_EQ(this->right->end.code, "frame");
  EXPECT_NE(this->right->end.detail.find("127"), std::string::npos) << this->right->end.detail;
}

TYPED_TEST(connection_contract, no_login_in_time_is_refused) {
  connection_config strict;
  strict.login_until = this->world.net.time().now() + std::chrono::milliseconds{200};
  this->open({}, strict);
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->left->end.reason, close_reason::refused);
  EXPECT_EQ(this->left->end.code, "login-timeout");
}

TYPED_TEST(connection_contract, a_login_in_time_lifts_the_limits) {
  connection_config strict;
  strict.login_until = this->world.net.time().now() + std::chrono::milliseconds{100};
  strict.login_size_max = 1000;
  auto token = std::make_shared<int>(1);
  std::weak_ptr<int> held = token;
  strict.login_token = std::move(token);
  this->open({}, strict);
  strict.login_token.reset();
  this->right->connection->set_authenticated();
  this->world.run_until([&] { return held.expired(); });
  this->world.run_until([&] {
    return this->world.net.time().now() > strict.login_until + std::chrono::milliseconds{200};
  });
  this->left->connection->send(text_frame(std::string(5000, 'x')));
  this->world.run_until([&] { return this->right->frames.size() == 1; });
}

TYPED_TEST(connection_contract, too_many_bytes_before_the_login_are_refused) {
  connection_config strict;
  strict.login_size_max = 1000;
  this->open({}, strict);
  this->left->connection->send(text_frame(std::string(5000, 'x')));
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->left->end.reason, close_reason::refused);
  EXPECT_TRUE(this->right->frames.empty());
}

/// A consumer that deals with what came at the end of the turn in which it came.
struct turn_end_consumer final : recorder,
                                 turn_work,
                                 std::enable_shared_from_this<turn_end_consumer> {
  turn_end_consumer(loop_turn& in, std::function<void()> does) : turn(in), deal(std::move(does)) {}

  void on_frames(frame_batch batch) override {
    acknowledge = false;
    recorder::on_frames(std::move(batch));
    turn.at_end(turn_stage::decide, shared_from_this());
  }
  void run_at_turn_end() override { deal(); }

  loop_turn& turn;
  std::function<void()> deal;
};

TYPED_TEST(connection_contract, reading_goes_on_when_acknowledged_in_the_turn_that_stopped_it) {
  connection_config small;
  small.credit = 1024;
  auto& turn = loop_turn::of(this->world.net.executor());
  this->right = std::make_shared<turn_end_consumer>(turn, [this] {
    this->right->connection->acknowledge(std::exchange(this->right->wire_size, 0));
  });
  this->open({}, small);
  auto body = shared_slice::of(pattern(200'000));
  for (int i = 0; i < 10; ++i)
    this->left->connection->send({frame_type::message, frame_priority::bulk, {}, body});
  this->world.run_until([&] { return this->right->frames.size() == 10; });
}

TYPED_TEST(connection_contract, may_be_closed_at_the_end_of_its_own_turn) {
  auto& turn = loop_turn::of(this->world.net.executor());
  this->right = std::make_shared<turn_end_consumer>(turn, [this] {
    this->right->connection->close({close_reason::refused, "enough"});
  });
  this->open();
  this->left->connection->send(text_frame("hello"));
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->left->end.detail, "enough");
}

TYPED_TEST(connection_contract, may_be_cut_off_and_dropped_at_the_end_of_its_own_turn) {
  auto& turn = loop_turn::of(this->world.net.executor());
  this->right = std::make_shared<turn_end_consumer>(turn, [this] {
    this->right->connection->send(text_frame("never written"));
    this->right->connection->close({close_reason::heartbeat, "gone"});
    this->right->connection.reset();
  });
  this->open();
  this->left->connection->send(text_frame("hello"));
  this->world.run_until([&] { return this->left->ends == 1 && this->right->ends == 1; });
  EXPECT_EQ(this->left->end.reason, close_reason::reset);
  EXPECT_TRUE(this->left->frames.empty());
}

TYPED_TEST(connection_contract, may_be_closed_before_anyone_listens_to_it) {
  auto ends = this->world.connect();
  this->left->connection = make_connection(this->world.net, std::move(ends.dialled), {}, {});
  this->right->connection = make_connection(this->world.net, std::move(ends.accepted), {}, {});
  start_connection(this->left->connection, this->left);
  this->right->connection->close({close_reason::refused, "who are you?"});
  this->world.run_until([&] { return this->left->ends == 1; });
  EXPECT_EQ(this->left->end.detail, "who are you?");
  start_connection(this->right->connection, this->right);
  this->world.run_until([&] { return this->right->ends == 1; });
  EXPECT_EQ(this->right->end.reason, close_reason::refused);
}

}  // namespace
}  // namespace hobnob::test
