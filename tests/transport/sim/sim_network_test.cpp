#include "transport/sim/sim_network.hpp"

#include "tests/transport/sim/lan_party.hpp"
#include "transport/sim/fault_injector.hpp"
#include "transport/sim/sim_stream.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;
namespace code = boost::system::errc;
using namespace std::chrono_literals;
using sim::process_end;
using sim::tcp_state;

const sim::tcp_machine& machine(const std::unique_ptr<stream>& of) {
  return static_cast<const sim::sim_stream&>(*of).machine();
}

TEST(sim_network, a_dial_takes_a_round_trip) {
  lan_party party{2};
  auto door = party.listen(1, 80);
  const auto begun = party.time.now();
  auto dialled = party.dial(0, door->local_endpoint());
  EXPECT_FALSE(dialled.error);
  EXPECT_EQ(party.time.now() - begun, 20ms);
}

TEST(sim_network, a_silent_address_is_unreachable_after_three_seconds) {
  lan_party party{1};
  const auto begun = party.time.now();
  EXPECT_EQ(party.dial(0, sim_endpoint(99, 80)).error, asio::error::host_unreachable);
  EXPECT_EQ(party.time.now() - begun, 3s);
}

TEST(sim_network, without_a_route_the_network_is_unreachable_at_once) {
  lan_party party{1};
  const auto begun = party.time.now();
  EXPECT_EQ(party.dial(0, *endpoint::parse("8.8.8.8:80")).error, asio::error::network_unreachable);
  EXPECT_EQ(party.time.now() - begun, 0s);
}

TEST(sim_network, a_dial_into_a_cut_ends_at_its_deadline_or_after_131_seconds) {
  lan_party party{2};
  auto door = party.listen(1, 80);
  party.net.cut(party.node(0), party.node(1));
  const auto begun = party.time.now();
  EXPECT_EQ(party.dial(0, door->local_endpoint(), {}, begun + 5s).error, asio::error::timed_out);
  EXPECT_EQ(party.time.now() - begun, 5s);
  EXPECT_EQ(party.dial(0, door->local_endpoint()).error, asio::error::timed_out);
  EXPECT_EQ(party.time.now() - begun, 136s);
}

TEST(sim_network, what_was_sent_into_a_cut_arrives_when_it_heals) {
  lan_party party{2};
  auto ends = party.connect(0, 1);
  party.net.cut(party.node(0), party.node(1));
  party.write(*ends.dialled, "hello");
  party.time.run_for(30s);
  party.net.mend_all();
  EXPECT_EQ(party.read(*ends.accepted, 5), "hello");
}

TEST(sim_network, ipv6_goes_its_own_way_beside_ipv4) {
  lan_party party{2};
  party.node(0).attach(party.lan, "fd00::1/64");
  party.node(1).attach(party.lan, "fd00::2/64");
  const auto where = *endpoint::parse("[fd00::2]:80");
  auto made = party.programs[1]->listen({ip_address{}, 80}, {});
  ASSERT_FALSE(made.error);
  auto accepting = party.start_accept(*made.value);
  auto dialled = party.dial(0, where);
  ASSERT_FALSE(dialled.error) << dialled.error.message();
  party.time.run_for(1s);
  EXPECT_EQ(dialled.value->local_endpoint().address, *ip_address::parse("fd00::1"));
  EXPECT_EQ((*accepting)->value->local_endpoint(), where);
  EXPECT_EQ(party.dial(0, sim_endpoint(2, 80)).error, asio::error::connection_refused);
}

TEST(sim_network, loss_and_a_narrow_link_show_as_time_only) {
  lan_party party{2};
  auto ends = party.connect(0, 1);
  party.lan.set_link({.latency = 10ms, .jitter = 5ms, .bytes_per_second = 1'000'000, .loss = 0.05});
  const std::string sent(1'000'000, 'x');
  const auto begun = party.time.now();
  auto got = party.start_task([](stream& from) -> awaitable<std::size_t> {
    bytes space(1'000'000);
    co_return (co_await read_all(from, space)).count;
  }(*ends.accepted));
  party.write(*ends.dialled, sent);
  ASSERT_TRUE(party.time.run_until([&] { return got->has_value(); }, 5min));
  EXPECT_EQ(**got, sent.size());
  EXPECT_GE(party.time.now() - begun, 1s);
}

