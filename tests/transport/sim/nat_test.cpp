#include "transport/sim/nat.hpp"

#include "fabric_fixture.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;
using enum nat_dependence;

constexpr std::string_view alice = "10.0.0.2:5000";
constexpr std::string_view alice_too = "10.0.0.3:5000";
constexpr std::string_view relay = "198.51.100.1:443";
constexpr std::string_view relay_other_port = "198.51.100.1:444";
constexpr std::string_view bob = "198.51.100.2:6000";
const ip_address outer = ip("203.0.113.1");

/// One NAT and a clock of its own.
struct nat_under_test {
  explicit nat_under_test(nat_options options) : box(options, outer, random_source{1}) {}

  std::optional<endpoint> out(packet what) {
    last = box.outbound(what, now);
    if (last.what != nat::verdict::pass) return std::nullopt;
    return what.from;
  }

  std::optional<endpoint> out(std::string_view from, std::string_view to) {
    return out(syn(from, to));
  }

  std::optional<endpoint> in(packet what) {
    last = box.inbound(what, now);
    if (last.what != nat::verdict::pass) return std::nullopt;
    return what.to;
  }

  std::optional<endpoint> in(std::string_view from, const endpoint& to) {
    return in(syn(from, to_string(to)));
  }

  /// A connection with all its packets seen.
  endpoint establish(std::string_view from, std::string_view to) {
    const endpoint mapped = out(from, to).value();
    EXPECT_EQ(in(make_packet(packet_kind::syn_ack, to, to_string(mapped))), at(from));
    EXPECT_EQ(out(make_packet(packet_kind::ack, from, to)), mapped);
    return mapped;
  }

  nat box;
  nat::result last;
  time_point now{1h};
};

TEST(nat, endpoint_independent_mapping_is_one_for_all_destinations) {
  nat_under_test nat{{.mapping = endpoint_independent, .ports = nat_ports::random}};
  const auto mapped = nat.out(alice, relay);
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->address, outer);
  EXPECT_TRUE(nat.last.new_mapping);
  EXPECT_EQ(nat.out(alice, relay_other_port), mapped);
  EXPECT_FALSE(nat.last.new_mapping);
  EXPECT_EQ(nat.out(alice, bob), mapped);
}

TEST(nat, address_dependent_mapping_differs_by_remote_address_only) {
  nat_under_test nat{{.mapping = address_dependent, .ports = nat_ports::sequential}};
  const auto mapped = nat.out(alice, relay);
  EXPECT_EQ(nat.out(alice, relay_other_port), mapped);
  EXPECT_NE(nat.out(alice, bob), mapped);
}

TEST(nat, address_and_port_dependent_mapping_differs_by_remote_endpoint) {
  nat_under_test nat{{.mapping = address_and_port_dependent, .ports = nat_ports::preserving}};
  std::set<std::optional<endpoint>> mapped{nat.out(alice, relay), nat.out(alice, relay_other_port),
                                           nat.out(alice, bob)};
  EXPECT_EQ(mapped.size(), 3u);
  EXPECT_TRUE(mapped.contains(at("203.0.113.1:5000")));  // Preserved, while it was free.
}

TEST(nat, preserves_the_port_unless_another_host_has_it) {
  nat_under_test nat{{.ports = nat_ports::preserving}};
  EXPECT_EQ(nat.out(alice, relay), at("203.0.113.1:5000"));
  EXPECT_EQ(nat.out(alice_too, relay), at("203.0.113.1:5001"));
  EXPECT_EQ(nat.out(alice_too, bob), at("203.0.113.1:5001"));
}

