#include "tests/actors/peer/lone_peer.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using Peer = test::lone_peer;

// --- Logging in ---------------------------------------------------------------------------------

TEST_F(Peer, LogsInFromTheVeryPortItListensOn) {
  ASSERT_EQ(dials.size(), 1u);
  EXPECT_EQ(dials[0].order.host, "relay.test");
  EXPECT_EQ(dials[0].order.local_port, 5000);
  log_in();
  const auto login = last_sent(*relay);
  ASSERT_TRUE(login.has_login());
  const auto record = verify_record(login.login().record()).record;
  ASSERT_TRUE(record);
  EXPECT_EQ(record->user, "ann");
  EXPECT_EQ(record->endpoints, std::vector<endpoint>{address_of(1)});
  EXPECT_TRUE(relay->authenticated);
  EXPECT_EQ(log->sessions.back().state, session_state::online);
  EXPECT_EQ(log->sessions.back().relay, test::identity_of("relay").fingerprint());
}

TEST_F(Peer, TriesAgainWhileTheRelayIsAwayAndOnlyExpectsTheKeyItMetFirst) {
  log_in();
  EXPECT_TRUE(dials[0].order.expected.is_null());
  end(relay, {close_reason::reset, "gone"});
  EXPECT_EQ(log->sessions.back().state, session_state::waiting);
  pass(500ms);
  ASSERT_EQ(dials.size(), 2u);
  EXPECT_EQ(dials[1].order.expected, test::identity_of("relay").fingerprint());
  answer_dial(dials[1], nullptr, "connection refused");
  pass(249ms);
  EXPECT_EQ(dials.size(), 2u) << "the next wait is longer";
  pass(1s);
  EXPECT_EQ(dials.size(), 3u);
}

TEST_F(Peer, SaysWhichRelayAndAddressCouldNotBeReached) {
  dial_finished result;
  result.ticket = dials[0].order.ticket;
  result.remote = address_of(9);
  result.error = "connection refused";
  caf::anon_send(dials[0].client, result);
  run();
  EXPECT_EQ(log->sessions.back().state, session_state::waiting);
  EXPECT_EQ(log->sessions.back().code, "unreachable");
  EXPECT_EQ(log->sessions.back().detail, "relay.test:7440 (10.0.0.9:5000): connection refused");
}

TEST_F(Peer, AnotherRelayKeyIsRefusedForGood) {
  dial_finished result;
  result.ticket = dials[0].order.ticket;
  result.key_mismatch = true;
  caf::anon_send(dials[0].client, result);
  run();
  EXPECT_EQ(log->sessions.back().state, session_state::refused);
  EXPECT_EQ(log->sessions.back().code, "relay-key-changed");
  pass(10min);
  EXPECT_EQ(dials.size(), 1u);
}

TEST_F(Peer, ATakenNameIsNotTriedAgain) {
  log_in();
  end(relay, {close_reason::refused, "taken", "name-taken", true});
  EXPECT_EQ(log->sessions.back().code, "name-taken");
  pass(10min);
  EXPECT_EQ(dials.size(), 1u);
}

TEST_F(Peer, AKickedPeerStaysAway) {
  log_in();
  end(relay, {close_reason::refused, "an administrator ended the session", "kicked", true});
  EXPECT_EQ(log->sessions.back().state, session_state::refused);
  EXPECT_EQ(log->sessions.back().code, "kicked");
  pass(10min);
  EXPECT_EQ(dials.size(), 1u);
}

TEST_F(Peer, AReplacedPeerDoesNotSayThatTheOthersHaveLeft) {
  log_in();
  tell_snapshot({{"bob", 2}, {"cy", 3}});
  end(relay, {close_reason::replaced, "newer", "", true});
  EXPECT_EQ(log->sessions.back().state, session_state::replaced);
  ASSERT_EQ(log->presences.size(), 2u);
  for (const auto& told : log->presences) EXPECT_EQ(told.state, presence::online) << told.user;
}