TEST(sim_network, a_slow_reader_stops_the_writer_and_loses_nothing) {
  lan_party party{2, {.send_buffer = 4000, .receive_buffer = 4000, .segment_max = 1000}};
  auto ends = party.connect(0, 1);
  auto writing =
      party.start_task(write_all(*ends.dialled, as_byte_view(std::string_view{"0123456789"})));
  std::string text(20'000, 'y');
  auto more = party.start_task(write_all(*ends.dialled, as_byte_view(text)));
  std::string got;
  for (int i = 0; i < 200; ++i) {
    party.time.run_for(1s);
    EXPECT_TRUE(more->has_value() || machine(ends.dialled).unacknowledged() > 0);
    got += party.read(*ends.accepted, 100);
  }
  EXPECT_TRUE(writing->has_value());
  got += party.read(*ends.accepted, 10);
  EXPECT_EQ(got, "0123456789" + text);
}

TEST(sim_network, a_slow_reader_takes_what_it_may_a_second_and_stops_the_writer) {
  lan_party party{2, {.send_buffer = 10'000, .receive_buffer = 10'000}};
  sim::fault_injector faults{party.net};
  auto [from, to] = party.connect(0, 1);
  faults.apply("slow_reader h2 20000");
  const std::string text(100'000, 'x');
  const auto begun = party.time.now();
  auto written = party.start_task(write_all(*from, as_byte_view(text)));
  EXPECT_EQ(party.read(*to, 60'000).size(), 60'000u);
  const auto took = party.time.now() - begun;
  EXPECT_GE(took, 2900ms);
  EXPECT_LE(took, 3100ms);
  EXPECT_FALSE(written->has_value());

  faults.apply("fast_reader h2");
  const auto freed = party.time.now();
  EXPECT_EQ(party.read(*to, 40'000).size(), 40'000u);
  EXPECT_LE(party.time.now() - freed, 200ms);
}

TEST(sim_network, who_waits_as_a_slow_reader_goes_on_when_it_is_one_no_more) {
  lan_party party{2};
  sim::fault_injector faults{party.net};
  auto [from, to] = party.connect(0, 1);
  faults.apply("slow_reader h2 1");
  party.write(*from, "ab");
  EXPECT_EQ(party.read(*to, 1), "a");
  bytes space(1);
  auto rest = party.start_task(read_all(*to, space));
  party.time.run_for(100ms);
  EXPECT_FALSE(rest->has_value());
  faults.restore_everything();
  party.time.run_for(1ms);
  ASSERT_TRUE(rest->has_value());
  EXPECT_EQ(as_text(space), "b");
}

TEST(sim_network, the_end_of_a_stream_reaches_a_slow_reader_behind_its_content) {
  lan_party party{2};
  sim::fault_injector faults{party.net};
  auto [from, to] = party.connect(0, 1);
  faults.apply("slow_reader h2 10");
  party.write(*from, "abc");
  from.reset();
  const auto begun = party.time.now();
  bytes space(10);
  const auto read = party.run(read_all(*to, space));
  EXPECT_EQ(read.count, 3u);
  EXPECT_EQ(read.error, asio::error::eof);
  EXPECT_LE(party.time.now() - begun, 400ms);
}

TEST(sim_network, a_full_backlog_lets_nobody_in_until_there_is_room) {
  lan_party party{2, {.backlog = 1}};
  auto door = party.listen(1, 80);
  auto first = party.start(0, door->local_endpoint());
  auto second = party.start(0, door->local_endpoint());
  party.time.run_for(1s);
  auto third = party.start(0, door->local_endpoint());
  party.time.run_for(1500ms);
  EXPECT_TRUE(first->has_value() && second->has_value());
  EXPECT_FALSE(third->has_value());
  EXPECT_FALSE(party.run(door->accept()).error);
  EXPECT_TRUE(party.time.run_until([&] { return third->has_value(); }, 5s));
  EXPECT_FALSE((*third)->error);
}

TEST(sim_network, crossing_dials_are_one_connection_at_every_relative_timing) {
  for (auto lead : {0ms, 1ms, 5ms, 9ms, 10ms, 11ms, 15ms, 19ms, 20ms, 21ms, 30ms, 100ms}) {
    lan_party party{2};
    auto left = party.listen(0, 7000, true), right = party.listen(1, 7000, true);
    auto one = party.start(0, sim_endpoint(2, 7000), sim_endpoint(1, 7000));
    party.time.run_for(lead);
    auto two = party.start(1, sim_endpoint(1, 7000), sim_endpoint(2, 7000));
    auto by_left = party.start_accept(*left), by_right = party.start_accept(*right);
    party.time.run_for(10s);
    ASSERT_TRUE(one->has_value() && two->has_value());
    EXPECT_FALSE((*one)->error);
    if (lead < 10ms) {
      EXPECT_FALSE((*two)->error) << lead.count();
      EXPECT_TRUE(machine((*one)->value).crossed() && machine((*two)->value).crossed());
      EXPECT_FALSE(by_right->has_value());
    } else {
      // The first SYN is there before the second dial: its endpoints are taken.
      EXPECT_EQ((*two)->error, code::address_not_available) << lead.count();
      EXPECT_TRUE(by_right->has_value());
    }
    EXPECT_FALSE(by_left->has_value());
    EXPECT_EQ(party.stack(0).connections(), 1u);
    EXPECT_EQ(party.stack(1).connections(), 1u);
  }
}

TEST(sim_network, who_closes_first_holds_the_endpoints_for_a_minute) {
  lan_party party{2};
  auto own = party.listen(0, 7000, true);
  auto ends = party.connect(0, 1, sim_endpoint(1, 7000));
  ends.dialled.reset();
  party.time.run_for(1s);
  ends.accepted.reset();
  party.time.run_for(1s);
  EXPECT_EQ(party.stack(0).connections(), 1u);
  EXPECT_EQ(party.stack(1).connections(), 0u);
  auto door = party.listen(1, 80);
  EXPECT_EQ(party.dial(0, door->local_endpoint(), sim_endpoint(1, 7000)).error,
            code::address_not_available);
  EXPECT_FALSE(party.dial(1, sim_endpoint(1, 7000), sim_endpoint(2, 80)).error)
      << "the other side may come back through a listener";
  party.time.run_for(60s);
}

TEST(sim_network, a_killed_program_closes_what_it_had_and_hears_of_nothing_more) {
  lan_party party{2};
  auto read = party.connect(0, 1), unread = party.connect(0, 1);
  auto door = party.listen(1, 443);
  auto accepting = party.start_accept(*door);
  auto reading = party.start_task(read.accepted->wait_readable());
  party.write(*unread.dialled, "never read");
  party.time.run_for(1s);
  party.programs[1]->end(process_end::killed);
  party.time.run_for(1s);
  EXPECT_EQ(**reading, asio::error::operation_aborted);
  EXPECT_EQ((*accepting)->error, asio::error::operation_aborted);
  std::array<std::byte, 8> space;
  EXPECT_EQ(read.accepted->try_read(space).error, asio::error::operation_aborted);
  EXPECT_EQ(read.dialled->try_read(space).error, asio::error::eof);
  EXPECT_EQ(unread.dialled->try_read(space).error, asio::error::connection_reset);
  EXPECT_EQ(party.dial(1, sim_endpoint(1, 80)).error, asio::error::operation_aborted);
  EXPECT_EQ(party.programs[1]->listen(sim_endpoint(2, 81), {}).error,
            asio::error::operation_aborted);
  EXPECT_EQ(party.dial(0, sim_endpoint(2, 443)).error, asio::error::connection_refused);
  party.programs[1] = party.hosts.start_program("h2");
  auto again = party.listen(1, 443);
  EXPECT_FALSE(party.dial(0, sim_endpoint(2, 443)).error);
}

TEST(sim_network, a_crash_is_silent_and_after_the_boot_old_connections_are_reset) {
  lan_party party{2};
  auto ends = party.connect(0, 1);
  auto reading = party.start_task(ends.accepted->wait_readable());
  party.time.run_for(1s);
  party.programs[1]->end(process_end::crashed);
  party.write(*ends.dialled, "anyone there?");
  party.time.run_for(60s);
  EXPECT_EQ(**reading, asio::error::operation_aborted);
  std::array<std::byte, 8> space;
  EXPECT_EQ(ends.dialled->try_read(space).error, asio::error::would_block);
  party.programs[1] = party.hosts.start_program("h2");
  party.time.run_for(60s);
  EXPECT_EQ(ends.dialled->try_read(space).error, asio::error::connection_reset);
}

TEST(sim_network, a_reset_fault_ends_connections_with_the_named) {
  lan_party party{3};
  auto one = party.connect(0, 1), other = party.connect(0, 2);
  party.stack(0).reset_connections({sim_endpoint(2, 0).address});
  std::array<std::byte, 8> space;
  EXPECT_EQ(one.dialled->try_read(space).error, asio::error::connection_reset);
  EXPECT_EQ(other.dialled->try_read(space).error, asio::error::would_block);
}

TEST(sim_network, names_are_those_of_the_hosts_and_of_the_table) {
  lan_party party{2};
  party.hosts.names().set("relay.example", {sim_endpoint(2, 0).address});
  auto& net = *party.programs[0];
  EXPECT_EQ(party.run(net.resolve("relay.example")).value.at(0), sim_endpoint(2, 0).address);
  EXPECT_EQ(party.run(net.resolve("h2")).value.at(0), sim_endpoint(2, 0).address);
  EXPECT_EQ(party.run(net.resolve("elsewhere")).error, asio::error::host_not_found);
}

TEST(sim_network, the_time_of_day_of_one_host_jumps_alone_and_moves_no_timer) {
  lan_party party{2};
  auto& one = party.programs[0]->time();
  auto& two = party.programs[1]->time();
  const auto before = one.wall();
  party.stack(0).jump_clock(-24h);
  EXPECT_EQ(one.wall(), before - 24h);
  EXPECT_EQ(two.wall(), before);
  const auto until = one.now() + 5s;
  EXPECT_FALSE(party.run(one.sleep_until(until)));
  EXPECT_EQ(one.now(), until);
}

TEST(sim_network, a_sleep_can_be_cancelled_and_ends_with_its_program) {
  lan_party party{1};
  auto& time = party.programs[0]->time();
  asio::cancellation_signal stop;
  std::optional<error_code> cancelled;
  asio::co_spawn(party.time.context(), time.sleep_until(party.time.now() + 1h),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr, error_code e) { cancelled = e; }));
  auto left = party.start_task(time.sleep_until(party.time.now() + 1h));
  party.time.run_for(1s);
  stop.emit(asio::cancellation_type::terminal);
  party.time.run_for(0s);
  EXPECT_EQ(cancelled, asio::error::operation_aborted);
  EXPECT_FALSE(left->has_value());
  party.programs[0]->end(process_end::killed);
  party.time.run_for(0s);
  EXPECT_EQ(**left, asio::error::operation_aborted);
}

TEST(sim_network, programs_may_be_destroyed_with_all_that_waits_on_them) {
  lan_party party{2};
  auto ends = party.connect(0, 1);
  auto door = party.listen(1, 443);
  auto accepting = party.start_accept(*door);
  auto reading = party.start_task(ends.accepted->wait_readable());
  auto sleeping = party.start_task(party.programs[1]->time().sleep_until(party.time.now() + 1h));
  party.time.run_for(1s);
  party.programs[1].reset();
  party.time.run_for(2h);
  EXPECT_FALSE(accepting->has_value() || reading->has_value() || sleeping->has_value());
}

TEST(sim_network, each_program_draws_random_numbers_of_its_own) {
  lan_party one{2}, same{2};
  std::array<std::byte, 16> a, b, c;
  one.programs[0]->random(a);
  one.programs[1]->random(b);
  same.programs[0]->random(c);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, c);
  same.programs[0] = same.hosts.start_program("h1");
  same.programs[0]->random(c);
  EXPECT_NE(a, c);
}

TEST(sim_network, an_idle_exchange_costs_few_events) {
  lan_party party{2};
  auto ends = party.connect(0, 1);
  party.time.run_for(1s);
  const auto before = party.time.events_run();
  constexpr std::uint64_t exchanges = 100;
  for (std::uint64_t i = 0; i < exchanges; ++i) {
    party.write(*ends.dialled, "ping");
    EXPECT_EQ(party.read(*ends.accepted, 4), "ping");
    party.write(*ends.accepted, "pong");
    EXPECT_EQ(party.read(*ends.dialled, 4), "pong");
    party.time.run_for(5s);
  }
  // Three packets and the timer of the last acknowledgement.
  EXPECT_EQ(party.time.events_run() - before, 4 * exchanges);
}

TEST(sim_network, a_thousand_hosts_with_a_connection_each) {
  std::uint64_t hash = 0;
  for (int run = 0; run < 2; ++run) {
    lan_party party{1000};
    auto door = party.listen(0, 80);
    std::vector<std::shared_ptr<std::optional<io_value<std::unique_ptr<stream>>>>> dialled;
    std::vector<std::unique_ptr<stream>> accepted;
    for (int i = 1; i < 1000; ++i) dialled.push_back(party.start(i, door->local_endpoint()));
    for (int i = 1; i < 1000; ++i) accepted.push_back(std::move(party.run(door->accept()).value));
    for (auto& each : accepted) party.write(*each, "welcome");
    for (auto& each : dialled) EXPECT_EQ(party.read(*(*each)->value, 7), "welcome");
    EXPECT_EQ(party.stack(0).connections(), 999u);
    if (run == 1) {
      EXPECT_EQ(party.time.log().hash(), hash);
    }
    hash = party.time.log().hash();
  }
}

}  // namespace
}  // namespace hobnob::test
