#include "tests/actors/transfer/lone_desk.hpp"

#include <algorithm>

namespace hobnob::test {
namespace {

using namespace std::chrono_literals;

transfer_config accepting_all() {
  transfer_config config;
  config.policy.accept = accept_policy::all;
  return config;
}

struct ReceivingDesk : lone_desk {
  ReceivingDesk() : lone_desk(accepting_all()) {}
};

TEST_F(ReceivingDesk, FramesThatDoNotCheckCloseTheLink) {
  for (const auto type : {frame_type::transfer, frame_type::blocks}) {
    const auto link = open_link(1);
    receive(1, type, bytes(5, std::byte{0xff}));
    ASSERT_TRUE(link->closed);
    EXPECT_EQ(link->closed->reason, close_reason::protocol);
    close_link(1);
  }
}

TEST_F(ReceivingDesk, AnOfferThatDoesNotCheckClosesTheLink) {
  auto offer = offer_of({1}, 10);
  offer.mutable_offer()->set_manifest_hash("short");
  const auto link = open_link(1);
  receive(1, offer);
  EXPECT_TRUE(link->closed);
  EXPECT_TRUE(log->latest.empty());
}

TEST_F(ReceivingDesk, NobodyKnowsWhatNobodyOffered) {
  const auto link = open_link(1);
  block_frame_writer frame{{9}, 1000};
  frame.add(0, 0, 10);
  receive(1, frame_type::blocks, frame.take().view());
  EXPECT_EQ(last_on(*link).end().code(), "unknown");
  EXPECT_FALSE(link->closed);
}

TEST_F(ReceivingDesk, AnOfferThatComesAgainOnTheSameLinkBeginsAgain) {
  // The sender chose another link for a moment, which this side never saw.
  const transfer_id id{1};
  const auto link = open_link(1);
  receive(1, offer_of(id, 1'000'000));
  ASSERT_EQ(info(id).state, transfer_state::running);
  const auto before = sent_on(*link).size();
  receive(1, offer_of(id, 1'000'000));
  const auto all = sent_on(*link);
  ASSERT_EQ(all.size(), before + 2);
  EXPECT_TRUE(all[before].has_accepted());
  EXPECT_TRUE(all[before + 1].has_manifest_request());
  EXPECT_EQ(info(id).state, transfer_state::running);
}

TEST_F(ReceivingDesk, ContentThatNobodyAskedForIsNotKept) {
  const transfer_id id{1};
  const auto link = open_link(1);
  receive(1, offer_of(id, 1'000'000));
  ASSERT_EQ(info(id).state, transfer_state::running);
  EXPECT_TRUE(last_on(*link).has_manifest_request());
  for (int i = 0; i < 2000 && info(id).state == transfer_state::running; ++i) {
    block_frame_writer frame{id, 200'000};
    frame.add(0, 0, frame.room());
    receive(1, frame_type::blocks, frame.take().view());
  }
  EXPECT_EQ(info(id).code, "protocol");
  EXPECT_EQ(shelf->used, 0u);
  EXPECT_TRUE(shelf->discarded);
}

TEST_F(ReceivingDesk, AnotherListThanTheOneOfferedIsNoted) {
  const transfer_id id{1};
  open_link(1);
  receive(1, offer_of(id, 10));
  auto manifest = transfer_message(id);
  auto& entry = *manifest.mutable_manifest()->add_entries();
  entry.set_path("a");
  entry.set_size(10);
  receive(1, manifest);
  EXPECT_EQ(info(id).code, "source-changed");
}

TEST_F(ReceivingDesk, FollowsTheSenderToAnotherLink) {
  const transfer_id id{1};
  open_link(1);
  const auto second = open_link(2);
  receive(1, offer_of(id, 10));
  receive(2, offer_of(id, 10));
  EXPECT_TRUE(last_on(*second).has_manifest_request());
  close_link(1);
  EXPECT_EQ(info(id).state, transfer_state::running);
  close_link(2);
  EXPECT_EQ(info(id).code, "no-link");
}

TEST_F(ReceivingDesk, OneUserDoesNotOfferWithoutEnd) {
  const auto link = open_link(1);
  for (std::uint8_t i = 1; i <= 150; ++i) receive(1, offer_of({i}, 10));
  EXPECT_EQ(log->latest.size(), 100u);
  pass(1min);
  EXPECT_EQ(log->latest.size(), 100u);
  const auto said = sent_on(*link);
  EXPECT_EQ(std::count_if(said.begin(), said.end(),
                          [](const auto& each) { return each.end().code() == "refused"; }),
            50);
}

TEST_F(ReceivingDesk, OffersThatComeFasterThanAnybodyCouldAnswerWait) {
  open_link(1);
  const auto id_number = [](int i) {
    return transfer_id{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), 1};
  };
  for (int i = 1; i <= 1000; ++i) {
    receive(1, offer_of(id_number(i), 10));
    auto end = transfer_message(id_number(i));
    end.mutable_end()->set_code("cancelled");
    receive(1, end);
  }
  EXPECT_EQ(log->latest.size(), 100u) << "what was withdrawn meanwhile is no offer";
  receive(1, offer_of(id_number(2000), 10));
  EXPECT_EQ(log->latest.size(), 100u);
  const auto other = open_link(2, "cat", 2);
  receive(2, offer_of(id_number(3000), 10));
  EXPECT_EQ(log->latest.size(), 101u) << "others do not wait";
  pass(2s);
  EXPECT_EQ(info(id_number(2000)).state, transfer_state::running);
}

/// Ann comes back, with transfers she remembers.
struct ReturningDesk : lone_desk {
  using cleaned = std::vector<std::size_t>;

