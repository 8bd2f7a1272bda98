#include "tests/actors/peer/lone_peer.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;

struct HiddenPeer : test::lone_peer {
  HiddenPeer()
      : lone_peer([] {
          peer_config config;
          config.hidden = true;
          return config;
        }()) {}
};

TEST_F(HiddenPeer, IsNotToldOfOthersAndDoesNotClaimToKnowThemAll) {
  log_in();
  EXPECT_FALSE(ask<user_list>(hub, get_users{}).complete);
}

TEST_F(HiddenPeer, LooksUpAndDialsWhomItPings) {
  auto pending = self()->request(hub, 3600s, ping_user{"bob"});
  run();
  log_in();
  const auto lookup = last_sent(*relay);
  ASSERT_TRUE(lookup.has_lookup());
  wire::Control message;
  auto& found = *message.mutable_lookup_result();
  found.set_query(lookup.lookup().query());
  wire::DirectoryChange holder;
  add_user(holder, "bob", 2);
  *found.mutable_entry() = holder.joined(0);
  receive(relay, message);
  ASSERT_EQ(dials_to(2), 1u);
  EXPECT_EQ(relay->count(frame_type::envelope), 0u) << "a link gets its time";
  const auto link = make_connection(test::identity_of("bob"), 2, true);
  answer_dial(dials.back(), link);
  introduce(link, "bob", 2);
  ASSERT_EQ(link->count(frame_type::ping), 1u);
  const auto ping = link->sent.back().payload;
  pass(3ms);
  caf::anon_send(consumer_of(link),
                 connection_frames{test::make_batch({{frame_type::pong, ping}})});
  run();
  pending.receive(
      [](const ping_result& answer) {
        EXPECT_EQ(answer.path, path_kind::lan);
        EXPECT_EQ(answer.round_trip, 3ms);
      },
      [](const caf::error&) { ADD_FAILURE(); });
}

TEST_F(HiddenPeer, PingsByTheRelayWhomItCannotDialInTwoSeconds) {
  log_in();
  auto pending = self()->request(hub, 3600s, ping_user{"bob"});
  run();
  const auto lookup = last_sent(*relay);
  ASSERT_TRUE(lookup.has_lookup());
  wire::Control message;
  auto& found = *message.mutable_lookup_result();
  found.set_query(lookup.lookup().query());
  wire::DirectoryChange holder;
  add_user(holder, "bob", 2);
  *found.mutable_entry() = holder.joined(0);
  receive(relay, message);
  pass(1999ms);
  EXPECT_EQ(relay->count(frame_type::envelope), 0u);
  pass(1ms);
  EXPECT_EQ(relay->count(frame_type::envelope), 1u);
  pass(5s);
  pending.receive([](const ping_result& answer) { EXPECT_EQ(answer.code, "timeout"); },
                  [](const caf::error&) { ADD_FAILURE(); });
}

TEST_F(HiddenPeer, SaysAtOnceThatNobodyHasTheNameItPings) {
  log_in();
  auto pending = self()->request(hub, 3600s, ping_user{"bob"});
  run();
  wire::Control message;
  message.mutable_lookup_result()->set_query(last_sent(*relay).lookup().query());
  receive(relay, message);
  pending.receive([](const ping_result& answer) { EXPECT_EQ(answer.code, "unknown-user"); },
                  [](const caf::error&) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace hobnob
