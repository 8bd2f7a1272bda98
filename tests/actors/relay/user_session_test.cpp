#include "actors/relay/user_session.hpp"

#include "tests/actors/relay/relay_actors.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;
using test::make_envelope;
using test::to_bytes;
using wire::Control;
using wire::refusal_reason;

struct UserSession : test::relay_actors {
  UserSession() { start(); }

  void expect_closed(const client& who, close_reason reason, const std::string& code) {
    ASSERT_TRUE(who.connection->closed);
    EXPECT_EQ(who.connection->closed->reason, reason);
    EXPECT_EQ(who.connection->closed->code, code) << who.connection->closed->detail;
  }

  std::vector<wire::envelope_refusal> refusals(const client& who) {
    std::vector<wire::envelope_refusal> result;
    for (const auto& frame : who.connection->sent) {
      if (frame.type != frame_type::envelope_refused) continue;
      result.push_back(*wire::envelope_refusal::decode(frame.payload));
    }
    return result;
  }

  /// (sender, tag, body) of the envelopes that reached `who`.
  std::vector<std::tuple<session_id, std::uint64_t, std::string>> envelopes(const client& who) {
    std::vector<std::tuple<session_id, std::uint64_t, std::string>> result;
    for (const auto& frame : who.connection->sent) {
      if (frame.type != frame_type::envelope_from) continue;
      const auto header = wire::envelope_header::decode(frame.payload);
      const auto body = byte_view{frame.payload}.subspan(wire::envelope_header::size);
      result.emplace_back(header->session, header->tag, std::string{as_text(body)});
    }
    return result;
  }
};

// --- Login ---

TEST_F(UserSession, AnswersALogin) {
  const auto ann = log_in(1, "ann");
  ASSERT_NE(ann.id, 0u);
  const auto ok = find_control(ann, Control::kLoginOk)->login_ok();
  EXPECT_EQ(ok.version(), 1u);
  EXPECT_EQ(ok.heartbeat_ms(), 5000u);
  EXPECT_EQ(ok.observed_endpoint(), "192.0.2.1:4000");
  EXPECT_TRUE(ok.newly_bound());
  EXPECT_TRUE(ann.connection->authenticated);
  EXPECT_FALSE(find_control(log_in(1, "ann"), Control::kLoginOk)->login_ok().newly_bound());
}

TEST_F(UserSession, RefusesALoginOfWrongForm) {
  const auto attempt = [this](auto change) {
    auto who = connect(1);
    auto message = login_of(who, "ann");
    change(*message.mutable_login());
    send(who, message);
    EXPECT_FALSE(who.connection->authenticated);
    EXPECT_TRUE(who.connection->closed);
    return who.connection->closed.value_or(close_info{}).code;
  };
  EXPECT_EQ(attempt([](wire::Login& l) { l.mutable_versions()->set_lowest(2); }), "version");
  EXPECT_EQ(attempt([](wire::Login& l) { l.clear_versions(); }), "version");
  EXPECT_EQ(attempt([](wire::Login& l) { l.set_user("Ann\x1b[2J"); }), "bad-name");
  EXPECT_EQ(attempt([](wire::Login& l) { l.set_user("bob"); }), "bad-record");
  EXPECT_EQ(attempt([](wire::Login& l) { l.clear_record(); }), "bad-record");
  EXPECT_EQ(attempt([](wire::Login& l) { l.mutable_record()->set_signature("x"); }), "bad-record");
}

TEST_F(UserSession, RefusesTheRecordOfAnotherKey) {
  const auto mallory = connect(7);
  const auto ann = connect(1);
  send(mallory, login_of(ann, "ann"));
  expect_closed(mallory, close_reason::refused, "key");
}

TEST_F(UserSession, OnlyALoginMayComeFirst) {
  const auto early = connect(1);
  send(early, {{frame_type::envelope, make_envelope(5, 1)}});
  expect_closed(early, close_reason::protocol, "protocol");
  const auto other = connect(2);
  Control lookup;
  lookup.mutable_lookup()->set_user("ann");
  send(other, lookup);
  expect_closed(other, close_reason::protocol, "protocol");
}

TEST_F(UserSession, ClosesOnWhatAPeerMayNotSay) {
  const std::vector<std::pair<frame_type, bytes>> bad{
      {frame_type::control, to_bytes("\xff\xff")},
      {frame_type::control, {}},
      {frame_type::control, to_bytes(login_of(connect(1), "ann").SerializeAsString())},
      {frame_type::envelope, to_bytes("short")},
      {frame_type::envelope_from, make_envelope(1, 1)},
      {frame_type::envelope_refused, to_bytes("x")},
      {frame_type::message, to_bytes("x")},
      {frame_type::receipt, to_bytes("x")},
  };
  for (const auto& frame : bad) {
    const auto ann = log_in(1, "ann");
    ASSERT_NE(ann.id, 0u);
    send(ann, {frame});
    expect_closed(ann, close_reason::protocol, "protocol");
    hang_up(ann, close_reason::protocol);
  }
  Control login_ok;
  login_ok.mutable_login_ok();
  const auto ann = log_in(1, "ann");
  send(ann, login_ok);
  expect_closed(ann, close_reason::protocol, "protocol");
  EXPECT_EQ(session_settings.counters->protocol_errors, bad.size() + 1);
}

