#include "transport/sim/port_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hobnob::sim {
namespace {

const auto any = ip_address::v4({0, 0, 0, 0});
const auto one = ip_address::v4({10, 0, 0, 1});
const auto two = ip_address::v4({10, 0, 0, 2});

port_claim listening(ip_address address, bool shared = false) {
  return {{address, 80}, true, shared, true};
}
port_claim wants_to_listen(ip_address address) { return {{address, 80}, true, false, true}; }
port_claim dial_from(ip_address address) { return {{address, 80}, true, true, false}; }
port_claim autobound(ip_address address) { return {{address, 80}, false, false, false}; }

TEST(port_table, one_listener_for_each_address_and_a_wildcard_is_all_of_its_family) {
  port_table table;
  table.add(listening(one, true));
  EXPECT_TRUE(table.conflicts(wants_to_listen(one)));
  EXPECT_TRUE(table.conflicts(wants_to_listen(any)));
  EXPECT_FALSE(table.conflicts(wants_to_listen(two)));
  EXPECT_FALSE(table.conflicts(wants_to_listen(ip_address{})));
  EXPECT_FALSE(table.conflicts({{one, 81}, true, false, true}));
}

TEST(port_table, dials_leave_from_a_shared_listeners_port_only) {
  port_table table;
  const auto alone = table.add(listening(any));
  EXPECT_TRUE(table.conflicts(dial_from(any)));
  table.remove(alone);
  EXPECT_FALSE(table.conflicts(dial_from(any)));
  table.add(listening(any, true));
  EXPECT_FALSE(table.conflicts(dial_from(any)));
  table.add(dial_from(one));
  EXPECT_FALSE(table.conflicts(dial_from(one)));
}

TEST(port_table, a_port_can_be_listened_on_beside_old_connections_but_not_a_foreign_dial) {
  port_table table;
  table.add({{one, 80}, true, false, false});  // Accepted by a listener that is gone.
  table.add(dial_from(one));
  EXPECT_FALSE(table.conflicts(wants_to_listen(any)));
  const auto foreign = table.add(autobound(one));
  EXPECT_TRUE(table.conflicts(wants_to_listen(any)));
  EXPECT_TRUE(table.conflicts(dial_from(one)));
  EXPECT_FALSE(table.conflicts(dial_from(two)));
  table.remove(foreign);
  EXPECT_FALSE(table.conflicts(wants_to_listen(any)));
}

TEST(port_table, gives_out_every_port_once_before_any_is_shared) {
  port_table table;
  std::set<std::uint16_t> given;
  const auto no = [](std::uint16_t) { return false; };
  while (const auto port = table.ephemeral(given.size() * 7919, no)) {
    EXPECT_TRUE(given.insert(*port).second);
    table.add({{one, *port}, false, false, false});
    if (given.size() > 300) break;
  }
  EXPECT_GE(*given.begin(), 32'768);
  EXPECT_LE(*given.rbegin(), 60'999);
  EXPECT_EQ(given.size(), 301u);
}

}  // namespace
}  // namespace hobnob::sim
