#include "tests/contract/worlds.hpp"

#include "transport/error.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>

// What the machine's network does, the simulated one does, to the error code.
namespace hobnob::test {
namespace {

namespace asio = boost::asio;
namespace code = boost::system::errc;

const auto any_v4 = ip_address::v4({0, 0, 0, 0});
const ip_address any_v6;
const auto loopback_v6 = ip_address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

template <class World>
struct network_contract : testing::Test {
  using maybe_stream = io_value<std::unique_ptr<stream>>;

  World world;

  std::unique_ptr<listener> listen(const endpoint& local = loopback(), bool shared = false) {
    auto made = world.net.listen(local, {.shared_with_dials = shared});
    if (made.error) throw std::runtime_error{made.error.message()};
    return std::move(made.value);
  }

  maybe_stream dial(const endpoint& remote, const endpoint& from = {}) {
    dial_options options;
    options.local = from;
    return world.run(world.net.dial(remote, options));
  }

  stream_pair connect(listener& door, const endpoint& from = {}) {
    return connect_by(world, door, from);
  }

  error_code read_error(stream& from) {
    std::array<std::byte, 16> space;
    return world.run(read_some(from, space)).error;
  }

  error_code write_error(stream& to) { return world.run(write_all(to, pattern(10))).error; }
};
TYPED_TEST_SUITE(network_contract, bare_worlds, world_names);

TYPED_TEST(network_contract, nobody_listening_is_refused) {
  auto door = this->world.door();
  const auto where = door->local_endpoint();
  door->close();
  EXPECT_EQ(this->dial(where).error, asio::error::connection_refused);
}

TYPED_TEST(network_contract, ipv6_is_refused_and_connected_as_well) {
  auto made = this->world.net.listen({loopback_v6, 0}, {});
  if (made.error) GTEST_SKIP() << "no IPv6 here";
  auto ends = this->connect(*made.value);
  EXPECT_EQ(ends.dialled->remote_endpoint(), made.value->local_endpoint());
  EXPECT_EQ(this->dial(loopback(made.value->local_endpoint().port)).error,
            asio::error::connection_refused);
}

TYPED_TEST(network_contract, wildcards_of_both_families_share_a_port) {
  auto v6 = this->world.net.listen({any_v6, 0}, {});
  if (v6.error) GTEST_SKIP() << "no IPv6 here";
  const auto port = v6.value->local_endpoint().port;
  auto v4 = this->world.net.listen({any_v4, port}, {});
  ASSERT_FALSE(v4.error) << v4.error.message();
  auto to_v6 = this->world.start(v6.value->accept());
  auto to_v4 = this->world.start(v4.value->accept());
  EXPECT_FALSE(this->dial({loopback_v6, port}).error);
  EXPECT_FALSE(this->dial(loopback(port)).error);
  this->world.run_until([&] { return to_v6->has_value() && to_v4->has_value(); });
  EXPECT_TRUE((*to_v6)->value->local_endpoint().address == loopback_v6);
  EXPECT_TRUE((*to_v4)->value->local_endpoint().address.is_v4());
}

TYPED_TEST(network_contract, a_port_has_one_listener) {
  for (bool first_shared : {false, true}) {
    auto first = this->listen(loopback(), first_shared);
    const auto port = first->local_endpoint().port;
    for (bool shared : {false, true}) {
      EXPECT_EQ(this->world.net.listen(loopback(port), {.shared_with_dials = shared}).error,
                asio::error::address_in_use);
      EXPECT_EQ(this->world.net.listen({any_v4, port}, {.shared_with_dials = shared}).error,
                asio::error::address_in_use);
    }
    first->close();
    EXPECT_FALSE(this->world.net.listen(loopback(port), {}).error);
  }
}

TYPED_TEST(network_contract, only_own_addresses_can_be_listened_on_and_dialled_from) {
  const endpoint foreign{ip_address::v4({192, 0, 2, 77}), 0};
  EXPECT_EQ(this->world.net.listen(foreign, {}).error, code::address_not_available);
  auto door = this->listen();
  EXPECT_EQ(this->dial(door->local_endpoint(), foreign).error, code::address_not_available);
}

TYPED_TEST(network_contract, a_port_can_be_listened_on_again_beside_its_old_connections) {
  auto door = this->listen();
  const auto where = door->local_endpoint();
  auto ends = this->connect(*door);
  door->close();
  auto again = this->world.net.listen(where, {});
  EXPECT_FALSE(again.error) << again.error.message();
  this->world.run(write_all(*ends.dialled, pattern(10)));
  EXPECT_EQ(this->world.run(receive(*ends.accepted, 10)).size(), 10u);
}

TYPED_TEST(network_contract, dials_leave_from_the_port_that_is_listened_on) {
  auto own = this->listen({any_v4, 0}, true);
  auto other = this->world.door();
  const endpoint from{any_v6, own->local_endpoint().port};
  auto ends = this->connect(*other, from);
  EXPECT_EQ(ends.dialled->local_endpoint().port, own->local_endpoint().port);
  EXPECT_EQ(this->dial(other->local_endpoint(), from).error, code::address_not_available);
}

TYPED_TEST(network_contract, an_unaccepted_connection_holds_its_endpoints_too) {
  auto left = this->listen(loopback(), true), right = this->listen(loopback(), true);
  auto dialled = this->dial(right->local_endpoint(), left->local_endpoint());
  ASSERT_FALSE(dialled.error);
  EXPECT_EQ(this->dial(left->local_endpoint(), right->local_endpoint()).error,
            code::address_not_available);
}

TYPED_TEST(network_contract, a_dial_from_a_port_that_is_held_leaves_from_another) {
  auto foreign = this->listen();
  auto other = this->listen();
  auto ends = this->connect(*other, foreign->local_endpoint());
  EXPECT_NE(ends.dialled->local_endpoint().port, foreign->local_endpoint().port);
}

TYPED_TEST(network_contract, an_aborted_connection_frees_its_endpoints_at_once) {
  auto own = this->listen(loopback(), true), other = this->world.door();
  for (int i = 0; i < 3; ++i) {
    auto ends = this->connect(*other, own->local_endpoint());
    ends.dialled->close(stream::close_mode::abort);
    EXPECT_EQ(this->read_error(*ends.accepted), asio::error::connection_reset);
  }
}

TYPED_TEST(network_contract, a_port_that_dials_itself_is_found_out) {
  auto own = this->listen(loopback(), true);
  EXPECT_EQ(this->dial(own->local_endpoint(), own->local_endpoint()).error, errc::self_connection);
}

TYPED_TEST(network_contract, a_dial_to_the_wildcard_is_one_to_this_machine) {
  auto door = this->listen({any_v4, 0});
  auto accepting = this->world.start(door->accept());
  auto dialled = this->dial({any_v4, door->local_endpoint().port});
  ASSERT_FALSE(dialled.error);
  EXPECT_TRUE(dialled.value->remote_endpoint().address.is_loopback());
}

TYPED_TEST(network_contract, who_waits_to_accept_is_told_when_the_listener_closes) {
  auto door = this->world.door();
  auto accepting = this->world.start(door->accept());
  this->world.poll();
  door->close();
  this->world.run_until([&] { return accepting->has_value(); });
  EXPECT_EQ((*accepting)->error, asio::error::operation_aborted);
  EXPECT_EQ(this->world.run(door->accept()).error, asio::error::operation_aborted);
}

TYPED_TEST(network_contract, connections_that_nobody_accepted_end_with_their_listener) {
  auto door = this->world.door();
  auto dialled = this->dial(door->local_endpoint());
  ASSERT_FALSE(dialled.error);
  door->close();
  EXPECT_EQ(this->read_error(*dialled.value), asio::error::connection_reset);
}

TYPED_TEST(network_contract, connections_are_accepted_in_order_and_broken_ones_are_left_out) {
  auto door = this->world.door();
  auto broken = this->dial(door->local_endpoint());
  auto first = this->dial(door->local_endpoint());
  auto second = this->dial(door->local_endpoint());
  broken.value->close(stream::close_mode::abort);
  this->world.poll();
  for (auto* expected : {&first, &second}) {
    auto accepted = this->world.run(door->accept());
    ASSERT_FALSE(accepted.error);
    EXPECT_EQ(accepted.value->remote_endpoint(), expected->value->local_endpoint());
  }
}

TYPED_TEST(network_contract, closing_with_bytes_unread_resets) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  this->world.run(write_all(*ends.dialled, pattern(10)));
  EXPECT_FALSE(this->world.run(ends.accepted->wait_readable()));
  ends.accepted->close(stream::close_mode::graceful);
  EXPECT_EQ(this->read_error(*ends.dialled), asio::error::connection_reset);
  EXPECT_EQ(this->write_error(*ends.dialled), asio::error::broken_pipe);
}

TYPED_TEST(network_contract, bytes_come_before_the_reset_that_follows_them) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  this->world.run(write_all(*ends.dialled, pattern(1000)));
  EXPECT_FALSE(this->world.run(ends.accepted->wait_readable()));
  ends.dialled->close(stream::close_mode::abort);
  this->world.poll();
  EXPECT_TRUE(this->world.run(receive(*ends.accepted, 1000)) == pattern(1000));
  EXPECT_EQ(this->read_error(*ends.accepted), asio::error::connection_reset);
}

