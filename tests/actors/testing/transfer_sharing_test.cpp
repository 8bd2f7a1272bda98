// What transfers take of a link: rates, each other's share, and what is left for chat.

#include "transfer_world.hpp"

#include <algorithm>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t MB = 1'000'000;

struct TransferSharing : TransferWorld {
  double seconds() const { return std::chrono::duration<double>(w.elapsed()).count(); }

  std::vector<transfer_id> begin(sim_peer& from, int count, std::size_t size,
                                 std::uint64_t rate = 0) {
    std::vector<transfer_id> ids;
    for (int i = 0; i < count; ++i) {
      auto files_to_send =
          order("bob", "film" + std::string(static_cast<std::size_t>(i), '+'), size);
      files_to_send.limits.bytes_per_second = rate;
      ids.push_back(from.send_files(std::move(files_to_send)));
    }
    return ids;
  }

  /// When each was done, in seconds from now on.
  std::vector<double> times_of(const std::vector<transfer_id>& ids) {
    const auto start = seconds();
    std::vector<double> times(ids.size(), 0);
    const bool all = w.run_until(
        [&] {
          for (std::size_t i = 0; i < ids.size(); ++i) {
            const bool done = bob->transfer(ids[i]).state == transfer_state::done;
            if (done && times[i] == 0) times[i] = seconds() - start;
          }
          return std::count(times.begin(), times.end(), 0) == 0;
        },
        300s);
    EXPECT_TRUE(all);
    return times;
  }

  /// The longest round trip of some messages, sent one after another.
  duration slowest_message(int count) {
    duration slowest{};
    for (int i = 0; i < count; ++i) {
      const auto sent = w.elapsed();
      const auto id = ann->send_text("bob", "hello");
      EXPECT_TRUE(
          w.run_until([&] { return ann->outcome(id).state == message_state::delivered; }, 10s));
      slowest = std::max(slowest, w.elapsed() - sent);
      w.run_for(30ms);
    }
    return slowest;
  }
};

TEST_F(TransferSharing, ALimitHoldsOverNewStartsOfTheSender) {
  ASSERT_TRUE(w.settle());
  const auto ids = begin(*ann, 1, 6 * MB, 500'000);
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(ids[0]).bytes_done > MB; }, 60s));
  ann->kill();
  ann->start();
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(ids[0]).bytes_done > 2 * MB; }, 60s));
  const auto before = seconds();
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(ids[0]).bytes_done > 5 * MB; }, 60s));
  EXPECT_GT(seconds() - before, 5);
  EXPECT_LT(seconds() - before, 7);
}

TEST_F(TransferSharing, TheSameOrderAgainChangesTheLimitOfWhatIsUnderWay) {
  ASSERT_TRUE(w.settle());
  const auto id = begin(*ann, 1, 20 * MB, 100'000)[0];
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 0; }, 60s));
  const auto before = seconds();
  EXPECT_EQ(begin(*ann, 1, 20 * MB, 4 * MB)[0], id);
  ASSERT_TRUE(both_done(id));
  EXPECT_GT(seconds() - before, 4);
  EXPECT_LT(seconds() - before, 8);
}

TEST_F(TransferSharing, AReceiverMayHoldARateToo) {
  auto& eve = add("eve", accept_policy::ask);
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(order("eve", "film", 5 * MB));
  ASSERT_TRUE(w.run_until([&] { return !eve.transfers().offers.empty(); }, 60s));
  answer_offer answer;
  answer.id = id;
  answer.accept = true;
  answer.limits.bytes_per_second = 500'000;
  const auto before = seconds();
  ASSERT_TRUE(eve.ask_transfers<transfer_order_result>(std::move(answer))->done);
  ASSERT_TRUE(run_until(eve, id, transfer_state::done));
  EXPECT_GT(seconds() - before, 8);
  EXPECT_LT(seconds() - before, 13);
}

TEST_F(TransferSharing, AllThatIsSentHoldsTheRateOfAllAndIsSharedFairly) {
  peer_options options;
  options.config.transfers.bytes_per_second = MB;
  auto& cyd = add("cyd", accept_policy::all, options);
  ASSERT_TRUE(w.settle());
  // One of them has a limit of its own, which leaves more to the others.
  auto ids = begin(cyd, 3, 3 * MB);
  auto slow = order("bob", "slow", MB);
  slow.limits.bytes_per_second = 100'000;
  ids.push_back(cyd.send_files(std::move(slow)));
  const auto times = times_of(ids);
  const auto [first, last] = std::minmax_element(times.begin(), times.begin() + 3);
  EXPECT_GT(*last, 9.0) << "9 MB and what the slow one had";
  EXPECT_LT(*last, 11.5);
  EXPECT_GT(*first, 0.8 * *last);
  EXPECT_NEAR(times[3], 10, 1.5) << ::testing::PrintToString(times);
}

TEST_F(TransferSharing, TransfersOfALinkAreServedAlike) {
  w.apply("change ann latency=2ms rate=12500000");
  for (const int count : {2, 4}) {
    ASSERT_TRUE(w.settle());
    const auto times = times_of(begin(*ann, count, 12 * MB / static_cast<std::size_t>(count)));
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    EXPECT_GT(*first, 0.8 * *last) << count;
  }
}

TEST_F(TransferSharing, ChatStaysPromptBesideFourTransfers) {
  w.apply("change ann latency=1ms rate=50000000");
  ASSERT_TRUE(w.settle());
  const auto idle = slowest_message(10);
  const auto ids = begin(*ann, 4, 25 * MB);
  ASSERT_TRUE(w.run_until(
      [&] {
        return std::all_of(ids.begin(), ids.end(),
                           [&](const auto& id) { return bob->transfer(id).bytes_done > 0; });
      },
      60s));
  const auto busy = slowest_message(10);
  for (const auto& id : ids) EXPECT_EQ(bob->transfer(id).state, transfer_state::running);
  EXPECT_LE(busy, std::max<duration>(3 * idle, 20ms))
      << "idle " << idle.count() / 1'000 << " us, busy " << busy.count() / 1'000 << " us";
}

}  // namespace
}  // namespace hobnob::testing