TEST_F(Peer, AReplacedPeerStaysAwayAndClosesItsLinks) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  end(relay, {close_reason::replaced, "newer", "", true});
  EXPECT_EQ(log->sessions.back().state, session_state::replaced);
  ASSERT_TRUE(link->closed);
  EXPECT_EQ(link->closed->reason, close_reason::replaced);
  pass(10min);
  EXPECT_EQ(dials_to(9) + dials.size(), dials.size());
  EXPECT_EQ(std::count_if(dials.begin(), dials.end(),
                          [](const auto& d) { return d.order.host == "relay.test"; }),
            1);
}

// --- Dialling -----------------------------------------------------------------------------------

TEST_F(Peer, ANewcomerDialsEverybodyAtOnceAndGivesLaterOnesAHeadStart) {
  log_in();
  tell_snapshot({{"bob", 2}, {"cy", 3}});
  EXPECT_EQ(dials_to(2), 1u);
  EXPECT_EQ(dials_to(3), 1u);
  tell_joined("dee", 4);
  EXPECT_EQ(dials_to(4), 0u);
  pass(999ms);
  EXPECT_EQ(dials_to(4), 0u);
  pass(1ms);
  EXPECT_EQ(dials_to(4), 1u);
  EXPECT_EQ(dials.back().order.local_port, 5000);
  EXPECT_EQ(dials.back().order.expected, test::identity_of("dee").fingerprint());
}

TEST_F(Peer, ANewcomerWhoseLinkIsThereInTimeIsNotDialled) {
  log_in();
  tell_snapshot({});
  tell_joined("bob", 2);
  accept_from("bob", 2);
  pass(1min);
  EXPECT_EQ(dials_to(2), 0u);
}

TEST_F(Peer, DialsAgainAfter1And5And15SecondsAndSaysWhyThereIsNoLink) {
  log_in();
  tell_snapshot({{"bob", 2}});
  for (const auto wait : {1s, 5s, 15s, 60s}) {
    const auto before = dials_to(2);
    answer_dial(dials.back(), nullptr, "connection refused");
    pass(wait - 1ms);
    EXPECT_EQ(dials_to(2), before);
    pass(1ms);
    EXPECT_EQ(dials_to(2), before + 1);
  }
  answer_dial(dials.back(), nullptr, "connection refused");
  const auto users = ask<user_list>(hub, get_users{}).users;
  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0].path, path_kind::relay);
  EXPECT_EQ(users[0].why_not_direct,
            "its address does not answer: 10.0.0.2:5000: connection refused");
  EXPECT_EQ(users[0].retry_in, 60s);
}

TEST_F(Peer, DialsAFewAtOnceAndTheNextWhenOneIsDone) {
  log_in();
  std::vector<std::pair<std::string, std::uint8_t>> users;
  for (std::uint8_t i = 0; i < 40; ++i) users.emplace_back("user" + std::to_string(i), 20 + i);
  tell_snapshot(users);
  EXPECT_EQ(ask<user_list>(hub, get_users{}).users.size(), 40u);
  EXPECT_EQ(dials.size(), 1u + peer_config{}.dials_max);
  answer_dial(dials[1], nullptr, "refused");
  EXPECT_EQ(dials.size(), 2u + peer_config{}.dials_max);
}

// --- Changes of the network ---------------------------------------------------------------------

