#include "tests/transport/loop.hpp"
#include "transport/sim/sim_stream.hpp"
#include "transport/sim/tcp_hosts.hpp"

#include <gtest/gtest.h>
#include <boost/asio/error.hpp>

// Two hosts, each behind a NAT of its own, dial each other's outer endpoint at nearly the same
// time, as after a word from a relay that both can reach. The expectations are what Linux showed
// with NATs of these kinds, 20 ms apart.
namespace hobnob::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using sim::nat_dependence;
using sim::nat_options;
using sim::nat_ports;
using sim::nat_refusal;

constexpr auto one_way = 20ms;
constexpr std::uint16_t own_port = 7000;

nat_options friendly(nat_refusal unsolicited = nat_refusal::drop,
                     nat_ports ports = nat_ports::preserving) {
  return {
      .mapping = nat_dependence::endpoint_independent, .ports = ports, .unsolicited = unsolicited};
}

nat_options symmetric() {
  return {.mapping = nat_dependence::address_and_port_dependent, .ports = nat_ports::random};
}

nat_options full_cone() {
  return {.mapping = nat_dependence::endpoint_independent,
          .filtering = nat_dependence::endpoint_independent};
}

/// One host behind its NAT.
struct side {
  sim::sim_network* net = nullptr;
  sim::nat* box = nullptr;
  endpoint own;
  std::unique_ptr<listener> door;
  std::unique_ptr<stream> to_relay;
  endpoint observed;  ///< By the relay.
  std::shared_ptr<std::optional<io_value<std::unique_ptr<stream>>>> accepted;
  std::unique_ptr<stream> found;
  bool by_dial = false;
  error_code last_error;
};

struct punch {
  sim::simulation time{1};
  sim::fabric net{time};
  sim::segment& internet = net.add_segment("internet", {.link = {.latency = one_way}});
  sim::tcp_hosts hosts{net};
  std::unique_ptr<sim::sim_network> relay;
  std::vector<std::unique_ptr<sim::sim_network>> programs;
  side left, right;

  punch(nat_options left_nat, nat_options right_nat) {
    net.add_host("relay", internet, "203.0.113.1/24");
    relay = hosts.start_program("relay");
    make_side(left, "left", 1, left_nat);
    make_side(right, "right", 2, right_nat);
    auto door = relay->listen(*endpoint::parse("203.0.113.1:7440"), {});
    for (auto* each : {&left, &right}) introduce(*each, *door.value);
  }

  void make_side(side& made, const std::string& name, int number, nat_options options) {
    auto& lan = net.add_segment(name + " lan");
    auto& home = net.add_router(name + " home");
    home.attach(internet, "203.0.113.1" + std::to_string(number) + "/24");
    const auto prefix = "10." + std::to_string(number) + ".0.";
    home.attach(lan, prefix + "1/24");
    made.box = &home.add_nat(internet, options);
    net.add_host(name, lan, prefix + "2/24", prefix + "1");
    programs.push_back(hosts.start_program(name));
    made.net = programs.back().get();
    made.own = {ip_address::parse(prefix + "2").value(), own_port};
    made.door = std::move(made.net->listen(made.own, {.shared_with_dials = true}).value);
  }

  /// Tells the relay by a connection that stays where it sees this side.
  void introduce(side& who, listener& door) {
    auto accepting = start(door.accept());
    auto dialling = start(who.net->dial(door.local_endpoint(), {.local = who.own}));
    time.run_until([&] { return accepting->has_value() && dialling->has_value(); }, 10s);
    who.observed = (*accepting)->value->remote_endpoint();
    who.to_relay = std::move((*dialling)->value);
    kept_.push_back(std::move((*accepting)->value));
  }

  template <class T>
  std::shared_ptr<std::optional<T>> start(awaitable<T> task) {
    auto result = std::make_shared<std::optional<T>>();
    asio::co_spawn(time.context(), std::move(task), [result](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      *result = std::move(value);
    });
    return result;
  }

  awaitable<void> dial_again_and_again(side& who, endpoint other, time_point first,
                                       duration pause) {
    const auto until = first + 4s;
    co_await who.net->time().sleep_until(first);
    while (!who.found && time.now() < until) {
      auto dialled = co_await who.net->dial(other, {who.own, until});
      if (dialled.value) {
        who.found = std::move(dialled.value);
        who.by_dial = true;
        break;
      }
      who.last_error = dialled.error;
      co_await who.net->time().sleep_until(time.now() + pause);
    }
  }

  awaitable<void> accept_one(side& who) {
    auto accepted = co_await who.door->accept();
    if (accepted.value && !who.found) who.found = std::move(accepted.value);
  }

  /// Both dial the endpoint at which the relay saw the other, `skew` apart, and again `pause` after
  /// every refusal. True if they can talk.
  bool run(duration skew, duration pause = 50ms) {
    const auto begun = time.now() + 1s;
    auto finished = [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    };
    for (auto* each : {&left, &right}) {
      const bool first = each == &left;
      asio::co_spawn(time.context(),
                     dial_again_and_again(*each, (first ? right : left).observed,
                                          first ? begun : begun + skew, pause),
                     finished);
      asio::co_spawn(time.context(), accept_one(*each), finished);
    }
    took = {};
    if (time.run_until([&] { return left.found && right.found; }, 6s)) took = time.now() - begun;
    return left.found && right.found && talk();
  }

