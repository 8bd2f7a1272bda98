#include "actors/transfer/offer_policy.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using decision = offer_verdict::decision;

const core::transfer_summary photos{"photos", 12, 10, 1'000'000};

transfer_config with_policy(accept_policy accept) {
  transfer_config config;
  config.policy.accept = accept;
  config.make_sink = [](const transfer_config::sink_order&) { return nullptr; };
  return config;
}

decision decided(accept_policy accept, bool met_before, bool verified) {
  return judge_offer(with_policy(accept), {"bob", met_before, verified, 0}, photos).decided;
}

TEST(OfferPolicy, DecidesByWhatIsKnownOfTheUser) {
  EXPECT_EQ(decided(accept_policy::ask, true, true), decision::ask);
  EXPECT_EQ(decided(accept_policy::known, false, false), decision::ask);
  EXPECT_EQ(decided(accept_policy::known, true, false), decision::accept);
  EXPECT_EQ(decided(accept_policy::verified, true, false), decision::ask);
  EXPECT_EQ(decided(accept_policy::verified, false, true), decision::accept);
  EXPECT_EQ(decided(accept_policy::all, false, false), decision::accept);
  EXPECT_EQ(decided(accept_policy::none, true, true), decision::refuse);
}

TEST(OfferPolicy, LimitsHoldWhateverElseIsDecided) {
  auto config = with_policy(accept_policy::all);
  config.policy.size_max = 999'999;
  EXPECT_EQ(judge_offer(config, {"bob"}, photos).code, "too-large");
  config.policy.size_max = 1'000'000;
  EXPECT_EQ(judge_offer(config, {"bob"}, photos).decided, decision::accept);
  config.policy.files_max = 11;
  EXPECT_EQ(judge_offer(config, {"bob"}, photos).code, "too-many");
}

TEST(OfferPolicy, WithoutLimitsWhatIsUnusuallyLargeIsAskedAbout) {
  const auto decided_on = [](const transfer_config& config, std::uint64_t entries,
                             std::uint64_t bytes) {
    return judge_offer(config, {"bob", true, true}, {"photos", entries, entries, bytes}).decided;
  };
  constexpr auto size_max = transfer_policy::unasked_size_max;
  constexpr auto files_max = transfer_policy::unasked_files_max;
  for (const auto policy : {accept_policy::known, accept_policy::verified, accept_policy::all}) {
    auto config = with_policy(policy);
    EXPECT_EQ(decided_on(config, files_max, size_max), decision::accept);
    EXPECT_EQ(decided_on(config, files_max, size_max + 1), decision::ask);
    EXPECT_EQ(decided_on(config, files_max + 1, size_max), decision::ask);
    // Whoever sets a limit has said what is to be taken.
    config.policy.size_max = size_max * 2;
    EXPECT_EQ(decided_on(config, files_max, size_max * 2), decision::accept);
    EXPECT_EQ(decided_on(config, files_max + 1, size_max * 2), decision::ask);
    config.policy.files_max = files_max * 10;
    EXPECT_EQ(decided_on(config, files_max * 10, size_max * 2), decision::accept);
  }
}

TEST(OfferPolicy, AUserMayHaveAPolicyOfItsOwn) {
  auto config = with_policy(accept_policy::none);
  config.users["ann"].accept = accept_policy::all;
  EXPECT_EQ(judge_offer(config, {"ann"}, photos).decided, decision::accept);
  EXPECT_EQ(judge_offer(config, {"bob"}, photos).decided, decision::refuse);
}

TEST(OfferPolicy, NobodyOffersWithoutEnd) {
  auto config = with_policy(accept_policy::all);
  config.offers_max = 3;
  EXPECT_EQ(judge_offer(config, {"bob", true, true, 2}, photos).decided, decision::accept);
  EXPECT_EQ(judge_offer(config, {"bob", true, true, 3}, photos).decided, decision::refuse);
}

TEST(OfferPolicy, WithoutAPlaceToReceiveToSomebodyHasToBeAsked) {
  auto config = with_policy(accept_policy::all);
  config.make_sink = nullptr;
  EXPECT_EQ(judge_offer(config, {"bob"}, photos).decided, decision::ask);
}

}  // namespace
}  // namespace hobnob