TEST_F(Peer, TellsTheRelayNewAddressesOfItsOwnAndDialsAgainAtOnce) {
  log_in();
  tell_snapshot({{"bob", 2}, {"cay", 3}});
  const auto link = accept_from("cay", 3);
  for (const auto wait : {1s, 5s, 15s}) {
    answer_dial(*std::find_if(dials.rbegin(), dials.rend(),
                              [](const auto& d) { return d.order.host == "10.0.0.2"; }),
                nullptr, "network unreachable");
    pass(wait);
    link->heard = now();
  }
  answer_dial(dials.back(), nullptr, "network unreachable");
  const auto before = dials_to(2);
  own_addresses = {ip_address::v4({10, 0, 0, 77})};
  pass(15s);
  ASSERT_TRUE(last_sent(*relay).has_record_update());
  const auto update = verify_record(last_sent(*relay).record_update().record()).record;
  ASSERT_TRUE(update);
  EXPECT_EQ(update->endpoints, std::vector<endpoint>{address_of(77)});
  EXPECT_EQ(dials_to(2), before + 1) << "the next try was a minute away";
  EXPECT_GT(link->count(frame_type::ping), 0u) << "the link may be dead";

  const auto sent = relay->sent.size();
  pass(40s);
  EXPECT_EQ(relay->sent.size(), sent) << "once is enough";
}

TEST_F(Peer, ShowsOnEveryLinkTheRecordThatTheRelayHasUntilItsAddressesChange) {
  log_in();
  const auto logged_in = last_sent(*relay).login().record().SerializeAsString();
  tell_snapshot({{"bob", 2}, {"cay", 3}, {"dan", 4}});
  const auto shown_to = [this](const std::string& user, std::uint8_t host) {
    return last_sent(*accept_from(user, host)).setup_p2p().record().SerializeAsString();
  };
  EXPECT_EQ(shown_to("bob", 2), logged_in);
  EXPECT_EQ(shown_to("cay", 3), logged_in);
  own_addresses = {ip_address::v4({10, 0, 0, 77})};
  const auto changed = verify_record(shown_to("dan", 4)).record;
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->endpoints, std::vector<endpoint>{address_of(77)});
  EXPECT_GT(changed->serial, verify_record(logged_in).record->serial);
}

TEST_F(Peer, ALoginAfterAChangeOfTheNetworkDialsAgainAtOnce) {
  log_in();
  tell_snapshot({{"bob", 2}});
  answer_dial(dials.back(), nullptr, "network unreachable");
  end(relay, {close_reason::reset, "gone"});
  own_addresses = {ip_address::v4({10, 0, 0, 77})};
  pass(600ms);
  const auto before = dials_to(2);
  log_in();
  EXPECT_EQ(dials_to(2), before + 1);
}

// --- Links --------------------------------------------------------------------------------------

TEST_F(Peer, AnAcceptedLinkIsUpOnceBothHaveIntroducedThemselves) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  EXPECT_TRUE(last_sent(*link).has_setup_p2p());
  EXPECT_TRUE(link->authenticated);
  ASSERT_EQ(log->links.size(), 1u);
  EXPECT_EQ(log->links[0].state, link_state::up);
  EXPECT_FALSE(log->links[0].dialled);
  EXPECT_EQ(log->routes.back().path, path_kind::lan);
}

TEST_F(Peer, HoldsAnUnknownDiallerUntilTheRelayHasSaidWhoItIs) {
  log_in();
  tell_snapshot({});
  const auto link = accept_from("bob", 2);
  EXPECT_TRUE(link->sent.empty());
  const auto lookup = last_sent(*relay);
  ASSERT_TRUE(lookup.has_lookup());
  wire::Control answer;
  auto& result = *answer.mutable_lookup_result();
  result.set_query(lookup.lookup().query());
  result.set_known(true);
  result.mutable_entry()->set_session(2);
  *result.mutable_entry()->mutable_record() = record_of("bob", 2);
  receive(relay, answer);
  ASSERT_EQ(log->links.size(), 1u);
  EXPECT_EQ(log->links[0].state, link_state::up);
}

TEST_F(Peer, AnUnknownDiallerWhomNobodyKnowsIsClosedAfterFiveSeconds) {
  log_in();
  tell_snapshot({});
  const auto link = accept_from("bob", 2);
  pass(4999ms);
  EXPECT_FALSE(link->closed);
  pass(1ms);
  ASSERT_TRUE(link->closed);
  EXPECT_EQ(link->closed->reason, close_reason::refused);
  EXPECT_TRUE(log->links.empty());
}

