#include "transport/sim/ip_prefix.hpp"

#include <gtest/gtest.h>

namespace hobnob::sim {
namespace {

bool contains(std::string_view prefix, std::string_view address) {
  return ip_prefix::parse(prefix).value().contains(ip_address::parse(address).value());
}

TEST(ip_prefix, contains_addresses_that_begin_alike) {
  EXPECT_TRUE(contains("10.0.0.1/24", "10.0.0.255"));
  EXPECT_FALSE(contains("10.0.0.1/24", "10.0.1.0"));
  EXPECT_TRUE(contains("10.0.0.0/23", "10.0.1.0"));
  EXPECT_FALSE(contains("10.0.0.0/23", "10.0.2.0"));
  EXPECT_TRUE(contains("10.0.0.7/32", "10.0.0.7"));
  EXPECT_FALSE(contains("10.0.0.7/32", "10.0.0.6"));
  EXPECT_TRUE(contains("2001:db8::1/64", "2001:db8::ffff"));
  EXPECT_FALSE(contains("2001:db8::1/64", "2001:db8:0:1::"));
}

TEST(ip_prefix, families_do_not_mix) {
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
  EXPECT_FALSE(contains("::/0", "203.0.113.1"));
}

TEST(ip_prefix, reads_and_writes_text) {
  EXPECT_EQ(to_string(ip_prefix::parse("10.0.0.1/24").value()), "10.0.0.1/24");
  EXPECT_EQ(to_string(ip_prefix::parse("2001:db8::1/128").value()), "2001:db8::1/128");
  for (const auto* const bad : {"", "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0/8", "::/129",
                                "10.0.0.1/8x", "/8", "10.0.0.1/-1"}) {
    EXPECT_FALSE(ip_prefix::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace hobnob::sim
