// Files with holes between simulated peers.

#include "tests/actors/testing/transfer_world.hpp"
#include "tests/actors/transfer/sparse_content.hpp"

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Cara keeps holes.
struct SparseTransfers : TransferWorld {
  static constexpr std::uint64_t GiB = 1ull << 30, TiB = 1024 * GiB;

  SparseTransfers() {
    peer_options options;
    options.user = "cara";
    options.config.transfers.policy.accept = accept_policy::all;
    options.config.transfers.policy.size_max = 2 * TiB;
    options.config.transfers.make_sink = [this](const transfer_config::sink_order&) {
      return std::make_shared<sparse_sink>(kept);
    };
    cara = &w.add_peer(options);
  }

  hobnob::send_files image_of_a_terabyte() {
    hobnob::send_files order;
    order.to = "cara";
    order.source = std::make_shared<sparse_source>(TiB, data);
    return order;
  }

  const islands data{{GiB, testing::content_of(2'000'000, 1)},
                     {900 * GiB, testing::content_of(2'000'000, 2)}};
  std::shared_ptr<sparse_shelf> kept = std::make_shared<sparse_shelf>();
  sim_peer* cara = nullptr;
};

TEST_F(SparseTransfers, ATerabyteArrivesInTheTimeOfItsData) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(image_of_a_terabyte());
  ASSERT_TRUE(run_until(*ann, id, transfer_state::done, 10s)) << to_text(ann->transfer(id));
  EXPECT_TRUE(kept->closed);
  EXPECT_EQ(kept->data, data);
  EXPECT_EQ(cara->transfer(id).bytes_done, TiB);
}

TEST_F(SparseTransfers, ATerabyteGoesOnWhereItsReceiverWasKilled) {
  ASSERT_TRUE(w.settle());
  auto order = image_of_a_terabyte();
  order.limits.bytes_per_second = 500'000;
  const auto id = ann->send_files(std::move(order));
  ASSERT_TRUE(w.run_until([&] { return kept->end > 500 * GiB; }, 60s));
  EXPECT_FALSE(kept->closed);
  cara->kill();
  w.run_for(5s);
  cara->start();
  ASSERT_TRUE(run_until(*ann, id, transfer_state::done, 120s)) << to_text(ann->transfer(id));
  EXPECT_EQ(kept->data, data);
  EXPECT_LT(kept->bytes_read, 8'000'000u);
}

}  // namespace
}  // namespace hobnob::testing