TEST_F(Peer, AKnownNameWithAnotherKeyGetsNoLink) {
  log_in();
  tell_snapshot({{"bob", 2}});
  auto connection = make_connection(test::identity_of("mallory"), 6, false);
  caf::anon_send(hub, connection_accepted{connection});
  run();
  introduce(connection, "bob", 6);
  ASSERT_TRUE(connection->closed) << "bob's record with mallory's TLS key";
  EXPECT_EQ(connection->closed->reason, close_reason::refused);
  EXPECT_TRUE(log->links.empty());
}

TEST_F(Peer, OfTwoLinksToOneUserOneIsLeftAndSubscribersSeeOne) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto first = accept_from("bob", 2);
  const auto second = accept_from("bob", 2);
  pass(1s);
  first->heard = second->heard = now();  // Both live: the probe is answered.
  pass(2s);
  const bool we_choose = own.fingerprint() > test::identity_of("bob").fingerprint();
  EXPECT_FALSE(first->closed);
  EXPECT_EQ(second->closed.has_value(), we_choose);
  EXPECT_EQ(log->links.size(), 1u);
}

TEST_F(Peer, AUserWhoHasStartedAgainHasAnotherLink) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto old = accept_from("bob", 2);
  const auto young = make_connection(test::identity_of("bob"), 2, false);
  caf::anon_send(hub, connection_accepted{young});
  run();
  wire::Control message;
  auto& setup = *message.mutable_setup_p2p();
  setup.mutable_versions()->set_lowest(1);
  setup.mutable_versions()->set_highest(1);
  *setup.mutable_record() = record_of("bob", 2, 7);
  receive(young, message);
  ASSERT_TRUE(old->closed);
  EXPECT_EQ(old->closed->reason, close_reason::replaced);
  EXPECT_FALSE(young->closed);
  ASSERT_EQ(log->links.size(), 3u) << "up, down, up";
  EXPECT_EQ(log->links[1].state, link_state::down);
  EXPECT_EQ(log->links[1].reason, close_reason::replaced);
  EXPECT_EQ(log->links[2].state, link_state::up);
}

TEST_F(Peer, TheRelaysHeartbeatHoldsForLinksToo) {
  log_in(1, 1000);
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  EXPECT_EQ(last_sent(*link).setup_p2p().heartbeat_ms(), 1000u);
  pass(1125ms);
  EXPECT_EQ(link->count(frame_type::ping), 1u);
}

TEST_F(Peer, AUserWhoSaysGoodbyeToTheRelayIsUnlinkedAtOnce) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  tell_left(2, close_reason::goodbye);
  EXPECT_TRUE(link->closed);
  EXPECT_EQ(log->presences.back().state, presence::offline);
}

TEST_F(Peer, AUserWhoLostTheRelayIsProbedAndStaysLinkedIfItAnswers) {
  log_in();
  tell_snapshot({{"bob", 2}, {"cy", 3}});
  const auto alive = accept_from("bob", 2);
  const auto dead = accept_from("cy", 3);
  pass(1s);
  tell_left(2, close_reason::heartbeat);
  tell_left(3, close_reason::reset);
  EXPECT_EQ(alive->count(frame_type::ping), 1u);
  pass(1s);
  alive->heard = now();
  pass(1s);
  EXPECT_FALSE(alive->closed);
  ASSERT_TRUE(dead->closed);
  EXPECT_EQ(dead->closed->reason, close_reason::heartbeat);
  EXPECT_EQ(ask<peer_status>(hub, get_status{}).session.state, session_state::online);
}

