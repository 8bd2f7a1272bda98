#include "relay_main/events.hpp"

#include "relay_main/administrator.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

TEST(RelayEvents, TheReadyLineIsTheOneThatPeersPaste) {
  EXPECT_EQ(relay_words(relay_ready_event("hobnob://h:1/?id=x", {})),
            "relay ready hobnob://h:1/?id=x");
}

TEST(RelayEvents, AnAccountIsARow) {
  account_info account;
  account.user = "ann";
  account.id.octets.fill(9);
  account.online = true;
  const auto words = relay_words(event_of(account));
  EXPECT_TRUE(words.starts_with("ann  online")) << words;
  EXPECT_NE(words.find(to_grouped_string(account.id)), std::string::npos);
}

TEST(AdminOrder, TravelsAsJson) {
  admin_order order{"admit", "ann", {}, nullptr};
  order.id.octets.fill(9);
  const auto read = admin_order_from(to_json(order));
  EXPECT_EQ(read.command, "admit");
  EXPECT_EQ(read.user, "ann");
  EXPECT_EQ(read.id, order.id);
}

TEST(AdminOrder, WhatIsNoneHasNoCommand) {
  EXPECT_EQ(admin_order_from({}).command, "");
  EXPECT_EQ(admin_order_from({{"command", "dance"}}).command, "");
  EXPECT_EQ(admin_order_from({{"command", "kick"}, {"user", "../x"}}).command, "");
  EXPECT_EQ(admin_order_from({{"command", "admit"}, {"user", "ann"}}).command, "");
  EXPECT_EQ(admin_order_from({{"command", "users"}}).command, "users");
}

}  // namespace
}  // namespace hobnob