  static transfer_config settings(const std::shared_ptr<cleaned>& calls) {
    transfer_config config;
    config.clean_up = [calls](const auto& remembered, std::int64_t) {
      calls->push_back(remembered.size());
    };
    return config;
  }

  static std::vector<core::transfer_record> records() {
    core::transfer_record failed;
    failed.id = {1};
    failed.direction = transfer_direction::receiving;
    failed.user = "bob";
    failed.state = "failed:cancelled";
    failed.expires_ms = INT64_MAX;
    return {failed};
  }

  explicit ReturningDesk(std::shared_ptr<cleaned> calls = std::make_shared<cleaned>())
      : lone_desk(settings(calls), records()), clean_ups(std::move(calls)) {}

  std::shared_ptr<cleaned> clean_ups;
};

TEST_F(ReturningDesk, WhatIsRememberedIsCleanedUpOnce) {
  open_link(1);
  pass(1h);
  EXPECT_EQ(*clean_ups, cleaned{1});
}

struct AskingDesk : lone_desk {};

TEST_F(AskingDesk, AnOfferIsToldOnceWhateverTheSenderRepeats) {
  const transfer_id id{1};
  const auto link = open_link(1);
  for (int i = 0; i < 3; ++i) receive(1, offer_of(id, 10));
  EXPECT_EQ(log->offers.size(), 1u);
  EXPECT_TRUE(link->sent.empty());
  EXPECT_GT(log->offers[0].expires_ms, 0);
  EXPECT_EQ(journal->records().at(id).state, "offered");
}

TEST_F(AskingDesk, ProgressIsToldAtMostFourTimesASecond) {
  const auto id = send("bob", 8'000'000);
  const auto link = open_link(1);
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  auto request = transfer_message(id);
  request.mutable_block_request()->add_ranges()->set_entries(1);
  receive(1, request);
  const auto before = log->events;
  auto finished = transfer_message(id);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    finished.mutable_finished()->set_bytes_done(i * 1000);
    receive(1, finished);
    pass(10ms);
  }
  EXPECT_GE(log->events - before, 6u);
  EXPECT_LE(log->events - before, 10u);
  EXPECT_GT(info(id).bytes_per_second, 50'000u);
}

}  // namespace
}  // namespace hobnob::test