TEST_F(Peer, ShowsTheRoundTripOfALink) {
  log_in(1, 5000);
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  EXPECT_LT(ask<user_list>(hub, get_users{}).users.at(0).round_trip, 0ms) << "not known yet";
  link->measured = 11600us;
  EXPECT_EQ(ask<user_list>(hub, get_users{}).users.at(0).round_trip, 12ms);
}

TEST_F(Peer, CountsEveryMessageThatIsNotSettled) {
  log->messages_in_store = 3;
  caf::anon_send(hub, send_text{"bob", {{1}}, "hello"});
  EXPECT_EQ(ask<peer_status>(hub, get_status{}).messages_waiting, 4u);
}

// --- Sending ------------------------------------------------------------------------------------

TEST_F(Peer, AsksTheRelayAboutWhomItDoesNotKnow) {
  log_in();
  tell_snapshot({});
  caf::anon_send(hub, send_text{"nobody", {{1}}, "hello"});
  run();
  const auto lookup = last_sent(*relay);
  ASSERT_TRUE(lookup.has_lookup());
  wire::Control answer;
  answer.mutable_lookup_result()->set_query(lookup.lookup().query());
  receive(relay, answer);
  ASSERT_EQ(log->progress.size(), 1u);
  EXPECT_EQ(log->progress[0].code, "unknown-user");
}

TEST_F(Peer, AsksTheRelayWhetherWhomItPingsIsOffOrNobody) {
  log_in();
  tell_snapshot({});
  for (const bool known : {true, false}) {
    auto pending = self()->request(hub, 3600s, ping_user{"bob"});
    run();
    ASSERT_TRUE(last_sent(*relay).has_lookup());
    wire::Control answer;
    answer.mutable_lookup_result()->set_query(last_sent(*relay).lookup().query());
    answer.mutable_lookup_result()->set_known(known);
    receive(relay, answer);
    pending.receive(
        [&](const ping_result& pinged) {
          EXPECT_EQ(pinged.code, known ? "offline" : "unknown-user");
        },
        [](const caf::error&) { ADD_FAILURE(); });
  }
}

TEST_F(Peer, WithoutARelayNobodyIsAskedAboutWhomItPings) {
  EXPECT_EQ(ask<ping_result>(hub, ping_user{"bob"}).code, "unknown-user");
}

TEST_F(Peer, WhatIsSentBeforeTheLoginWaitsForIt) {
  caf::anon_send(hub, send_text{"bob", {{1}}, "hello"});
  run();
  EXPECT_TRUE(log->texts.empty());
  log_in();
  tell_snapshot({{"bob", 2}});
  ASSERT_EQ(log->texts.size(), 1u);
  EXPECT_EQ(log->routes.front().path, path_kind::relay) << "the route is told first";
}

TEST_F(Peer, WhatWaitsForALoginTimesOut) {
  caf::anon_send(hub, send_text{"bob", {{1}}, "hello", 3s});
  pass(3s);
  ASSERT_EQ(log->progress.size(), 1u);
  EXPECT_EQ(log->progress[0].code, "timeout");
}

// --- The end ------------------------------------------------------------------------------------

TEST_F(Peer, StopsInTimeEvenIfNobodyLetsGo) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  caf::anon_send(hub, stop_peer{});
  run();
  EXPECT_TRUE(relay->closed);
  EXPECT_TRUE(link->closed);
  EXPECT_FALSE(log->stopped);
  pass(2s);
  EXPECT_TRUE(log->stopped);
}

TEST_F(Peer, StopsAtOnceWhenAllConnectionsHaveClosed) {
  log_in();
  tell_snapshot({{"bob", 2}});
  const auto link = accept_from("bob", 2);
  caf::anon_send(hub, stop_peer{});
  run();
  end(link, {});
  EXPECT_FALSE(log->settled) << "receipts may still come";
  end(relay, {});
  EXPECT_TRUE(log->settled);
  EXPECT_TRUE(log->stopped);
}

}  // namespace
}  // namespace hobnob
