#include "tests/actors/peer/lone_peer.hpp"

// Transfer frames of a link: whose they are, who acknowledges them, and who may send them.

namespace hobnob {
namespace {

using frames = std::vector<std::pair<frame_type, bytes>>;

class LinkTransfers : public test::lone_peer {
 protected:
  explicit LinkTransfers(bool with_transfers = true) : lone_peer({}, with_transfers) {
    log_in();
    tell_snapshot({{"bob", 2}});
  }

  /// An open link with Bob, who announces transfers.
  std::shared_ptr<test::fake_connection> link_with_bob() { return accept_from("bob", 2, true); }

  std::shared_ptr<const frame_batch> bring(const std::shared_ptr<test::fake_connection>& connection,
                                           const frames& brought) {
    auto batch = test::make_batch(brought);
    caf::anon_send(consumer_of(connection), connection_frames{batch});
    run();
    return batch;
  }
};

class NoLinkTransfers : public LinkTransfers {
 protected:
  NoLinkTransfers() : LinkTransfers(false) {}
};

TEST_F(LinkTransfers, AreAnnounced) {
  EXPECT_TRUE(last_sent(*link_with_bob()).setup_p2p().transfers());
}

TEST_F(NoLinkTransfers, AreNotAnnounced) {
  EXPECT_FALSE(last_sent(*link_with_bob()).setup_p2p().transfers());
  ASSERT_EQ(log->store_links.size(), 1u);
  EXPECT_FALSE(log->store_links[0].transfers);
}

TEST_F(LinkTransfers, HearOfALinkAndWhetherTheOtherSideUnderstandsThem) {
  const auto link = link_with_bob();
  ASSERT_EQ(log->transfer_links.size(), 1u);
  const auto& ready = log->transfer_links[0];
  EXPECT_EQ(ready.name, "bob");
  EXPECT_EQ(ready.user, test::identity_of("bob").fingerprint());
  EXPECT_EQ(ready.path, path_kind::lan);
  EXPECT_EQ(ready.connection, link);
  EXPECT_TRUE(ready.transfers);
  ASSERT_EQ(log->store_links.size(), 1u);
  EXPECT_EQ(log->store_links[0].link, ready.link);

  tell_joined("cy", 3);
  accept_from("cy", 3, false);
  ASSERT_EQ(log->transfer_links.size(), 2u);
  EXPECT_FALSE(log->transfer_links[1].transfers);
}

TEST_F(LinkTransfers, GetTheirFramesWhichTheLinkAcknowledges) {
  const auto link = link_with_bob();
  const auto before = link->acknowledged;
  const auto batch =
      bring(link, {{frame_type::transfer, bytes(7)}, {frame_type::blocks, bytes(100)}});
  ASSERT_EQ(log->transfer_frames.size(), 1u);
  EXPECT_EQ(log->transfer_frames[0].link, log->transfer_links[0].link);
  EXPECT_EQ(log->transfer_frames[0].batch, batch);
  EXPECT_EQ(link->acknowledged - before, batch->wire_size());
  EXPECT_TRUE(log->store_frames.empty());
}

TEST_F(LinkTransfers, ShareWhatOneReadBroughtWithTheStoreWhichAcknowledgesTheRest) {
  const auto link = link_with_bob();
  const auto before = link->acknowledged;
  const auto batch = bring(link, {{frame_type::message, bytes(70)},
                                  {frame_type::blocks, bytes(100)},
                                  {frame_type::pong, bytes(8)},
                                  {frame_type::transfer, bytes(20)},
                                  {frame_type::receipt, bytes(19)}});
  ASSERT_EQ(log->store_frames.size(), 1u);
  ASSERT_EQ(log->transfer_frames.size(), 1u);
  EXPECT_EQ(log->store_frames[0].batch, batch);
  EXPECT_EQ(link->acknowledged - before, 100 + 20 + 2 * frame_header_size);
  EXPECT_EQ(log->store_frames[0].credit, 70 + 8 + 19 + 3 * frame_header_size);
  EXPECT_EQ(link->acknowledged - before + log->store_frames[0].credit, batch->wire_size());
}

TEST_F(LinkTransfers, GetWhatComesWithTheIntroductionOnceTheLinkIsOpen) {
  const auto link = make_connection(test::identity_of("cy"), 3, false);
  caf::anon_send(hub, connection_accepted{link});
  run();
  introduce(link, "cy", 3, true);
  ASSERT_TRUE(log->transfer_links.empty()) << "nobody knows her yet";
  const auto batch =
      bring(link, {{frame_type::transfer, bytes(7)}, {frame_type::message, bytes(50)}});
  EXPECT_TRUE(log->transfer_frames.empty());
  const auto before = link->acknowledged;
  const auto asked = last_sent(*relay);
  ASSERT_TRUE(asked.has_lookup());
  wire::Control answer;
  auto& found = *answer.mutable_lookup_result();
  found.set_query(asked.lookup().query());
  found.mutable_entry()->set_session(3);
  *found.mutable_entry()->mutable_record() = record_of("cy", 3);
  receive(relay, answer);
  ASSERT_EQ(log->transfer_links.size(), 1u);
  ASSERT_EQ(log->transfer_frames.size(), 1u);
  EXPECT_EQ(log->transfer_frames[0].batch, batch);
  EXPECT_EQ(link->acknowledged - before, 7 + frame_header_size);
  ASSERT_EQ(log->store_frames.size(), 1u);
  EXPECT_EQ(log->store_frames[0].credit, 50 + frame_header_size);
}

TEST_F(LinkTransfers, HearThatALinkHasDrainedAndThatItIsGone) {
  const auto link = link_with_bob();
  const auto number = log->transfer_links[0].link;
  caf::anon_send(consumer_of(link), connection_drained{});
  run();
  EXPECT_EQ(log->transfers_drained, std::vector{number});
  ASSERT_EQ(log->blocked.size(), 1u);
  EXPECT_EQ(log->blocked[0].route, number);
  EXPECT_FALSE(log->blocked[0].blocked);
  end(link, {close_reason::reset, "gone"});
  EXPECT_EQ(log->transfers_gone, std::vector{number});
}

TEST_F(LinkTransfers, OfASideThatDidNotAnnounceThemEndTheLink) {
  for (const auto type : {frame_type::transfer, frame_type::blocks}) {
    const auto link = accept_from("bob", 2, false);
    bring(link, {{type, bytes(20)}});
    ASSERT_TRUE(link->closed);
    EXPECT_EQ(link->closed->reason, close_reason::protocol);
    end(link, *link->closed);
  }
  EXPECT_TRUE(log->transfer_frames.empty());
}

TEST_F(NoLinkTransfers, EndALinkWhereNobodyTakesThem) {
  const auto link = link_with_bob();
  bring(link, {{frame_type::transfer, bytes(20)}});
  ASSERT_TRUE(link->closed);
  EXPECT_EQ(link->closed->reason, close_reason::protocol);
}

TEST_F(LinkTransfers, BeforeTheIntroductionEndTheConnection) {
  const auto link = make_connection(test::identity_of("bob"), 2, false);
  caf::anon_send(hub, connection_accepted{link});
  run();
  bring(link, {{frame_type::transfer, bytes(20)}});
  ASSERT_TRUE(link->closed);
  EXPECT_EQ(link->closed->reason, close_reason::protocol);
}

}  // namespace
}  // namespace hobnob