TEST_F(UserSession, ClosesOnAFloodOfControlMessages) {
  session_settings.limits.controls_burst = 5;
  const auto ann = log_in(1, "ann");
  Control lookup;
  lookup.mutable_lookup()->set_user("bob");
  for (int i = 0; i < 4; ++i) send(ann, lookup);
  EXPECT_FALSE(ann.connection->closed);
  send(ann, lookup);
  expect_closed(ann, close_reason::refused, "rate");
}

TEST_F(UserSession, ALoginThatEndsEarlyLeavesNothingBehind) {
  auto ann = connect(1);
  caf::anon_send(ann.session,
                 connection_frames{test::make_batch(
                     {{frame_type::control, to_bytes(login_of(ann, "ann").SerializeAsString())}})});
  caf::anon_send(ann.session, connection_closed{{close_reason::reset, ""}});
  run();
  pass(1s);
  for (const auto& row : ask<account_list>(registrar, list_users{}).accounts) {
    EXPECT_FALSE(row.online);
  }
}

// --- Lookups and records ---

TEST_F(UserSession, LooksUpByNameKeyAndSession) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob", true);
  const auto ask_for = [&](auto change) {
    Control message;
    message.mutable_lookup()->set_query(7);
    change(*message.mutable_lookup());
    send(ann, message);
    return find_control(ann, Control::kLookupResult)->lookup_result();
  };
  auto found = ask_for([](wire::Lookup& l) { l.set_user("bob"); });
  EXPECT_EQ(found.query(), 7u);
  EXPECT_TRUE(found.known());
  EXPECT_EQ(found.entry().session(), bob.id);
  const auto key = bob.self.fingerprint().octets;
  found = ask_for([&](wire::Lookup& l) { l.set_fingerprint(key.data(), key.size()); });
  EXPECT_EQ(found.entry().session(), bob.id);
  EXPECT_TRUE(verify_record(found.entry().record()).record);
  found = ask_for([&](wire::Lookup& l) { l.set_session(bob.id); });
  EXPECT_EQ(found.entry().observed_endpoint(), "192.0.2.2:4000");
  found = ask_for([](wire::Lookup& l) { l.set_user("eve"); });
  EXPECT_FALSE(found.known());
  EXPECT_FALSE(found.has_entry());
  hang_up(bob, close_reason::goodbye);
  found = ask_for([](wire::Lookup& l) { l.set_user("bob"); });
  EXPECT_TRUE(found.known());
  EXPECT_FALSE(found.has_entry());
}

TEST_F(UserSession, WhoDoesNotTakeTheAnswersToItsLookupsIsClosed) {
  const auto ann = log_in(1, "ann");
  Control lookup;
  lookup.mutable_lookup()->set_user("bob");
  ann.connection->status = send_status::overflow;
  send(ann, lookup);
  ASSERT_TRUE(ann.connection->closed);
  EXPECT_EQ(ann.connection->closed->reason, close_reason::overflow);
}

TEST_F(UserSession, ALookupHasExactlyOneKey) {
  const auto ann = log_in(1, "ann");
  Control message;
  message.mutable_lookup()->set_user("bob");
  message.mutable_lookup()->set_session(4);
  send(ann, message);
  expect_closed(ann, close_reason::protocol, "protocol");
}

TEST_F(UserSession, PassesOnANewerRecordOnly) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  pass(1s);
  const auto update = [&](std::uint64_t serial) {
    Control message;
    directory_record record;
    record.user = "bob";
    record.serial = serial;
    sign_record(bob.self, record, *message.mutable_record_update()->mutable_record());
    send(bob, message);
    pass(1s);
    const auto change = find_control(ann, Control::kDirectoryChange)->directory_change();
    const auto& entry = change.joined(change.joined_size() - 1);
    return verify_record(entry.record()).record->serial;
  };
  EXPECT_EQ(update(5), 5u);
  EXPECT_EQ(update(4), 5u);
  EXPECT_FALSE(bob.connection->closed);
}

// --- Envelopes ---

TEST_F(UserSession, ForwardsEnvelopesWithTheSendersSession) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  const auto eve = log_in(3, "eve");
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 1, "one")},
             {frame_type::envelope, make_envelope(eve.id, 2, "two")},
             {frame_type::envelope, make_envelope(bob.id, 3, "three")}});
  using row = std::tuple<session_id, std::uint64_t, std::string>;
  EXPECT_EQ(envelopes(bob), (std::vector<row>{{ann.id, 1, "one"}, {ann.id, 3, "three"}}));
  EXPECT_EQ(envelopes(eve), (std::vector<row>{{ann.id, 2, "two"}}));
  EXPECT_TRUE(refusals(ann).empty());
  EXPECT_EQ(session_settings.counters->envelopes_forwarded, 3u);
}