  bool talk() {
    const auto hello = as_byte_view("hello");
    left.found->try_write({&hello, 1});
    bytes space(5);
    auto got = start(read_all(*right.found, space));
    time.run_until([&] { return got->has_value(); }, 5s);
    return got->has_value() && (*got)->count == 5;
  }

  duration took{};

 private:
  std::vector<std::unique_ptr<stream>> kept_;
};

TEST(punching, friendly_nats_with_silent_refusal_meet_by_simultaneous_open_at_any_skew) {
  for (auto ports : {nat_ports::preserving, nat_ports::sequential, nat_ports::random}) {
    for (auto skew : {0ms, 6ms, 30ms, 250ms}) {
      punch pair{friendly(nat_refusal::drop, ports), friendly(nat_refusal::drop, ports)};
      ASSERT_TRUE(pair.run(skew)) << skew.count();
      EXPECT_TRUE(pair.left.by_dial && pair.right.by_dial) << skew.count();
      EXPECT_TRUE(static_cast<sim::sim_stream&>(*pair.left.found).machine().crossed() ||
                  static_cast<sim::sim_stream&>(*pair.right.found).machine().crossed());
      EXPECT_LE(pair.took, skew + 5 * one_way);
    }
  }
}

TEST(punching, all_friendly_nats_meet_at_the_first_dial_if_the_skew_is_below_one_way) {
  for (auto refusal : {nat_refusal::drop, nat_refusal::reset, nat_refusal::port_unreachable}) {
    for (auto skew : {0ms, 6ms, 18ms}) {
      punch pair{friendly(refusal), friendly(refusal)};
      EXPECT_TRUE(pair.run(skew)) << skew.count();
      EXPECT_LE(pair.took, skew + 5 * one_way);
    }
  }
}

TEST(punching, a_symmetric_nat_cannot_be_met) {
  for (auto skew : {0ms, 6ms, 30ms, 250ms}) {
    punch both{symmetric(), symmetric()};
    EXPECT_FALSE(both.run(skew));
    punch one{friendly(), symmetric()};
    EXPECT_FALSE(one.run(skew));
  }
}

TEST(punching, a_full_cone_lets_even_a_symmetric_one_in) {
  punch pair{full_cone(), symmetric()};
  EXPECT_TRUE(pair.run(0ms));
  EXPECT_FALSE(pair.left.by_dial);
}

TEST(punching, the_relays_word_is_true_for_friendly_nats_only) {
  punch pair{friendly(), symmetric()};
  const auto elsewhere = *endpoint::parse("203.0.113.99:1");
  pair.start(pair.left.net->dial(elsewhere, {.local = pair.left.own}));
  pair.start(pair.right.net->dial(elsewhere, {.local = pair.right.own}));
  pair.time.run_for(1s);
  EXPECT_EQ(pair.left.box->mapped(pair.left.own, elsewhere, pair.time.now()), pair.left.observed);
  const auto other = pair.right.box->mapped(pair.right.own, elsewhere, pair.time.now());
  ASSERT_TRUE(other);
  EXPECT_NE(other, pair.right.observed);
}

// Each RST tells the dialler at once and closes the hole just before the other's next SYN: equal
// pauses never overlap.
TEST(punching, refusals_by_reset_are_an_error_of_the_dial) {
  punch pair{friendly(nat_refusal::reset), friendly(nat_refusal::reset)};
  auto refused = pair.start(pair.left.net->dial(pair.right.observed, {.local = pair.left.own}));
  pair.time.run_for(1s);
  EXPECT_EQ((*refused)->error, asio::error::connection_refused);
}

TEST(punching, a_pair_that_missed_each_other_meets_when_it_begins_anew_in_step) {
  for (auto refusal : {nat_refusal::reset, nat_refusal::port_unreachable}) {
    punch pair{friendly(refusal), friendly(refusal)};
    auto early = pair.start(pair.left.net->dial(pair.right.observed, {.local = pair.left.own}));
    pair.time.run_for(1s);
    EXPECT_EQ((*early)->error, asio::error::connection_refused);
    EXPECT_TRUE(pair.run(0ms));
  }
}

TEST(punching, a_nat_that_forgot_cuts_or_takes_up_again_what_went_through_it) {
  for (bool adopts : {true, false}) {
    auto options = friendly();
    options.adopt_strays = adopts;
    punch pair{options, options};
    ASSERT_TRUE(pair.run(0ms));
    pair.left.box->reboot();
    const auto word = as_byte_view("still there?");
    pair.left.found->try_write({&word, 1});
    pair.time.run_for(5s);
    bytes space(100);
    const auto got = pair.right.found->try_read(space);
    const auto back = pair.left.found->try_read(space);
    EXPECT_EQ(got.count, adopts ? word.size() : 0u);
    EXPECT_EQ(back.error,
              adopts ? error_code{asio::error::would_block} : asio::error::connection_reset);
  }
}

}  // namespace
}  // namespace hobnob::test