TEST(nat, gives_ports_in_sequence_or_at_random) {
  nat_under_test sequential{{.ports = nat_ports::sequential, .port_first = 20'000}};
  EXPECT_EQ(sequential.out(alice, relay)->port, 20'000);
  EXPECT_EQ(sequential.out(alice_too, relay)->port, 20'001);

  nat_under_test random{{.ports = nat_ports::random, .port_first = 20'000, .port_last = 20'003}};
  std::set<std::uint16_t> ports;
  for (const auto* const from : {"10.0.0.2:1", "10.0.0.2:2", "10.0.0.2:3", "10.0.0.2:4"}) {
    ports.insert(random.out(from, relay)->port);
  }
  EXPECT_EQ(ports, (std::set<std::uint16_t>{20'000, 20'001, 20'002, 20'003}));
  EXPECT_EQ(random.out("10.0.0.2:5", relay), std::nullopt);
  EXPECT_STREQ(random.last.why, "no port left");
}

// Who gets in after alice has written to the relay alone.
struct filter_case {
  nat_dependence filtering;
  bool relay_other_port_gets_in, bob_gets_in;
};

class nat_filters : public testing::TestWithParam<filter_case> {};

TEST_P(nat_filters, let_in_those_who_were_written_to) {
  const auto [filtering, relay_other_port_gets_in, bob_gets_in] = GetParam();
  nat_under_test nat{{.filtering = filtering}};
  const endpoint mapped = nat.out(alice, relay).value();
  EXPECT_EQ(nat.in(relay, mapped), at(alice));
  EXPECT_EQ(nat.in(relay_other_port, mapped).has_value(), relay_other_port_gets_in);
  EXPECT_EQ(nat.in(bob, mapped).has_value(), bob_gets_in);
  EXPECT_EQ(nat.in(bob, at("203.0.113.1:9999")), std::nullopt);  // Nobody's port.
}

INSTANTIATE_TEST_SUITE_P(all, nat_filters,
                         testing::Values(filter_case{endpoint_independent, true, true},
                                         filter_case{address_dependent, true, false},
                                         filter_case{address_and_port_dependent, false, false}));

TEST(nat, answers_unsolicited_connections_as_told) {
  for (const auto& [refusal, verdict] :
       {std::pair{nat_refusal::drop, nat::verdict::drop},
        std::pair{nat_refusal::reset, nat::verdict::reset},
        std::pair{nat_refusal::port_unreachable, nat::verdict::port_unreachable}}) {
    nat_under_test nat{{.unsolicited = refusal}};
    EXPECT_EQ(nat.in(bob, at("203.0.113.1:5000")), std::nullopt);
    EXPECT_EQ(nat.last.what, verdict);
    nat.in(make_packet(packet_kind::reset, bob, "203.0.113.1:5000"));
    EXPECT_EQ(nat.last.what, nat::verdict::drop);  // An RST is never answered.
  }
}

TEST(nat, crossing_syns_get_through_as_a_simultaneous_open) {
  nat_under_test nat{{}};
  const endpoint mapped = nat.out(alice, bob).value();
  EXPECT_EQ(nat.in(bob, mapped), at(alice));
  EXPECT_EQ(nat.out(make_packet(packet_kind::syn_ack, alice, bob)), mapped);
  nat.now += 2h;  // Established: beyond the transitory time.
  EXPECT_EQ(nat.in(make_packet(packet_kind::data, bob, to_string(mapped), 10)), at(alice));
}

TEST(nat, forgets_an_opening_connection_after_the_transitory_timeout) {
  nat_under_test nat{{}};
  const endpoint mapped = nat.out(alice, relay).value();
  nat.now += 4min - 1ns;
  EXPECT_EQ(nat.box.mappings(nat.now), 1u);
  nat.now += 1ns;
  EXPECT_EQ(nat.box.mappings(nat.now), 0u);
  EXPECT_EQ(nat.in(make_packet(packet_kind::syn_ack, relay, to_string(mapped))), std::nullopt);
}

TEST(nat, keeps_an_established_connection_for_two_hours_and_four_minutes_of_silence) {
  nat_under_test nat{{}};
  const endpoint mapped = nat.establish(alice, relay);
  nat.now += 124min - 1ns;
  EXPECT_EQ(nat.in(make_packet(packet_kind::data, relay, to_string(mapped), 1)), at(alice));
  nat.now += 124min;
  EXPECT_EQ(nat.in(make_packet(packet_kind::data, relay, to_string(mapped), 1)), std::nullopt);
}

TEST(nat, a_reset_closes_the_hole_at_once_and_both_fins_soon) {
  nat_under_test nat{{}};
  const endpoint mapped = nat.establish(alice, relay);
  nat.in(make_packet(packet_kind::reset, relay, to_string(mapped)));
  EXPECT_EQ(nat.box.mappings(nat.now), 0u);
  EXPECT_EQ(nat.in(relay, mapped), std::nullopt);

  nat.establish(alice, relay);
  packet fin = make_packet(packet_kind::data, alice, relay);
  fin.fin = true;
  nat.out(fin);
  nat.now += 3min;
  fin = make_packet(packet_kind::data, relay, to_string(mapped));
  fin.fin = true;
  EXPECT_EQ(nat.in(fin), at(alice));
  EXPECT_EQ(nat.box.mappings(nat.now), 1u);
  nat.now += 10s;
  EXPECT_EQ(nat.box.mappings(nat.now), 0u);
}

TEST(nat, one_connections_reset_leaves_the_mapping_to_the_others) {
  nat_under_test nat{{}};
  const endpoint mapped = nat.establish(alice, relay);
  nat.establish(alice, bob);
  nat.in(make_packet(packet_kind::reset, bob, to_string(mapped)));
  EXPECT_EQ(nat.in(bob, mapped), std::nullopt);
  EXPECT_EQ(nat.in(make_packet(packet_kind::data, relay, to_string(mapped), 1)), at(alice));
}

TEST(nat, after_a_reboot_a_packet_from_inside_is_adopted_or_reset) {
  for (const bool adopt : {true, false}) {
    nat_under_test nat{{.adopt_strays = adopt}};
    const endpoint mapped = nat.establish(alice, relay);
    nat.box.reboot();
    EXPECT_EQ(nat.in(make_packet(packet_kind::data, relay, to_string(mapped), 1)), std::nullopt);
    const auto again = nat.out(make_packet(packet_kind::data, alice, relay, 1));
    EXPECT_EQ(again.has_value(), adopt);
    if (adopt) {
      EXPECT_EQ(again, mapped);
      EXPECT_EQ(nat.in(make_packet(packet_kind::ack, relay, to_string(mapped))), at(alice));
    } else {
      EXPECT_EQ(nat.last.what, nat::verdict::reset);
    }
  }
}

TEST(nat, forwards_a_port_to_a_host_inside_also_after_a_reboot) {
  nat_under_test nat{{}};
  nat.box.forward(8443, at(alice));
  nat.box.reboot();
  EXPECT_EQ(nat.in(bob, at("203.0.113.1:8443")), at(alice));
  EXPECT_EQ(nat.out(make_packet(packet_kind::syn_ack, alice, bob)), at("203.0.113.1:8443"));
  EXPECT_EQ(nat.out(alice, relay), at("203.0.113.1:8443"));
  EXPECT_EQ(nat.out(alice_too, relay), at("203.0.113.1:5000"));
}

TEST(nat, translates_what_icmp_is_about) {
  nat_under_test nat{{}};
  packet lost = syn(alice, relay);
  ASSERT_EQ(nat.box.outbound(lost, nat.now).what, nat::verdict::pass);
  packet error = unreachable_answering(lost, ip("198.51.100.99"), unreachable_cause::host);
  ASSERT_EQ(nat.box.inbound(error, nat.now).what, nat::verdict::pass);
  EXPECT_EQ(error.to.address, ip("10.0.0.2"));
  EXPECT_EQ(error.about.local, at(alice));
  EXPECT_EQ(error.about.remote, at(relay));

  packet unrelated = unreachable_answering(syn("203.0.113.1:7", relay), ip("198.51.100.99"),
                                           unreachable_cause::host);
  EXPECT_EQ(nat.box.inbound(unrelated, nat.now).what, nat::verdict::drop);
}

TEST(nat, a_firewall_filters_without_translating) {
  nat_under_test firewall{{.translate = false}};
  EXPECT_EQ(firewall.in(bob, at(alice)), std::nullopt);
  EXPECT_EQ(firewall.out(alice, relay), at(alice));
  EXPECT_EQ(firewall.in(relay, at(alice)), at(alice));
  EXPECT_EQ(firewall.in(bob, at(alice)), std::nullopt);
  firewall.box.admit(at(alice_too));
  EXPECT_EQ(firewall.in(bob, at(alice_too)), at(alice_too));
  EXPECT_EQ(firewall.out(make_packet(packet_kind::syn_ack, alice_too, bob)), at(alice_too));
}

TEST(nat, forgotten_mappings_leave_no_memory_behind) {
  nat_under_test nat{{.mapping = address_and_port_dependent, .ports = nat_ports::sequential}};
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(nat.out(alice, "198.51.100.1:" + std::to_string(1 + i % 60'000)));
    nat.now += 1s;
  }
  EXPECT_EQ(nat.box.mappings(nat.now), 239u);  // One a second, each for four minutes.
}

}  // namespace
}  // namespace hobnob::sim
