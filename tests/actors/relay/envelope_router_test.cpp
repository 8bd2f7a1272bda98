#include "actors/relay/envelope_router.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using entries = std::vector<std::uint32_t>;

TEST(EnvelopeRouter, SortsABatchByReceiverAndKeepsTheOrder) {
  envelope_router router;
  router.add(7, 0);
  router.add(5, 1);
  router.add(7, 2);
  router.add(6, 3);
  router.add(5, 4);
  EXPECT_EQ(router.present_size(), 5u);
  const auto groups = router.take_groups();
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].to, 5u);
  EXPECT_EQ(groups[0].entries, (entries{1, 4}));
  EXPECT_EQ(groups[1].entries, entries{3});
  EXPECT_EQ(groups[2].entries, (entries{0, 2}));
  EXPECT_EQ(router.present_size(), 0u);
  EXPECT_TRUE(router.take_groups().empty());
}

TEST(EnvelopeRouter, AsksForARouteOnceAndHandsOutWhatWaited) {
  envelope_router router;
  EXPECT_TRUE(router.nothing_waits());
  EXPECT_TRUE(router.wait_for_route(5, nullptr, {1}));
  EXPECT_FALSE(router.wait_for_route(5, nullptr, {2}));
  EXPECT_TRUE(router.wait_for_route(6, nullptr, {3}));
  EXPECT_FALSE(router.nothing_waits());
  const auto waited = router.take_waiting(5);
  ASSERT_EQ(waited.size(), 2u);
  EXPECT_EQ(waited[0].entries, entries{1});
  EXPECT_EQ(waited[1].entries, entries{2});
  EXPECT_TRUE(router.take_waiting(5).empty());
  router.take_waiting(6);
  EXPECT_TRUE(router.nothing_waits());
}

TEST(EnvelopeRouter, RemembersRoutesUntilToldOtherwise) {
  envelope_router router;
  EXPECT_EQ(router.find(5), nullptr);
  router.remember(5, {});
  EXPECT_NE(router.find(5), nullptr);
  EXPECT_EQ(router.routes(), 1u);
  router.forget(5);
  EXPECT_EQ(router.find(5), nullptr);
  router.remember(6, {});
  EXPECT_EQ(router.take_routes().size(), 1u);
  EXPECT_EQ(router.routes(), 0u);
}

}  // namespace
}  // namespace hobnob
