#include "actors/core/path_class.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

endpoint ep(const char* text) { return *endpoint::parse(text); }
ip_address ip(const char* text) { return *ip_address::parse(text); }
using list = std::vector<endpoint>;

TEST(PathClass, PrivateAndLoopbackAddressesAreTheLan) {
  EXPECT_EQ(classify(ep("192.168.1.2:80")), path_class::lan);
  EXPECT_EQ(classify(ep("[fd00::1]:80")), path_class::lan);
  EXPECT_EQ(classify(ep("127.0.0.1:80")), path_class::lan);
  EXPECT_EQ(classify(ep("8.8.8.8:80")), path_class::wan);
}

TEST(AdvertisedEndpoints, WildcardsBecomeTheAddressesOfTheirFamilyLoopbackLast) {
  const auto result = advertised_endpoints(
      {ep("0.0.0.0:7000"), ep("[::]:7000")},
      {ip("127.0.0.1"), ip("8.8.8.8"), ip("10.0.0.1"), ip("fe80::1"), ip("fd00::1"), ip("::1")});
  EXPECT_EQ(result, (list{ep("10.0.0.1:7000"), ep("[fd00::1]:7000"), ep("8.8.8.8:7000"),
                          ep("127.0.0.1:7000"), ep("[::1]:7000")}));
}

TEST(ReachableEndpoint, IsTheFirstThatOthersCanReach) {
  const std::vector dual{ip("127.0.0.1"), ip("::1"), ip("fe80::1"), ip("fd00::1"), ip("10.0.0.1")};
  const std::vector six{ip("127.0.0.1"), ip("::1"), ip("fe80::1"), ip("fd00::1")};
  const list everywhere{ep("0.0.0.0:7000"), ep("[::]:7001")};
  EXPECT_EQ(reachable_endpoint(everywhere, dual), ep("10.0.0.1:7000"));
  EXPECT_EQ(reachable_endpoint(everywhere, six), ep("[fd00::1]:7001"));
  EXPECT_EQ(reachable_endpoint({ep("[::]:7001")}, dual), ep("[fd00::1]:7001"));
  EXPECT_EQ(reachable_endpoint({ep("127.0.0.1:7000"), ep("[::]:7001")}, dual),
            ep("[fd00::1]:7001"));
}

TEST(ReachableEndpoint, IsLoopbackWhereThereIsNothingElse) {
  EXPECT_EQ(reachable_endpoint({ep("0.0.0.0:7000"), ep("[::]:7001")}, {ip("::1")}),
            ep("[::1]:7001"));
  EXPECT_EQ(reachable_endpoint({ep("0.0.0.0:7000")}, {}), ep("127.0.0.1:7000"));
}

TEST(DialCandidates, NobodyDialsAUserWhoTakesNoConnections) {
  online_user user;
  user.observed = ep("10.0.0.5:4000");
  EXPECT_TRUE(dial_candidates(user, {}, ep("10.0.0.6:4000")).empty());
}

TEST(DialCandidates, LoopbackOnlyWhereTheRelaySeesBothOnLoopback) {
  online_user user;
  user.endpoints = {ep("127.0.0.1:4000")};
  user.observed = ep("127.0.0.1:4000");
  EXPECT_EQ(dial_candidates(user, {}, ep("127.0.0.1:5000")), list{ep("127.0.0.1:4000")});
  EXPECT_TRUE(dial_candidates(user, {}, ep("10.0.0.6:5000")).empty());
}

TEST(DialCandidates, LanFirstThenTheRestOwnAddressesNever) {
  online_user user;
  user.endpoints = {ep("8.8.8.8:4000"), ep("192.168.0.9:4000"), ep("192.168.0.2:4000")};
  user.observed = ep("9.9.9.9:1234");
  EXPECT_EQ(dial_candidates(user, {ep("192.168.0.2:4000")}, ep("9.9.9.9:4321")),
            (list{ep("192.168.0.9:4000"), ep("8.8.8.8:4000"), ep("9.9.9.9:1234")}));
}

}  // namespace
}  // namespace hobnob::core