TYPED_TEST(network_contract, writing_to_one_who_has_closed_is_a_broken_pipe_later) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  ends.accepted->close(stream::close_mode::graceful);
  EXPECT_EQ(this->read_error(*ends.dialled), asio::error::eof);
  EXPECT_FALSE(this->write_error(*ends.dialled));  // The first is on its way before the RST is.
  error_code later;
  this->world.run_until([&] {
    auto piece = pattern(1);
    byte_view view{piece};
    later = ends.dialled->try_write({&view, 1}).error;
    return static_cast<bool>(later);
  });
  EXPECT_EQ(later, asio::error::broken_pipe);
  EXPECT_EQ(this->read_error(*ends.dialled), asio::error::eof);
}

TYPED_TEST(network_contract, after_shutdown_writing_is_a_broken_pipe_and_reading_goes_on) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  EXPECT_FALSE(ends.dialled->shutdown());
  EXPECT_FALSE(ends.dialled->shutdown());
  EXPECT_EQ(this->write_error(*ends.dialled), asio::error::broken_pipe);
  EXPECT_EQ(this->read_error(*ends.accepted), asio::error::eof);
  this->world.run(write_all(*ends.accepted, pattern(500)));
  EXPECT_TRUE(this->world.run(receive(*ends.dialled, 500)) == pattern(500));
}