TEST_F(UserSession, GivesBackTheCreditOfEverythingItDealtWith) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  const auto before = ann.connection->acknowledged;
  const auto batch = test::make_batch({{frame_type::envelope, make_envelope(bob.id, 1)},
                                       {frame_type::envelope, make_envelope(999, 2)}});
  for (int i = 0; i < 3; ++i) {
    caf::anon_send(ann.session, connection_frames{batch});
    run();
  }
  EXPECT_EQ(ann.connection->acknowledged - before, 3 * batch->wire_size());
}

TEST_F(UserSession, RefusesEnvelopesToNobodyAndToOneself) {
  const auto ann = log_in(1, "ann");
  send(ann, {{frame_type::envelope, make_envelope(12345, 1)},
             {frame_type::envelope, make_envelope(ann.id, 2)}});
  auto refused = refusals(ann);
  ASSERT_EQ(refused.size(), 2u);
  std::sort(refused.begin(), refused.end(), [](auto& a, auto& b) { return a.tag < b.tag; });
  EXPECT_EQ(refused[0].session, 12345u);
  EXPECT_EQ(refused[0].reason, refusal_reason::unknown_session);
  EXPECT_EQ(refused[1].tag, 2u);
  EXPECT_EQ(refused[1].reason, refusal_reason::not_allowed);
}

TEST_F(UserSession, RefusesWhileTheReceiverIsFullAndGoesOnWhenItHasDrained) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  bob.connection->status = send_status::full;
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 1)}});
  EXPECT_TRUE(refusals(ann).empty());  // It was still taken.
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 2)}});
  ASSERT_EQ(refusals(ann).size(), 1u);
  EXPECT_EQ(refusals(ann)[0].session, bob.id);
  EXPECT_EQ(refusals(ann)[0].tag, 2u);
  EXPECT_EQ(refusals(ann)[0].reason, refusal_reason::busy);
  bob.connection->status = send_status::sent;
  caf::anon_send(bob.session, connection_drained{});
  run();
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 3)}});
  EXPECT_EQ(envelopes(bob).size(), 2u);
}

TEST_F(UserSession, ClosesAConsumerThatIsFarTooSlow) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  bob.connection->status = send_status::overflow;
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 1)}});
  ASSERT_TRUE(bob.connection->closed);
  EXPECT_EQ(bob.connection->closed->reason, close_reason::overflow);
  EXPECT_EQ(refusals(ann).size(), 1u);
}

TEST_F(UserSession, ForgetsTheWayToASessionThatEnded) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 1)}});
  hang_up(bob, close_reason::reset);
  send(ann, {{frame_type::envelope, make_envelope(bob.id, 2)}});
  ASSERT_EQ(refusals(ann).size(), 1u);
  EXPECT_EQ(refusals(ann)[0].reason, refusal_reason::unknown_session);
}

TEST_F(UserSession, RefusesEnvelopesBeyondTheRateIfThereIsOne) {
  session_settings.limits.envelopes_per_second = 10;
  session_settings.limits.envelopes_burst = 2;
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  for (std::uint64_t tag = 1; tag <= 3; ++tag) {
    send(ann, {{frame_type::envelope, make_envelope(bob.id, tag)}});
  }
  EXPECT_EQ(envelopes(bob).size(), 2u);
  ASSERT_EQ(refusals(ann).size(), 1u);
  EXPECT_EQ(refusals(ann)[0].reason, refusal_reason::rate);
}

TEST_F(UserSession, ManyEnvelopesInOneBatchKeepTheirOrder) {
  const auto ann = log_in(1, "ann");
  const auto bob = log_in(2, "bob");
  std::vector<std::pair<frame_type, bytes>> frames;
  for (std::uint64_t tag = 0; tag < 500; ++tag) {
    frames.emplace_back(frame_type::envelope, make_envelope(bob.id, tag));
  }
  send(ann, frames);
  const auto got = envelopes(bob);
  ASSERT_EQ(got.size(), 500u);
  for (std::uint64_t tag = 0; tag < 500; ++tag) EXPECT_EQ(std::get<1>(got[tag]), tag);
}

// --- Slow readers of the directory, and the end ---

TEST_F(UserSession, HoldsNoticesWhileItsConnectionIsFull) {
  const auto ann = log_in(1, "ann");
  pass(1s);
  ann.connection->status = send_status::full;
  const auto bob = log_in(2, "bob");
  pass(1s);
  const auto before = ann.connection->sent.size();
  hang_up(bob, close_reason::goodbye);
  pass(1s);
  EXPECT_EQ(ann.connection->sent.size(), before);
  ann.connection->status = send_status::sent;
  caf::anon_send(ann.session, connection_drained{});
  run();
  EXPECT_EQ(ann.connection->sent.size(), before + 1);
}

TEST_F(UserSession, EndsWithItsConnectionAndLetsItGo) {
  auto ann = log_in(1, "ann");
  EXPECT_EQ(session_settings.counters->sessions, 1u);
  std::weak_ptr<test::fake_connection> connection = ann.connection;
  hang_up(ann, close_reason::goodbye);
  ann.connection.reset();
  EXPECT_TRUE(connection.expired());
  EXPECT_EQ(session_settings.counters->sessions, 0u);
}

}  // namespace
}  // namespace hobnob
