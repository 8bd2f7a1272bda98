// Sources that take their time.

#include "tests/actors/transfer/lone_desk.hpp"

#include <algorithm>

namespace hobnob::test {
namespace {

using namespace std::chrono_literals;

struct wanted_or_not final : core::transfer_source {
  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override {
    found = {"a", 1, 1, 1000};
    return std::nullopt;
  }
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t) override {
    if (first > 0) return {};
    return {{"a", core::entry_kind::file, 1000, 0}};
  }
  std::optional<core::transfer_fault> read(std::uint64_t, std::uint64_t,
                                           std::span<std::byte>) override {
    return std::nullopt;
  }
  void give_up() override { ++given_up; }

  int given_up = 0;
};

struct SlowSource : lone_desk {
  SlowSource() : lone_desk({}, {}, true) {}

  transfer_id send() {
    send_files order;
    order.to = "bob";
    order.source = source;
    return ask<transfer_started>(desk, std::move(order)).id;
  }

  /// What the background has begun with.
  std::function<void()> take_job() {
    auto job = std::move(held->front());
    held->pop_front();
    return job;
  }

  std::shared_ptr<wanted_or_not> source = std::make_shared<wanted_or_not>();
};

TEST_F(SlowSource, WhatIsBeingLookedThroughIsGivenUpWithItsTransfer) {
  const auto id = send();
  const auto job = take_job();
  ask<transfer_order_result>(desk, cancel_transfer{id});
  job();
  EXPECT_EQ(source->given_up, 1);
  run();
}

TEST_F(SlowSource, WhatIsBeingLookedThroughIsGivenUpWithTheProgram) {
  send();
  const auto job = take_job();
  caf::anon_send_exit(peer, caf::exit_reason::user_shutdown);
  run();
  job();
  EXPECT_EQ(source->given_up, 1);
}

TEST_F(SlowSource, WhatNobodyIsReadingMayBeSentAgain) {
  const auto id = send();
  work_off();
  ask<transfer_order_result>(desk, cancel_transfer{id});
  EXPECT_EQ(source->given_up, 0);
}

/// Ann was away when Bob accepted, and looks through a large folder when she comes back.
struct SlowStart : lone_desk {
  static transfer_config settings() {
    transfer_config config;
    config.open_source = [](const std::vector<std::string>&) {
      auto source = std::make_shared<core::memory_source>();
      source->add_file("a", shared_slice::of(bytes(1000, std::byte{7})));
      return source;
    };
    return config;
  }

  static core::transfer_record record() {
    core::transfer_record result;
    result.id = {1};
    result.user = "bob";
    result.key = fingerprint_number(1);
    result.summary = {"a", 1, 1, 1000};
    result.sources = {"/a"};
    result.state = "offered";
    return result;
  }

  SlowStart() : lone_desk(settings(), {record()}, true) {}
};

TEST_F(SlowStart, TheAnswerToAnEarlierOfferHoldsThoughTheFilesAreStillBeingLookedThrough) {
  const transfer_id id{1};
  const auto link = open_link(1);
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  EXPECT_EQ(last_on(*link).hold().code(), "queued") << "it is not to pass for silence";
  pass(9min);
  work_off();
  const auto said = sent_on(*link);
  EXPECT_TRUE(
      std::any_of(said.begin(), said.end(), [](const auto& each) { return each.has_offer(); }));
  message.mutable_manifest_request()->set_count(1);
  receive(1, message);
  work_off();
  EXPECT_EQ(info(id).state, transfer_state::running);
  EXPECT_TRUE(last_on(*link).has_manifest());
}

}  // namespace
}  // namespace hobnob::test
