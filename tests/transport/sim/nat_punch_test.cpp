#include "transport/sim/tcp_hosts.hpp"
#include "transport/spawn_task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>

// Two hosts behind NATs dial each other's outer endpoint, as a relay observed it, from the very
// port that the relay saw. What comes of it agrees with what Linux does between network namespaces.
namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;
using enum nat_dependence;

constexpr duration one_way = 20ms;

/// A host behind a NAT of its own, with a listener on the port from which it dials the relay.
struct punching_peer {
  std::unique_ptr<sim_network> program;
  endpoint port;
  endpoint observed;  // By the relay.
  std::unique_ptr<listener> door;
  std::unique_ptr<stream> relay_link;
  std::unique_ptr<stream> accepted;
  std::unique_ptr<stream> dialled;
  error_code dial_error;

  bool connected() const { return accepted || dialled; }
};

awaitable<void> accept_one(listener& door, std::unique_ptr<stream>& result) {
  auto arrived = co_await door.accept();
  if (!arrived.error) result = std::move(arrived.value);
}

awaitable<void> dial_one(sim_network& net, endpoint remote, dial_options options,
                         std::unique_ptr<stream>& result, error_code& error) {
  auto reached = co_await net.dial(remote, options);
  error = reached.error;
  result = std::move(reached.value);
}

class punched_world {
 public:
  punched_world(const nat_options& left_nat, const nat_options& right_nat) {
    net_.add_host("relay", internet_, "198.51.100.1/0");
    add_home("left", "203.0.113.1/0", "10.1.0.", left_nat);
    add_home("right", "203.0.113.2/0", "10.2.0.", right_nat);
    relay_ = hosts_.start_program("relay");
    relay_door_ = relay_->listen(endpoint::parse("198.51.100.1:443").value(), {}).value;
    log_in(left, "left", "10.1.0.2:5000");
    log_in(right, "right", "10.2.0.2:5000");
  }

  /// Both dial once, the right one `skew` later.
  void punch(duration skew) {
    dial(left, right.observed);
    run_.after(skew, [this] { dial(right, left.observed); });
    run_.run_for(10s);
  }

  bool connected() const { return left.connected() && right.connected(); }

 private:
  simulation run_{1};
  fabric net_{run_};
  segment& internet_ = net_.add_segment("internet", {.link = {.latency = one_way}});
  tcp_hosts hosts_{net_};
  std::unique_ptr<sim_network> relay_;
  std::unique_ptr<listener> relay_door_;
  std::vector<std::unique_ptr<stream>> relay_streams_;

 public:
  punching_peer left, right;  // They end before the world does.

 private:
  void add_home(const std::string& name, std::string_view outer, const std::string& inner,
                const nat_options& options) {
    segment& lan = net_.add_segment(name + " lan");
    node& router = net_.add_router(name + " router");
    router.attach(internet_, outer);
    router.attach(lan, inner + "1/24");
    router.add_nat(internet_, options);
    net_.add_host(name, lan, inner + "2/24", inner + "1");
  }

  void log_in(punching_peer& peer, std::string_view name, std::string_view port) {
    peer.program = hosts_.start_program(name);
    peer.port = endpoint::parse(port).value();
    peer.door = peer.program->listen(peer.port, {.shared_with_dials = true}).value;
    std::unique_ptr<stream> seen;
    spawn_task(run_.context().get_executor(), accept_one(*relay_door_, seen));
    spawn_task(run_.context().get_executor(),
               dial_one(*peer.program, relay_door_->local_endpoint(), {.local = peer.port},
                        peer.relay_link, peer.dial_error));
    run_.run_until([&] { return seen && peer.relay_link; }, 10s);
    peer.observed = seen->remote_endpoint();
    relay_streams_.push_back(std::move(seen));
    spawn_task(run_.context().get_executor(), accept_one(*peer.door, peer.accepted));
  }

  void dial(punching_peer& peer, const endpoint& remote) {
    spawn_task(run_.context().get_executor(),
               dial_one(*peer.program, remote, {.local = peer.port, .deadline = run_.now() + 5s},
                        peer.dialled, peer.dial_error));
  }
};

constexpr nat_options silent{};
constexpr nat_options ranged{.ports = nat_ports::sequential, .port_first = 20'000};
constexpr nat_options answers_reset{.unsolicited = nat_refusal::reset};
constexpr nat_options answers_icmp{.unsolicited = nat_refusal::port_unreachable};
constexpr nat_options full_cone{.filtering = endpoint_independent};
constexpr nat_options symmetric{.mapping = address_and_port_dependent, .ports = nat_ports::random};

struct punch_case {
  const char* name;
  nat_options left, right;
  duration skew;
  bool connects;

  friend std::ostream& operator<<(std::ostream& out, const punch_case& value) {
    return out << value.name;
  }
};

class nat_pairs : public testing::TestWithParam<punch_case> {};

TEST_P(nat_pairs, punch_as_on_linux) {
  const punch_case& given = GetParam();
  punched_world world{given.left, given.right};
  world.punch(given.skew);
  EXPECT_EQ(world.connected(), given.connects)
      << world.left.dial_error.message() << ", " << world.right.dial_error.message();
}

INSTANTIATE_TEST_SUITE_P(
    all, nat_pairs,
    testing::Values(
        punch_case{"silent_together", silent, silent, 0ms, true},
        punch_case{"silent_nearly_together", silent, silent, one_way * 3 / 10, true},
        punch_case{"silent_one_after_the_other", silent, silent, one_way * 3 / 2, true},
        punch_case{"silent_much_later", silent, silent, 250ms, true},
        punch_case{"ranged_one_after_the_other", ranged, ranged, one_way * 3 / 2, true},
        punch_case{"reset_together", answers_reset, answers_reset, 0ms, true},
        punch_case{"reset_nearly_together", answers_reset, answers_reset, one_way * 9 / 10, true},
        punch_case{"reset_too_late", answers_reset, answers_reset, one_way * 3 / 2, false},
        punch_case{"icmp_together", answers_icmp, answers_icmp, 0ms, true},
        punch_case{"full_cone_and_symmetric", full_cone, symmetric, 0ms, true},
        punch_case{"silent_and_symmetric", silent, symmetric, 0ms, false},
        punch_case{"both_symmetric", symmetric, symmetric, 0ms, false}),
    [](const auto& given) { return std::string{given.param.name}; });

TEST(nat_punch, silent_ones_meet_in_one_connection_that_both_dialled) {
  punched_world world{silent, silent};
  world.punch(0ms);
  EXPECT_TRUE(world.left.dialled);
  EXPECT_TRUE(world.right.dialled);
  EXPECT_FALSE(world.left.accepted);
  EXPECT_FALSE(world.right.accepted);
}

TEST(nat_punch, a_full_cone_takes_in_a_symmetric_one_by_its_listener) {
  punched_world world{full_cone, symmetric};
  world.punch(0ms);
  EXPECT_TRUE(world.left.accepted);
  EXPECT_TRUE(world.right.dialled);
}

}  // namespace
}  // namespace hobnob::sim
