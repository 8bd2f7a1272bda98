#include "tests/actors/peer/lone_peer.hpp"

#include <algorithm>

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

  /// Has a conversation with bob, whose session has this number, through the relay.
  void write_to_bob(session_id his_session) {
    caf::anon_send(hub, send_text{"bob", {}, "hello"});
    run();
    find_bob(his_session);
  }

  /// The relay answers the last lookup; no dial leads to him.
  void find_bob(session_id his_session) {
    answer_lookup(last_sent(*relay).lookup(), "bob", his_session);
    pass(2s);
  }

  void lose_relay() {
    end(relay, {close_reason::reset, "lost"});
    pass(30s);
    std::erase_if(dials, [](const dial& each) { return each.order.host != "relay.test"; });
  }

  /// An envelope with a message of ours comes back.
  void refuse_envelope(session_id to) {
    caf::anon_send(log->routes.back().carrier,
                   carry_messages{test::identity_of("bob").fingerprint(),
                                  {core::message_for_test(1, "hello")}});
    run();
    ASSERT_EQ(relay->sent.back().type, frame_type::envelope);
    const auto sent = wire::envelope_header::decode(relay->sent.back().payload);
    ASSERT_TRUE(sent);
    const auto refusal =
        wire::envelope_refusal{to, sent->tag, wire::refusal_reason::unknown_session}.encode();
    caf::anon_send(consumer_of(relay),
                   connection_frames{test::make_batch(
                       {{frame_type::envelope_refused, bytes(refusal.begin(), refusal.end())}})});
    run();
  }

  path_kind last_path() const { return log->routes.back().path; }
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

TEST_F(HiddenPeer, AsksANewSessionAgainForWhomItSpeaksTo) {
  log_in();
  write_to_bob(2);
  EXPECT_EQ(last_path(), path_kind::relay);
  lose_relay();
  EXPECT_EQ(last_path(), path_kind::none);
  log_in(5);
  EXPECT_EQ(last_path(), path_kind::none) << "his session may have had that number once";
  ASSERT_EQ(lookups().size(), 1u);
  EXPECT_EQ(lookups().front().user(), "bob");
  find_bob(7);
  EXPECT_EQ(last_path(), path_kind::relay);
  EXPECT_FALSE(std::ranges::any_of(log->routes, &route_changed::gone));
}

TEST_F(HiddenPeer, AsksAgainWhenTheRelayKnowsNoSuchSession) {
  log_in();
  write_to_bob(2);
  refuse_envelope(2);
  ASSERT_EQ(lookups().size(), 2u);
  EXPECT_EQ(last_path(), path_kind::none);
  find_bob(7);
  EXPECT_EQ(last_path(), path_kind::relay);
  refuse_envelope(7);
  ASSERT_EQ(lookups().size(), 3u);
  EXPECT_FALSE(std::ranges::any_of(log->routes, &route_changed::gone));
  answer_lookup(lookups().back());
  EXPECT_TRUE(log->routes.back().gone) << "now it is known that he is not there";
}

TEST_F(HiddenPeer, AsksAgainWhenALinkHasEnded) {
  log_in();
  caf::anon_send(hub, send_text{"bob", {}, "hello"});
  run();
  answer_lookup(last_sent(*relay).lookup(), "bob", 2);
  const auto link = make_connection(test::identity_of("bob"), 2, true);
  answer_dial(dials.back(), link);
  introduce(link, "bob", 2);
  EXPECT_EQ(last_path(), path_kind::lan);
  end(link, {close_reason::reset, "lost"});
  ASSERT_EQ(lookups().size(), 2u);
  answer_lookup(lookups().back());
  EXPECT_TRUE(log->routes.back().gone);
}

TEST_F(HiddenPeer, AsksWhoItIsThatWantsACircuit) {
  log_in();
  wire::Control message;
  auto& ready = *message.mutable_circuit_ready();
  ready.set_session(2);
  ready.set_token(std::string(32, 't'));
  receive(relay, message);
  ASSERT_EQ(lookups().size(), 1u);
  EXPECT_EQ(lookups().front().session(), 2u);
  const auto before = dials.size();
  answer_lookup(lookups().front(), "bob", 2);
  ASSERT_EQ(dials.size(), before + 1);
  EXPECT_TRUE(dials.back().order.circuit.has_value());
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
