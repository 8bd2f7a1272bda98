#include "tests/actors/transfer/lone_desk.hpp"

#include <algorithm>

namespace hobnob::test {
namespace {

using namespace std::chrono_literals;

struct SendingDesk : lone_desk {
  explicit SendingDesk(transfer_config settings = {}) : lone_desk(std::move(settings)) {}

  /// Bob accepts, and asks for everything.
  void ask_for_all(std::uint64_t link, const transfer_id& id) {
    auto message = transfer_message(id);
    message.mutable_accepted();
    receive(link, message);
    auto& range = *message.mutable_block_request()->add_ranges();
    range.set_entries(1);
    receive(link, message);
  }
};

TEST_F(SendingDesk, OffersOnEveryLinkUntilItHasEnded) {
  const auto id = send("bob", 1000);
  EXPECT_EQ(info(id).code, "no-link");
  EXPECT_EQ(log->links_wanted, std::vector<std::string>{"bob"});
  pass(46s);
  EXPECT_EQ(log->links_wanted.size(), 2u);
  const auto first = open_link(1);
  ASSERT_TRUE(last_on(*first).has_offer());
  EXPECT_EQ(last_on(*first).offer().bytes(), 1000u);
  EXPECT_EQ(info(id).state, transfer_state::offered);
  const auto second = open_link(2);
  EXPECT_TRUE(last_on(*second).has_offer());
  close_link(2);
  EXPECT_EQ(sent_on(*first).size(), 2u);  // Back to the one that is left.
  pass(5min);
  EXPECT_EQ(log->links_wanted.size(), 2u);  // There is a direct one.
}

TEST_F(SendingDesk, AProgramThatTakesNoFilesIsUnsupported) {
  const auto id = send("bob", 1000);
  const auto link = open_link(1, "bob", 1, false);
  EXPECT_EQ(info(id).state, transfer_state::failed);
  EXPECT_EQ(info(id).code, "unsupported");
  EXPECT_TRUE(link->sent.empty());
}

// Which does not know yet that it was replaced, and comes back again and again.
TEST_F(SendingDesk, AnEarlierStartOfTheUserGetsNothingWhileTheLaterOneHasALink) {
  const auto id = send("bob", 1000);
  const auto later = open_link(1, "bob", 1, true, 2);
  ASSERT_TRUE(last_on(*later).has_offer());
  const auto earlier = open_link(2, "bob", 1, false, 1);
  EXPECT_TRUE(earlier->sent.empty());
  EXPECT_EQ(info(id).state, transfer_state::offered);
  const auto another = open_link(3, "bob", 1, true, 2);
  EXPECT_TRUE(last_on(*another).has_offer());
  close_link(3);
  EXPECT_EQ(sent_on(*later).size(), 2u);
  EXPECT_TRUE(earlier->sent.empty());
}

TEST_F(SendingDesk, GoesOnWithNobodyElse) {
  const auto id = send("bob", 1000);
  open_link(1);
  close_link(1);
  const auto link = open_link(2, "bob", 2);
  EXPECT_EQ(info(id).code, "key-changed");
  EXPECT_TRUE(link->sent.empty());
}

TEST_F(SendingDesk, AReceiverThatAcceptsAndAsksForNothingIsOfferedItAgain) {
  // It has followed an offer on another link that is gone by now, and missed the last one on this.
  const auto id = send("bob", 1000);
  const auto link = open_link(1);
  auto accepted = transfer_message(id);
  accepted.mutable_accepted();
  receive(1, accepted);
  ASSERT_EQ(sent_on(*link).size(), 1u);
  pass(6s);
  ASSERT_EQ(sent_on(*link).size(), 2u);
  EXPECT_TRUE(last_on(*link).has_offer());
  receive(1, accepted);
  pass(6s);
  EXPECT_EQ(sent_on(*link).size(), 2u) << "each time it has more patience";
  pass(5s);
  EXPECT_EQ(sent_on(*link).size(), 3u);
  ask_for_all(1, id);
  const auto said = sent_on(*link).size();
  pass(60s);
  EXPECT_EQ(sent_on(*link).size(), said) << "it goes on";
}

TEST_F(SendingDesk, NoteAndLimitAreRememberedAndTheSameOrderAgainSetsAnotherLimit) {
  send_files order;
  order.to = "bob";
  order.sources = {"/home/ann/a"};
  order.note = "for you";
  order.limits.bytes_per_second = 1000;
  const auto make_source = [] {
    auto source = std::make_shared<core::memory_source>();
    source->add_file("a", shared_slice::of(bytes(10'000, std::byte{7})));
    return source;
  };
  order.source = make_source();
  const auto id = ask<transfer_started>(desk, send_files{order}).id;
  EXPECT_EQ(journal->records().at(id).note, "for you");
  EXPECT_EQ(journal->records().at(id).bytes_per_second, 1000u);
  EXPECT_EQ(info(id).note, "for you");
  order.limits.bytes_per_second = 500'000;
  order.source = make_source();
  EXPECT_EQ(ask<transfer_started>(desk, std::move(order)).id, id);
  run();
  EXPECT_EQ(journal->records().at(id).bytes_per_second, 500'000u);
  const auto link = open_link(1);
  EXPECT_EQ(last_on(*link).offer().note(), "for you");
  ASSERT_EQ(last_on(*link).offer().outermost_size(), 1);
  EXPECT_EQ(last_on(*link).offer().outermost(0).name(), "a");
}

TEST_F(SendingDesk, StopsWhenTheLinkIsFullAndGoesOnWhenItHasDrained) {
  const auto id = send("bob", 4'000'000);
  const auto link = open_link(1);
  link->status = send_status::full;
  ask_for_all(1, id);
  EXPECT_EQ(link->count(frame_type::blocks), 1u);
  caf::anon_send(desk, link_drained{1});
  run();
  EXPECT_EQ(link->count(frame_type::blocks), 2u);
  link->status = send_status::overflow;  // Others have filled it meanwhile: nothing is lost.
  caf::anon_send(desk, link_drained{1});
  run();
  link->status = send_status::sent;
  caf::anon_send(desk, link_drained{1});
  run();
  std::size_t bytes_sent = 0;
  for (const auto& sent : link->sent) {
    if (sent.type != frame_type::blocks) continue;
    EXPECT_EQ(sent.priority, frame_priority::bulk);
    block_frame_reader frame{sent.payload};
    while (!frame.at_end()) bytes_sent += frame.next()->data.size();
  }
  EXPECT_EQ(bytes_sent, 4'000'000u);
}

TEST_F(SendingDesk, AnotherUserGetsNothingOfIt) {
  const auto id = send("bob", 1000);
  open_link(1);
  const auto eve = open_link(2, "eve", 2);
  ask_for_all(2, id);
  EXPECT_EQ(eve->count(frame_type::blocks), 0u);
  EXPECT_EQ(last_on(*eve).end().code(), "unknown");
  auto message = transfer_message(id);
  message.mutable_end()->set_code("cancelled");
  receive(2, message);
  EXPECT_EQ(info(id).state, transfer_state::offered);
}

TEST_F(SendingDesk, WhatIsAskedWronglyEndsTheTransferOnly) {
  const auto id = send("bob", 1000);
  const auto link = open_link(1);
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  message.mutable_block_request()->add_ranges()->set_entry(7);
  receive(1, message);
  EXPECT_EQ(info(id).code, "protocol");
  EXPECT_EQ(last_on(*link).end().code(), "protocol");
  EXPECT_FALSE(link->closed);
}

TEST_F(SendingDesk, AReceiverThatNeverGoesOnIsGivenUp) {
  const auto id = send("bob", 1000);
  open_link(1);
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  pass(9min);
  EXPECT_EQ(info(id).state, transfer_state::running);
  pass(3min);
  EXPECT_EQ(info(id).code, "silent");
}

TEST_F(SendingDesk, TheSameFilesAgainGoOnUnlessTheyHaveChanged) {
  const auto send_again = [&](const std::string& content) {
    auto source = std::make_shared<core::memory_source>();
    source->add_file("a", shared_slice::copy_of(as_byte_view(content)));
    send_files order;
    order.to = "bob";
    order.source = std::move(source);
    order.sources = {"/a"};
    return ask<transfer_started>(desk, std::move(order)).id;
  };
  const auto link = open_link(1);
  const auto first = send_again("draft");
  EXPECT_EQ(send_again("draft"), first);
  const auto second = send_again("final version");
  EXPECT_NE(second, first);
  EXPECT_EQ(info(first).code, "source-changed");
  EXPECT_EQ(info(second).state, transfer_state::offered);
  EXPECT_EQ(last_on(*link).offer().bytes(), 13u);
}

TEST_F(SendingDesk, WhatHasEndedIsAnsweredFor) {
  const auto id = send("bob", 1000);
  const auto link = open_link(1);
  ask<transfer_order_result>(desk, cancel_transfer{id});
  EXPECT_EQ(last_on(*link).end().code(), "cancelled");
  link->sent.clear();
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  EXPECT_EQ(last_on(*link).end().code(), "cancelled");
  link->sent.clear();
  message.mutable_end()->set_code("cancelled");
  receive(1, message);
  EXPECT_TRUE(link->sent.empty());  // Nobody answers an end.
}

TEST_F(SendingDesk, KeepsTheLastHundredThatEndedForAWeek) {
  for (int i = 0; i < 105; ++i) {
    const auto id = send("bob", 10);
    ask<transfer_order_result>(desk, cancel_transfer{id});
  }
  EXPECT_EQ(ask<transfer_list>(desk, list_transfers{}).transfers.size(), 100u);
  EXPECT_EQ(journal->records().size(), 100u);
  pass(24h * 8);
  ask<transfer_order_result>(desk, cancel_transfer{send("bob", 10)});
  EXPECT_EQ(ask<transfer_list>(desk, list_transfers{}).transfers.size(), 1u);
  EXPECT_EQ(journal->records().size(), 1u);
}

TEST_F(SendingDesk, EndsWithItsPeerAndRemembersWhatIsUnderWay) {
  const auto id = send("bob", 1000);
  open_link(1);
  ask_for_all(1, id);
  self()->monitor(desk);
  caf::anon_send_exit(peer, caf::exit_reason::user_shutdown);
  run();
  bool ended = false;
  self()->receive([&](const caf::down_msg&) { ended = true; }, caf::after(0s) >> [] {});
  EXPECT_TRUE(ended);
  EXPECT_EQ(journal->records().at(id).state, "accepted");
}

TEST_F(SendingDesk, EachTransferIsTheFirstInItsTurnWhenTheLinkHasDrained) {
  std::vector<transfer_id> ids;
  const auto link = open_link(1);
  for (int i = 0; i < 3; ++i) ids.push_back(send("bob", 4'000'000));
  link->status = send_status::full;
  for (const auto& id : ids) ask_for_all(1, id);
  std::map<transfer_id, int> first;
  for (int i = 0; i < 9; ++i) {
    const auto before = link->sent.size();
    caf::anon_send(desk, link_drained{1});
    run();
    ASSERT_GT(link->sent.size(), before);
    ++first[*block_frame_owner(link->sent[before].payload)];
  }
  for (const auto& id : ids) EXPECT_EQ(first[id], 3);
}

struct SendingDeskWithARate : SendingDesk {
  static transfer_config settings() {
    transfer_config config;
    config.bytes_per_second = 1'000'000;
    config.running_max = 20;
    return config;
  }
  SendingDeskWithARate() : SendingDesk(settings()) {}

  std::map<transfer_id, int> frames_of(const fake_connection& link) {
    std::map<transfer_id, int> result;
    for (const auto& sent : link.sent) {
      if (sent.type == frame_type::blocks) ++result[*block_frame_owner(sent.payload)];
    }
    return result;
  }
};

TEST_F(SendingDeskWithARate, AllShareTheRate) {
  const auto link = open_link(1);
  std::vector<transfer_id> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(send("bob", 10'000'000));
  for (const auto& id : ids) ask_for_all(1, id);
  pass(9s);
  auto frames = frames_of(*link);
  for (const auto& id : ids) {
    EXPECT_GE(frames[id], 25);
    EXPECT_LE(frames[id], 35);
  }
}

TEST_F(SendingDeskWithARate, WhatIsSmallCostsNoMoreOfTheRateThanItIs) {
  const auto link = open_link(1);
  for (int i = 0; i < 20; ++i) ask_for_all(1, send("bob", 1000));
  pass(500ms);
  EXPECT_EQ(frames_of(*link).size(), 20u);
}

}  // namespace
}  // namespace hobnob::test
