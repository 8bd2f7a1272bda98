#include "peer_main/transfer_order_job.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

transfer_info row(std::uint8_t first, std::uint8_t last, transfer_direction direction,
                  transfer_state state, const char* name, const char* user) {
  transfer_info info;
  info.id.front() = first;
  info.id.back() = last;
  info.direction = direction;
  info.state = state;
  info.summary.name = name;
  info.user = user;
  return info;
}

TEST(TransferOrder, NeedsNoIdWhereOneFits) {
  const transfer_list list{
      {row(1, 1, transfer_direction::receiving, transfer_state::offered, "a", "bob"),
       row(2, 1, transfer_direction::sending, transfer_state::done, "b", "bob")}};
  EXPECT_EQ(find_transfer(list, "cancel", "")->summary.name, "a");
  EXPECT_EQ(find_transfer(list, "accept", "")->summary.name, "a");
  EXPECT_EQ(find_transfer(list, "resume", "").error(), "there is nothing to resume");
}

TEST(TransferOrder, WhereSeveralFitTheirIdsAreTold) {
  const transfer_list list{
      {row(0x1a, 1, transfer_direction::receiving, transfer_state::running, "a\nb", "bob"),
       row(0x2b, 1, transfer_direction::sending, transfer_state::done, "over", "bob"),
       row(0x3c, 1, transfer_direction::sending, transfer_state::waiting, "report", "cara"),
       row(0x3c, 2, transfer_direction::sending, transfer_state::waiting, "same start", "cara")}};
  const auto none = find_transfer(list, "cancel", "");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error(),
            "several transfers are meant: 1a000000 (a\\nb from bob), "
            "3c000000000000000000000000000001 (report to cara), "
            "3c000000000000000000000000000002 (same start to cara)");
  EXPECT_EQ(find_transfer(list, "cancel", "1a")->user, "bob");
}

TEST(TransferOrder, OfVeryManyOnlySomeAreTold) {
  transfer_list list;
  for (std::uint8_t i = 1; i <= 10; ++i)
    list.transfers.push_back(
        row(i, 1, transfer_direction::sending, transfer_state::running, "x", "bob"));
  const auto none = find_transfer(list, "pause", "");
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().ends_with("08000000 (x to bob) and 2 more, see `transfers`"))
      << none.error();
}

}  // namespace
}  // namespace hobnob
