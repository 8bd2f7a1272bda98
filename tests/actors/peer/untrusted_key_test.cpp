#include "tests/actors/peer/lone_peer.hpp"

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// Bob's key was known; then somebody else logged in by his name.
struct PeerOfAnotherBob : test::lone_peer {
  PeerOfAnotherBob() {
    log_in();
    tell_snapshot({{"bob", 2}});
    tell_left(2, close_reason::goodbye);
    directory_record record;
    record.user = "bob";
    record.box_key = box_key_pair{another}.public_key();
    record.serial = record.epoch = 1;
    wire::Control message;
    auto& entry = *message.mutable_directory_change()->add_joined();
    entry.set_session(3);
    sign_record(another, record, *entry.mutable_record());
    receive(relay, message);
  }

  /// What the relay was given for the other bob.
  std::vector<core::receipt> receipts() {
    std::vector<core::receipt> result;
    for (const auto& sent : relay->sent) {
      if (sent.type != frame_type::envelope) continue;
      const byte_view payload{sent.payload};
      EXPECT_EQ(wire::envelope_header::decode(payload)->session, 3u);
      const auto opened = open_envelope(box_key_pair{another}, another.fingerprint(), 3,
                                        payload.subspan(wire::envelope_header::size));
      const auto frames = unpack_body(opened.body);
      for (const auto& each : *frames) {
        const auto all = read_receipts(each.payload.view());
        result.insert(result.end(), all->begin(), all->end());
      }
    }
    return result;
  }

  const identity another = test::identity_of("another bob");
};

TEST_F(PeerOfAnotherBob, AnswersMessagesUnderAnUntrustedKeyAtOnce) {
  receive_text(another, 3, 1);
  ASSERT_EQ(receipts().size(), 1u);
  EXPECT_EQ(receipts()[0].id, core::id_for_test(1));
  EXPECT_EQ(receipts()[0].status, core::receipt_status::untrusted);
}

TEST_F(PeerOfAnotherBob, TellsOfThemOnceAndThenTheirNumberEveryTenSeconds) {
  const auto before = log->presences.size();
  for (std::uint64_t number = 1; number <= 3; ++number) receive_text(another, 3, number);
  ASSERT_EQ(log->presences.size(), before + 1);
  EXPECT_TRUE(log->presences.back().key_changed);
  EXPECT_EQ(log->presences.back().id, another.fingerprint());
  EXPECT_EQ(log->presences.back().messages_refused, 1u);
  pass(10s);
  ASSERT_EQ(log->presences.size(), before + 2);
  EXPECT_EQ(log->presences.back().messages_refused, 2u);
  pass(1min);
  EXPECT_EQ(log->presences.size(), before + 2) << "nothing new";
  EXPECT_EQ(receipts().size(), 3u);
}

TEST_F(PeerOfAnotherBob, APingSaysThatTheKeyHasChanged) {
  const auto answer = ask<ping_result>(hub, ping_user{"bob"});
  EXPECT_EQ(answer.code, "key-changed");
  EXPECT_EQ(answer.detail.find("not online"), std::string::npos) << answer.detail;
}

}  // namespace
}  // namespace hobnob
