#include "tests/transport/sim/lan_party.hpp"
#include "transport/acceptor.hpp"
#include "transport/dialler.hpp"
#include "transport/sim/plain_handshaker.hpp"
#include "transport/tls/tls_context.hpp"

#include <gtest/gtest.h>

#include <algorithm>

// The production acceptor, dialler and handshake: two peers that each listen on the port they dial
// from dial each other, one after the other, at every relative timing in steps of a millisecond.
namespace hobnob::test {
namespace {

using namespace std::chrono_literals;

struct dialling_peer {
  lan_party& party;
  int index;
  std::shared_ptr<const handshaker> secure;
  std::vector<connection_ptr> accepted;
  std::unique_ptr<acceptor> door;
  std::shared_ptr<std::optional<dial_result>> dialled;

  dialling_peer(lan_party& p, int i, bool plain) : party(p), index(i) {
    const auto self = make_identity(static_cast<std::uint8_t>(i + 1));
    if (plain) {
      secure = std::make_shared<const sim::plain_handshaker>(self);
    } else {
      secure = std::make_shared<const tls_context>(self, net().time());
    }
    door = std::make_unique<acceptor>(net(), secure, acceptor_config{},
                                      [this](connection_ptr c) { accepted.push_back(c); });
    door->add(party.listen(i, 7000, true));
  }

  network& net() { return *party.programs[static_cast<std::size_t>(index)]; }

  void meet(const dialling_peer& other) {
    const dial_request request{sim_endpoint(other.index + 1, 7000), sim_endpoint(index + 1, 7000),
                               other.secure->self().fingerprint(), party.time.now() + 10s};
    dialled = party.start_task(dial(net(), secure, request, {}));
  }

  std::size_t connections() const {
    return accepted.size() + (dialled && *dialled && (*dialled)->connection ? 1 : 0);
  }
};

struct crossing_dials : testing::TestWithParam<bool> {};

TEST_P(crossing_dials, end_as_one_connection_at_every_relative_timing) {
  int crossed = 0;
  for (auto lead = 0ms; lead <= 45ms; lead += 1ms) {
    for (bool swapped : {false, true}) {
      lan_party party{2};
      dialling_peer left{party, 0, GetParam()}, right{party, 1, GetParam()};
      auto& first = swapped ? right : left;
      auto& second = swapped ? left : right;
      first.meet(second);
      party.time.run_for(lead);
      // A program that has a connection does not dial.
      if (second.connections() == 0) second.meet(first);
      party.time.run_for(20s);
      EXPECT_EQ(left.connections(), 1u) << lead.count() << " ms, swapped " << swapped;
      EXPECT_EQ(right.connections(), 1u) << lead.count() << " ms, swapped " << swapped;
      const auto& result = *first.dialled;
      if (result && result->connection && result->connection->info().crossed) ++crossed;
    }
  }
  EXPECT_EQ(crossed, 2 * 10);  // Those that start before the first SYN is there, after 10 ms.
}

TEST_P(crossing_dials, leave_the_same_trace_whatever_the_handshake_draws) {
  std::uint64_t hash = 0;
  for (int run = 0; run < 3; ++run) {
    lan_party party{2};
    dialling_peer left{party, 0, GetParam()}, right{party, 1, GetParam()};
    left.meet(right);
    right.meet(left);
    party.time.run_for(20s);
    if (run == 0) hash = party.time.log().hash();
    EXPECT_EQ(party.time.log().hash(), hash);
  }
}

INSTANTIATE_TEST_SUITE_P(handshakes, crossing_dials, testing::Bool(), [](const auto& which) {
  return which.param ? std::string{"plain"} : std::string{"tls"};
});

}  // namespace
}  // namespace hobnob::test
