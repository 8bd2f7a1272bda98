// A receiver whose disk takes its time.

#include "actors/core/block_plan.hpp"
#include "actors/transfer/transfer_offer.hpp"
#include "actors/transfer/transfer_sender.hpp"
#include "tests/actors/transfer/lone_desk.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace hobnob::test {
namespace {

/// The disk does nothing until the test says so.
struct SlowSink : lone_desk {
  static constexpr std::size_t MiB = 1024 * 1024;
  static constexpr std::size_t file_size = 64 * MiB;

  static transfer_config settings() {
    transfer_config config;
    config.policy.accept = accept_policy::all;
    return config;
  }
  SlowSink() : lone_desk(settings(), {}, true) {}

  /// All that was asked for so far, in bytes, at the sender.
  std::size_t asked_for(const fake_connection& link) const {
    const core::block_plan plan{file_size};
    std::size_t bytes = 0;
    for (const auto& message : sent_on(link)) {
      for (const auto& range : message.block_request().ranges()) {
        const auto count = range.count() == 0 ? plan.count() : range.count();
        for (std::uint64_t i = 0; i < count; ++i) bytes += plan.size(range.first() + i);
      }
    }
    return bytes;
  }
};

TEST_F(SlowSink, NoMoreIsAskedForUntilItHasTakenWhatCame) {
  core::memory_source source;
  source.add_file("film", shared_slice::of(bytes(file_size, std::byte{7})));
  transfer_sender sender{{9}, std::make_shared<core::memory_source>(source)};
  ASSERT_FALSE(sender.scan());
  const auto link = open_link(1);
  auto offer = transfer_message({9});
  write_offer({sender.summary(), sender.manifest_hash(), {}, {}}, *offer.mutable_offer());
  receive(1, offer);
  std::size_t seen = 0, sent = 0, most = 0;
  const auto answer = [&] {
    const auto all = sent_on(*link);
    transfer_sender::answers said;
    for (; seen < all.size(); ++seen) ASSERT_FALSE(sender.take(all[seen], said));
    ASSERT_FALSE(sender.answer(said));
    for (const auto& each : said) receive(1, frame_type::transfer, each.view());
    while (sender.has_blocks()) {
      shared_slice payload;
      ASSERT_FALSE(sender.next_blocks(data_frame_size_max, payload));
      sent += payload.size();
      receive(1, frame_type::blocks, payload.view());
    }
  };
  const auto written = [&] { return shelf->items.empty() ? 0 : shelf->items[0].content.size(); };
  for (int rounds = 0; info({9}).state != transfer_state::verifying && rounds < 200; ++rounds) {
    answer();
    // However long the sender waits, it is asked for no more.
    pass(std::chrono::seconds{2});
    answer();
    most = std::max(most, sent - std::min(sent, written()));
    EXPECT_LE(asked_for(*link), written() + 9 * MiB);
    work_off();
  }
  EXPECT_LE(most, 9 * MiB) << "what waits for the disk: the window and a block";
  EXPECT_GT(most, 6 * MiB);
  answer();
  EXPECT_TRUE(shelf->closed);
}

/// There is a file of that name, with the same content.
class comparing_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  fault open(const core::transfer_summary&) override { return {}; }
  fault declare(std::uint64_t, std::span<const core::transfer_entry>) override { return {}; }
  fault look(std::uint64_t, standing& found) override {
    found.candidate = true;
    return {};
  }
  fault read(std::uint64_t, std::uint64_t, std::span<std::byte> out) override {
    std::fill(out.begin(), out.end(), std::byte{7});
    if (++reads == 3) at_third_read();
    return {};
  }
  fault write(std::uint64_t, std::uint64_t, std::span<const std::byte>) override { return {}; }
  fault finish(std::uint64_t, bool, std::string&) override { return {}; }
  fault close() override { return {}; }
  void discard() override {}

  int reads = 0;
  std::function<void()> at_third_read = [] {};
};

struct SlowComparison : lone_desk {
  static transfer_config settings(std::shared_ptr<comparing_sink> sink) {
    transfer_config config;
    config.policy.accept = accept_policy::all;
    config.make_sink = [sink](const transfer_config::sink_order&) { return sink; };
    return config;
  }

  SlowComparison() : SlowComparison(std::make_shared<comparing_sink>()) {}
  explicit SlowComparison(std::shared_ptr<comparing_sink> made)
      : lone_desk(settings(made), {}, true), sink(std::move(made)) {}

  void receive_all() {
    auto source = std::make_shared<core::memory_source>();
    source->add_file("film", shared_slice::of(bytes(20 * 1024 * 1024, std::byte{7})));
    transfer_sender sender{id, source};
    ASSERT_FALSE(sender.scan());
    const auto link = open_link(1);
    auto offer = transfer_message(id);
    write_offer({sender.summary(), sender.manifest_hash(), {}, {}}, *offer.mutable_offer());
    receive(1, offer);
    for (std::size_t seen = 0, rounds = 0; rounds < 10; ++rounds) {
      work_off();
      const auto all = sent_on(*link);
      transfer_sender::answers said;
      for (; seen < all.size(); ++seen) ASSERT_FALSE(sender.take(all[seen], said));
      while (sender.has_questions()) ASSERT_FALSE(sender.answer(said));
      for (const auto& each : said)
        receive(1, frame_type::transfer, {each.view().begin(), each.view().end()});
    }
  }

  const transfer_id id{9};
  std::shared_ptr<comparing_sink> sink;
};

TEST_F(SlowComparison, OfAWholeFileReadsAllOfIt) {
  receive_all();
  EXPECT_EQ(info(id).state, transfer_state::done);
  EXPECT_EQ(sink->reads, 160);
}

TEST_F(SlowComparison, EndsAtOnceWhenItIsCancelled) {
  sink->at_third_read = [&] { ask<transfer_order_result>(desk, cancel_transfer{id}); };
  receive_all();
  EXPECT_EQ(info(id).state, transfer_state::failed);
  EXPECT_EQ(sink->reads, 3);
}

TEST_F(SlowComparison, EndsAtOnceWhenTheProgramDoes) {
  sink->at_third_read = [&] {
    caf::anon_send_exit(peer, caf::exit_reason::user_shutdown);
    run();
  };
  receive_all();
  EXPECT_EQ(sink->reads, 3);
}

}  // namespace
}  // namespace hobnob::test
