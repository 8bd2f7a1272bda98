// Content that is damaged on its way to the disk, or on it; paths that change under a transfer.

#include "tests/actors/testing/transfer_world.hpp"

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

struct TransferDamage : TransferWorld {
  hobnob::send_files slow_film(std::size_t size) {
    auto result = order("bob", "film", size);
    result.limits.bytes_per_second = 1'000'000;
    return result;
  }

  sink_faults& faults() { return *received_by["bob"]->faults; }
};

TEST_F(TransferDamage, AFewDamagedBlocksComeAgain) {
  ASSERT_TRUE(w.settle());
  faults().damage = 3;
  const auto id = ann->send_files(order("bob", "film", 6'000'000));
  ASSERT_TRUE(both_done(id)) << to_text(ann->transfer(id)) << to_text(bob->transfer(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
  EXPECT_EQ(faults().damaged[id], 3u);
}

TEST_F(TransferDamage, MemoryThatGoesOnDamagingEndsItClearly) {
  ASSERT_TRUE(w.settle());
  faults().damage = 1000;
  const auto id = ann->send_files(order("bob", "film", 6'000'000));
  for (auto* side : {ann, bob}) {
    ASSERT_TRUE(run_until(*side, id, transfer_state::failed)) << to_text(side->transfer(id));
    EXPECT_EQ(side->transfer(id).code, "not-verified");
  }
  EXPECT_TRUE(w.run_until([&] { return received_by["bob"]->of(id)->discarded; }, 10s));
}

TEST_F(TransferDamage, WhatChangedOnTheDiskBetweenTwoStartsComesAgain) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(slow_film(6'000'000));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 2'000'000; }, 60s));
  bob->kill();
  w.run_for(1s);
  auto& unfinished = received_by["bob"]->of(id)->items.at(0).content;
  for (const auto place : {std::size_t{0}, unfinished.size() / 2})
    unfinished[place] ^= std::byte{1};
  bob->start();
  ASSERT_TRUE(both_done(id)) << to_text(ann->transfer(id)) << to_text(bob->transfer(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
}

TEST_F(TransferDamage, MovesBetweenDirectLinksAndCircuitsAgainAndAgain) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(slow_film(60'000'000));
  const auto moves_to = [&](bool circuit) {
    return w.run_until(
        [&] {
          const auto info = bob->transfer(id);
          return info.state == transfer_state::running && info.path != path_kind::none &&
                 (info.path == path_kind::circuit) == circuit;
        },
        120s);
  };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(moves_to(false)) << to_text(bob->transfer(id));
    w.apply("partition ann from bob");
    ASSERT_TRUE(moves_to(true)) << to_text(bob->transfer(id));
    w.apply("heal");
  }
  ASSERT_TRUE(both_done(id, 300s)) << to_text(ann->transfer(id)) << to_text(bob->transfer(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
}

}  // namespace
}  // namespace hobnob::testing