TYPED_TEST(network_contract, after_a_reset_shutdown_says_so) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  ends.accepted->close(stream::close_mode::abort);
  EXPECT_EQ(this->read_error(*ends.dialled), asio::error::connection_reset);
  EXPECT_EQ(ends.dialled->shutdown(), asio::error::not_connected);
}

TYPED_TEST(network_contract, a_closed_stream_does_nothing_more) {
  auto door = this->world.door();
  auto ends = this->connect(*door);
  auto reading = this->world.start(ends.dialled->wait_readable());
  auto full = pattern(1'000'000);
  byte_view view{full};
  for (std::size_t taken = 1; taken > 0; this->world.poll()) {
    taken = ends.dialled->try_write({&view, 1}).count;
  }
  auto writing = this->world.start(ends.dialled->wait_writable());
  this->world.poll();
  ends.dialled->close(stream::close_mode::graceful);
  this->world.run_until([&] { return reading->has_value() && writing->has_value(); });
  EXPECT_EQ(**reading, asio::error::operation_aborted);
  EXPECT_EQ(**writing, asio::error::operation_aborted);
  for (auto error : {this->read_error(*ends.dialled), this->write_error(*ends.dialled),
                     this->world.run(ends.dialled->wait_readable()),
                     this->world.run(ends.dialled->wait_writable())}) {
    EXPECT_EQ(error, asio::error::operation_aborted);
  }
  EXPECT_TRUE(ends.dialled->shutdown());
}

TYPED_TEST(network_contract, names_are_resolved_or_not_found) {
  auto literal = this->world.run(this->world.net.resolve("10.1.2.3"));
  ASSERT_EQ(literal.value.size(), 1u);
  EXPECT_EQ(to_string(literal.value[0]), "10.1.2.3");
  auto local = this->world.run(this->world.net.resolve("localhost"));
  ASSERT_FALSE(local.error);
  EXPECT_TRUE(local.value.at(0).is_loopback());
  EXPECT_TRUE(this->world.run(this->world.net.resolve("nobody.invalid")).error);
}

TYPED_TEST(network_contract, loopback_is_among_the_addresses) {
  const auto addresses = this->world.net.interface_addresses();
  EXPECT_NE(std::find(addresses.begin(), addresses.end(), loopback().address), addresses.end());
}

TYPED_TEST(network_contract, sleeps_until_the_time_has_come) {
  auto& time = this->world.net.time();
  const auto until = time.now() + std::chrono::milliseconds{20};
  EXPECT_FALSE(this->world.run(time.sleep_until(until)));
  EXPECT_GE(time.now(), until);
  EXPECT_FALSE(this->world.run(time.sleep_until(until)));  // Passed already.
}

}  // namespace
}  // namespace hobnob::test
