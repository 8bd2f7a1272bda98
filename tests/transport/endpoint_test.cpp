#include "transport/endpoint.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

TEST(endpoint, texts_survive_a_round_trip) {
  for (auto text : {"1.2.3.4:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80",
                    "[2001:db8::7]:7440", "[::]:1"}) {
    auto parsed = endpoint::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(to_string(*parsed), text);
  }
}

TEST(endpoint, refuses_everything_else) {
  for (auto text :
       {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:+1", "1.2.3.4: 80",
        "1.2.3.4:080000", "::1:80", "[::1]", "[::1]80", "[1.2.3.4]:80", "01.2.3.4:80", "1.2.3:80",
        "host:80", "[::1%]:80", "[::1]:80 ", "1.2.3.4\0:80"}) {
    EXPECT_FALSE(endpoint::parse(text)) << text;
  }
}

TEST(ip_address, keeps_ipv4_and_its_mapped_form_equal) {
  auto plain = ip_address::parse("10.1.2.3"), mapped = ip_address::parse("::ffff:10.1.2.3");
  ASSERT_TRUE(plain && mapped);
  EXPECT_EQ(*plain, *mapped);
  EXPECT_TRUE(mapped->is_v4());
  EXPECT_EQ(to_string(*mapped), "10.1.2.3");
}

TEST(ip_address, knows_its_kind) {
  auto is = [](const char* text) { return *ip_address::parse(text); };
  EXPECT_TRUE(is("127.9.9.9").is_loopback());
  EXPECT_TRUE(is("::1").is_loopback());
  EXPECT_FALSE(is("::2").is_loopback());
  EXPECT_TRUE(is("0.0.0.0").is_wildcard());
  EXPECT_TRUE(is("::").is_wildcard());
  EXPECT_TRUE(is("169.254.1.1").is_link_local());
  EXPECT_TRUE(is("fe80::1").is_link_local());
  for (auto text : {"10.0.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"})
    EXPECT_TRUE(is(text).is_private()) << text;
  for (auto text : {"172.32.0.1", "192.169.1.1", "100.128.0.1", "8.8.8.8", "2001:db8::1"})
    EXPECT_FALSE(is(text).is_private()) << text;
  EXPECT_TRUE(is("224.0.0.1").is_multicast());
  EXPECT_TRUE(is("ff02::1").is_multicast());
}

TEST(ip_address, a_scope_belongs_to_link_local_addresses_only) {
  EXPECT_EQ(to_string(*ip_address::parse("fe80::1%7")), "fe80::1%7");
  EXPECT_EQ(*ip_address::parse("2001:db8::1%7"), *ip_address::parse("2001:db8::1"));
}

TEST(ip_address, a_scope_is_a_number_or_the_name_of_an_interface) {
  EXPECT_TRUE(ip_address::parse("fe80::1%lo"));
  for (auto text : {"fe80::1%", "fe80::1%lo:1", "fe80::1%lo%lo", "fe80::1%no-such-device"})
    EXPECT_FALSE(ip_address::parse(text)) << text;
}

}  // namespace
}  // namespace hobnob
