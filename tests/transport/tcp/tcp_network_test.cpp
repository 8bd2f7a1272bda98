#include "transport/tcp/tcp_network.hpp"

#include "tests/transport/loop.hpp"
#include "transport/error.hpp"
#include "transport/tcp/tcp_stream.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <boost/asio/error.hpp>

#include <algorithm>

namespace hobnob::test {
namespace {

namespace asio = boost::asio;
namespace code = boost::system::errc;

TEST(tcp_network, a_second_listener_on_a_port_fails_even_if_the_port_is_shared_with_dials) {
  loop l;
  auto first = l.net.listen(loopback(), {.shared_with_dials = true});
  ASSERT_FALSE(first.error);
  for (bool shared : {true, false}) {
    auto second = l.net.listen(first.value->local_endpoint(), {.shared_with_dials = shared});
    EXPECT_EQ(second.error, code::address_in_use);
  }
}

TEST(tcp_network, ipv4_and_ipv6_listen_on_one_port_side_by_side) {
  loop l;
  auto v6 = l.net.listen({ip_address{}, 0}, {.shared_with_dials = true});
  if (v6.error) GTEST_SKIP() << "no IPv6 here";
  auto v4 = l.net.listen({ip_address::v4({0, 0, 0, 0}), v6.value->local_endpoint().port},
                         {.shared_with_dials = true});
  EXPECT_FALSE(v4.error) << v4.error.message();
}

TEST(tcp_network, dials_from_the_port_it_listens_on) {
  loop l;
  auto own = l.net.listen({ip_address::v4({0, 0, 0, 0}), 0}, {.shared_with_dials = true});
  auto other = l.net.listen(loopback(), {});
  ASSERT_FALSE(own.error || other.error);
  auto accepting = l.start(other.value->accept());
  dial_options from_own;
  from_own.local = {ip_address{}, own.value->local_endpoint().port};
  auto dialled = l.run(l.net.dial(other.value->local_endpoint(), from_own));
  ASSERT_FALSE(dialled.error) << dialled.error.message();
  EXPECT_EQ(dialled.value->local_endpoint().port, own.value->local_endpoint().port);
  // The same pair of ports once more: taken.
  auto again = l.run(l.net.dial(other.value->local_endpoint(), from_own));
  EXPECT_EQ(again.error, code::address_not_available) << again.error.message();
}

TEST(tcp_network, a_port_that_dials_itself_is_found_out) {
  loop l;
  auto own = l.net.listen(loopback(), {.shared_with_dials = true});
  auto port = own.value->local_endpoint();
  own.value->close();  // With the listener gone, the dial meets itself.
  dial_options from_own;
  from_own.local = port;
  auto dialled = l.run(l.net.dial(port, from_own));
  EXPECT_TRUE(dialled.error == errc::self_connection || dialled.error == code::connection_refused)
      << dialled.error.message();
}

TEST(tcp_network, an_aborted_pair_of_ports_can_be_dialled_again_at_once) {
  loop l;
  auto own = l.net.listen(loopback(), {.shared_with_dials = true});
  auto other = l.net.listen(loopback(), {.shared_with_dials = true});
  dial_options from_own;
  from_own.local = own.value->local_endpoint();
  for (int i = 0; i < 5; ++i) {
    auto accepting = l.start(other.value->accept());
    auto dialled = l.run(l.net.dial(other.value->local_endpoint(), from_own));
    ASSERT_FALSE(dialled.error) << dialled.error.message();
    l.run_until([&] { return accepting->has_value(); });
    dialled.value->close(stream::close_mode::abort);
  }
}

TEST(tcp_network, what_the_kernel_cannot_send_yet_is_little_and_goes_on_when_the_other_side_reads) {
  loop l;
  auto pair = connect_tcp(l);
  auto& writer = dynamic_cast<tcp_stream&>(*pair.dialled);
  std::vector<std::byte> buffer(256 * 1024);
  const byte_view data{buffer};
  io_result written;
  while (!written.error) written = writer.try_write({&data, 1});
  EXPECT_EQ(written.error, asio::error::would_block);
  int unsent = 0;
  ASSERT_EQ(::ioctl(writer.native_handle(), SIOCOUTQNSD, &unsent), 0);
  EXPECT_LE(unsent, 512 * 1024);

  auto writable = l.start(writer.wait_writable());
  l.poll();
  EXPECT_FALSE(writable->has_value()) << "nobody has read anything";
  l.run_until([&] {
    (void)pair.accepted->try_read(buffer);
    return writable->has_value();
  });
  EXPECT_FALSE(**writable);
  EXPECT_GT(writer.try_write({&data, 1}).count, 0u);
}

TEST(tcp_network, reports_refused_and_late_dials) {
  loop l;
  auto gone = l.net.listen(loopback(), {});
  auto where = gone.value->local_endpoint();
  gone.value->close();
  EXPECT_EQ(l.run(l.net.dial(where, {})).error, code::connection_refused);
  // TEST-NET-1 (RFC 5737) answers no one; without a route the error comes at once, which is as
  // good.
  dial_options hurried;
  hurried.deadline = l.net.time().now() + std::chrono::milliseconds{100};
  auto late = l.run(l.net.dial({ip_address::v4({192, 0, 2, 1}), 9}, hurried));
  EXPECT_TRUE(late.error);
}

TEST(tcp_network, closing_a_listener_ends_its_accept) {
  loop l;
  auto listening = l.net.listen(loopback(), {});
  auto accepting = l.start(listening.value->accept());
  l.poll();
  listening.value->close();
  l.run_until([&] { return accepting->has_value(); });
  EXPECT_EQ((*accepting)->error, asio::error::operation_aborted);
}

TEST(tcp_network, too_many_open_files_are_reported_not_hidden) {
  loop l;
  auto listening = l.net.listen(loopback(), {});
  auto accepting = l.start(listening.value->accept());
  auto dialled = l.start(l.net.dial(listening.value->local_endpoint(), {}));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none{0, before.rlim_max};
  while (!*dialled) l.io.poll_one();
  if (accepting->has_value()) GTEST_SKIP() << "accepted before the limit could be set";
  setrlimit(RLIMIT_NOFILE, &none);
  l.run_until([&] { return accepting->has_value(); });
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ((*accepting)->error, asio::error::no_descriptors);
}

TEST(tcp_network, knows_its_addresses_and_resolves_literals) {
  loop l;
  auto addresses = l.net.interface_addresses();
  EXPECT_TRUE(std::any_of(addresses.begin(), addresses.end(),
                          [](const auto& a) { return a.is_loopback(); }));
  auto literal = l.run(l.net.resolve("::1"));
  ASSERT_EQ(literal.value.size(), 1u);
  EXPECT_TRUE(literal.value[0].is_loopback());
  auto named = l.run(l.net.resolve("localhost"));
  EXPECT_FALSE(named.error);
  EXPECT_FALSE(named.value.empty());
}

}  // namespace
}  // namespace hobnob::test
