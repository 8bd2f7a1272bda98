#include "transport/admission.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hobnob {
namespace {

ip_address at(std::uint8_t group, std::uint8_t host) {
  return ip_address::v4({10, 0, group, host});
}

struct guests {
  admission places{{.total_max = 4, .per_group_max = 2}};
  std::vector<std::shared_ptr<admission::ticket>> tickets;
  std::vector<int> dropped;

  void enter(int name, std::uint8_t group) {
    tickets.push_back(places.admit(at(group, 1), [this, name] { dropped.push_back(name); }));
  }
};

TEST(admission, drops_the_oldest_for_a_newcomer) {
  guests g;
  for (int i = 0; i < 6; ++i) g.enter(i, static_cast<std::uint8_t>(i));
  EXPECT_EQ(g.dropped, (std::vector{0, 1}));
  EXPECT_EQ(g.places.count(), 4u);
  EXPECT_EQ(g.places.dropped(), 2u);
}

TEST(admission, a_full_neighbourhood_pays_for_itself) {
  guests g;
  g.enter(0, 1);
  for (int i = 1; i < 5; ++i) g.enter(i, 7);
  EXPECT_EQ(g.dropped, (std::vector{1, 2}));
}

TEST(admission, who_has_come_further_stays) {
  guests g;
  for (int i = 0; i < 4; ++i) g.enter(i, static_cast<std::uint8_t>(i));
  g.tickets[0]->advance(admission_stage::login);
  g.tickets[1]->advance(admission_stage::handshaking);
  for (int i = 4; i < 7; ++i) g.enter(i, static_cast<std::uint8_t>(i));
  EXPECT_EQ(g.dropped, (std::vector{2, 3, 4}));
}

TEST(admission, a_place_is_free_again_when_its_ticket_dies) {
  guests g;
  for (int i = 0; i < 4; ++i) g.enter(i, static_cast<std::uint8_t>(i));
  g.tickets.clear();
  EXPECT_EQ(g.places.count(), 0u);
  for (int i = 0; i < 4; ++i) g.enter(i, static_cast<std::uint8_t>(i));
  EXPECT_TRUE(g.dropped.empty());
}

TEST(admission, the_end_of_a_connection_changes_with_its_stage) {
  guests g;
  g.enter(0, 0);
  bool politely = false;
  g.tickets[0]->advance(admission_stage::login, [&] { politely = true; });
  for (int i = 1; i < 4; ++i) {
    g.enter(i, static_cast<std::uint8_t>(i));
    g.tickets.back()->advance(admission_stage::login);
  }
  g.enter(4, 4);
  EXPECT_TRUE(politely);
  EXPECT_TRUE(g.dropped.empty());
}

TEST(admission, counts_ipv6_by_64_bits) {
  admission places{{.total_max = 10, .per_group_max = 1}};
  int dropped = 0;
  auto drop = [&] { ++dropped; };
  auto a = places.admit(*ip_address::parse("2001:db8::1"), drop);
  auto b = places.admit(*ip_address::parse("2001:db8:0:1::1"), drop);
  EXPECT_EQ(dropped, 0);
  auto c = places.admit(*ip_address::parse("2001:db8::ffff:1"), drop);
  EXPECT_EQ(dropped, 1);
}

}  // namespace
}  // namespace hobnob
