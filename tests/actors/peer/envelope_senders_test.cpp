#include "tests/actors/peer/lone_peer.hpp"
#include "tests/support/captured_log.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// Envelopes come to ann whose senders she has not been told of, or who are not who they say.
struct EnvelopeSenders : test::lone_peer {
  EnvelopeSenders() {
    log_in();
    tell_snapshot({});
  }

  const identity bob = test::identity_of("bob");
};

TEST_F(EnvelopeSenders, ABurstOfOneUnknownSessionIsAskedAboutOnce) {
  for (std::uint64_t number = 1; number <= 256; ++number) receive_text(bob, 7, number);
  ASSERT_EQ(lookups().size(), 1u);
  EXPECT_EQ(lookups()[0].session(), 7u);
  EXPECT_TRUE(log->store_envelopes.empty());
  answer_lookup(lookups()[0], "bob", 7);
  ASSERT_EQ(log->store_envelopes.size(), 1u);
  EXPECT_EQ(log->store_envelopes[0].name, "bob");
  EXPECT_EQ(log->store_envelopes[0].frames.size(), 256u);
}

TEST_F(EnvelopeSenders, ASessionThatTheRelayDoesNotKnowIsAskedAboutAgainWhenItSendsAgain) {
  receive_text(bob, 7, 1);
  ASSERT_EQ(lookups().size(), 1u);
  answer_lookup(lookups()[0]);
  receive_text(bob, 7, 2);
  ASSERT_EQ(lookups().size(), 2u);
  answer_lookup(lookups()[1], "bob", 7);
  ASSERT_EQ(log->store_envelopes.size(), 1u);
  EXPECT_EQ(log->store_envelopes[0].frames.size(), 1u) << "the first one was given up";
}

TEST_F(EnvelopeSenders, ManyUnknownSessionsAreAskedAboutAsFastAsARelayTakesIt) {
  constexpr std::uint64_t sessions = 250;
  for (std::uint64_t session = 2; session < 2 + sessions; ++session)
    receive_text(bob, session, session);
  EXPECT_LE(lookups().size(), 50u) << "a relay takes 200 control messages at once";
  EXPECT_GE(lookups().size(), 1u);
  pass(30s);
  EXPECT_EQ(lookups().size(), sessions);
}

TEST_F(EnvelopeSenders, AllMessagesOfABurstUnderAnUntrustedKeyAreCounted) {
  tell_snapshot({{"bob", 2}});
  tell_left(2, close_reason::goodbye);
  const auto before = log->presences.size();
  const auto another = test::identity_of("another bob");
  for (std::uint64_t number = 1; number <= 3; ++number) receive_text(another, 7, number);
  ASSERT_EQ(lookups().size(), 1u);
  directory_record record;
  record.user = "bob";
  record.box_key = box_key_pair{another}.public_key();
  record.serial = record.epoch = 1;
  wire::Control message;
  auto& result = *message.mutable_lookup_result();
  result.set_query(lookups()[0].query());
  result.mutable_entry()->set_session(7);
  sign_record(another, record, *result.mutable_entry()->mutable_record());
  receive(relay, message);
  ASSERT_EQ(log->presences.size(), before + 2) << "the key has changed; what came under it";
  EXPECT_EQ(log->presences.back().messages_refused, 3u);
}

TEST_F(EnvelopeSenders, AnEnvelopeSignedByAnotherUserIsDroppedWithOneLine) {
  tell_snapshot({{"bob", 2}});
  const auto mallory = test::identity_of("mallory");
  test::captured_log lines;
  for (std::uint64_t number = 1; number <= 5; ++number) receive_text(mallory, 2, number);
  EXPECT_TRUE(log->store_envelopes.empty());
  EXPECT_EQ(lines.text(),
            "messages: an envelope of bob is dropped: it was signed by another user\n");
  EXPECT_FALSE(relay->closed) << "it is no fault of the relay";
  receive_text(bob, 2, 6);
  EXPECT_EQ(log->store_envelopes.size(), 1u) << "bob's own still come";
}

TEST_F(EnvelopeSenders, AForgedSenderIsNotLearnedFromALookupEither) {
  const auto mallory = test::identity_of("mallory");
  receive_text(mallory, 7, 1);
  ASSERT_EQ(lookups().size(), 1u);
  test::captured_log lines;
  answer_lookup(lookups()[0], "bob", 7);
  EXPECT_TRUE(log->store_envelopes.empty());
  EXPECT_EQ(lines.lines(), 1u) << lines.text();
}

TEST_F(EnvelopeSenders, AnEnvelopeThatCannotBeOpenedIsDroppedWithOneLineASession) {
  tell_snapshot({{"bob", 2}});
  test::captured_log lines;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    receive_envelope(2, number, bytes(300));
    receive_envelope(3, number, bytes(300));
  }
  EXPECT_EQ(lines.text(),
            "messages: an envelope of bob is dropped: it is not sealed to our key\n"
            "messages: an envelope of session 3 is dropped: it is not sealed to our key\n");
  EXPECT_FALSE(relay->closed);
}

}  // namespace
}  // namespace hobnob
