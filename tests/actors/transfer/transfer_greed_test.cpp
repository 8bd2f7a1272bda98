// The other side asks for, or sends, as much as it can: what is done and kept at once is bounded.

#include "tests/actors/transfer/lone_desk.hpp"
#include "tests/actors/transfer/transfer_pair.hpp"

#include <algorithm>
#include <set>

namespace hobnob::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t MiB = 1024 * 1024;

/// Files of zeros that take no memory.
class endless_source final : public core::transfer_source {
 public:
  explicit endless_source(std::vector<core::transfer_entry> entries)
      : entries_(std::move(entries)) {}

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override {
    found = {"x", entries_.size(), entries_.size(), 0};
    for (const auto& entry : entries_) found.bytes += entry.size;
    return std::nullopt;
  }
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override {
    if (first >= entries_.size()) return {};
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = std::min<std::size_t>(count_max, entries_.size() - first);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
  }
  std::optional<core::transfer_fault> read(std::uint64_t, std::uint64_t,
                                           std::span<std::byte> bytes) override {
    std::fill(bytes.begin(), bytes.end(), std::byte{});
    bytes_read += bytes.size();
    return std::nullopt;
  }

  std::uint64_t bytes_read = 0;

 private:
  std::vector<core::transfer_entry> entries_;
};

/// Takes everything and keeps nothing.
class empty_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;
  fault open(const core::transfer_summary&) override { return {}; }
  fault declare(std::uint64_t, std::span<const core::transfer_entry>) override { return {}; }
  fault look(std::uint64_t, standing& found) override {
    found = {};
    return {};
  }
  fault read(std::uint64_t, std::uint64_t, std::span<std::byte>) override { return {}; }
  fault write(std::uint64_t, std::uint64_t, std::span<const std::byte>) override { return {}; }
  fault finish(std::uint64_t, bool, std::string&) override { return {}; }
  fault close() override { return {}; }
  void discard() override {}
};

core::transfer_entry file(std::string path, std::uint64_t size) {
  return {std::move(path), core::entry_kind::file, size, 0};
}

std::size_t size_of(const transfer_sender::answers& said) {
  std::size_t size = 0;
  for (const auto& each : said) size += each.size();
  return size;
}

TEST(TransferGreed, EntriesAreSaidALittleAtATimeHoweverManyAreAskedFor) {
  const core::transfer_id id{1};
  const std::vector<core::transfer_entry> entries(4000, file(std::string(4000, 'x'), 0));
  transfer_sender sender{id, std::make_shared<endless_source>(entries)};
  ASSERT_FALSE(sender.scan());
  auto message = transfer_message(id);
  message.mutable_manifest_request()->set_count(4000);
  transfer_sender::answers said;
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(sender.take(message, said));
  std::size_t messages = 0;
  while (sender.has_questions()) {
    ASSERT_FALSE(sender.answer(said));
    ASSERT_FALSE(said.empty());
    EXPECT_LE(size_of(said), MiB);
    messages += said.size();
    said.clear();
  }
  EXPECT_GT(messages, 3u * 4000 / 16);
}

TEST(TransferGreed, HashesAreMadeALittleAtATimeHoweverManyAreAskedFor) {
  const core::transfer_id id{1};
  const auto source = std::make_shared<endless_source>(
      std::vector<core::transfer_entry>{file("a", 200 * MiB), file("b", 0)});
  transfer_sender sender{id, source};
  ASSERT_FALSE(sender.scan());
  auto message = transfer_message(id);
  message.mutable_hash_request()->set_count(1000);
  transfer_sender::answers said;
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(sender.take(message, said));
  while (sender.has_questions()) {
    const auto before = source->bytes_read;
    ASSERT_FALSE(sender.answer(said));
    EXPECT_LE(source->bytes_read - before, 17 * MiB);
  }
  EXPECT_EQ(said.size(), 3u);
  EXPECT_EQ(source->bytes_read, 125 * MiB) << "what is known is not read again";
}

TEST(TransferGreed, MoreQuestionsThanAnyReceiverHasEndIt) {
  const core::transfer_id id{1};
  transfer_sender sender{
      id, std::make_shared<endless_source>(std::vector<core::transfer_entry>{file("a", 1)})};
  ASSERT_FALSE(sender.scan());
  auto message = transfer_message(id);
  message.mutable_hash_request()->set_count(1);
  transfer_sender::answers said;
  std::optional<core::transfer_fault> fault;
  for (int i = 0; i < 100'000 && !fault; ++i) fault = sender.take(message, said);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "protocol");
}

TEST(TransferGreed, AFileOfMoreThan16TiBIsNeitherSentNorReceived) {
  const core::transfer_id id{1};
  const std::uint64_t size = std::uint64_t{1} << 62;
  transfer_sender sender{
      id, std::make_shared<endless_source>(std::vector<core::transfer_entry>{file("a", size)})};
  const auto not_sent = sender.scan();
  ASSERT_TRUE(not_sent);
  EXPECT_EQ(not_sent->code, "too-large");

  transfer_receiver receiver{{id, {"a", 1, 1, size}, {}, 8 * MiB, {}},
                             std::make_shared<empty_sink>()};
  transfer_receiver::answers out;
  ASSERT_FALSE(receiver.begin(out));
  auto message = transfer_message(id);
  auto& entry = *message.mutable_manifest()->add_entries();
  entry.set_path("a");
  entry.set_size(size);
  const auto not_received = receiver.take(message, out);
  ASSERT_TRUE(not_received);
  EXPECT_EQ(not_received->code, "too-large");
}

TEST(TransferGreed, WhatComesLateAfterManyPausesIsNoFault) {
  const core::transfer_id id{1};
  transfer_sender sender{id, std::make_shared<endless_source>(
                                 std::vector<core::transfer_entry>{file("a", 1024 * MiB)})};
  ASSERT_FALSE(sender.scan());
  transfer_receiver receiver{{id, sender.summary(), sender.manifest_hash(), 8 * MiB, {}},
                             std::make_shared<empty_sink>()};
  transfer_receiver::answers asked;
  transfer_sender::answers said;
  ASSERT_FALSE(receiver.begin(asked));
  const auto tell_sender = [&] {
    for (const auto& each : std::exchange(asked, {})) {
      wire::Transfer message;
      ASSERT_TRUE(decode_transfer(each.view(), message));
      ASSERT_FALSE(sender.take(message, said));
    }
    ASSERT_FALSE(sender.answer(said));
  };
  tell_sender();
  wire::Transfer manifest;
  ASSERT_TRUE(decode_transfer(said.front().view(), manifest));
  ASSERT_FALSE(receiver.take(manifest, asked));
  for (int pauses = 0; pauses < 60; ++pauses) {
    SCOPED_TRACE(pauses);
    tell_sender();
    ASSERT_FALSE(receiver.begin(asked));  // It asks again for what is under way.
    tell_sender();
    while (sender.has_blocks()) {
      shared_slice frame;
      ASSERT_FALSE(sender.next_blocks(data_frame_size_max, frame));
      const auto fault = receiver.take_blocks(frame.view(), asked);
      ASSERT_FALSE(fault) << fault->detail;
    }
  }
}

// Messages of the answer to a void request end elsewhere than those of the new one.
TEST(TransferGreed, AManifestOfWhichAPartComesLateAndThenAgainIsTakenOnce) {
  const core::transfer_id id{1};
  std::vector<core::transfer_entry> entries;
  for (int i = 0; i < 3000; ++i)
    entries.push_back(file(std::string(200, 'x') + std::to_string(i), 0));
  transfer_sender sender{id, std::make_shared<endless_source>(entries)};
  ASSERT_FALSE(sender.scan());
  transfer_receiver receiver{{id, sender.summary(), sender.manifest_hash(), 8 * MiB, {}},
                             std::make_shared<empty_sink>()};
  transfer_receiver::answers asked;
  const auto answers = [&] {
    transfer_sender::answers said;
    for (const auto& each : std::exchange(asked, {})) {
      wire::Transfer message;
      EXPECT_TRUE(decode_transfer(each.view(), message));
      EXPECT_FALSE(sender.take(message, said));
    }
    for (auto before = said.size() + 1; before != said.size();) {
      before = said.size();
      EXPECT_FALSE(sender.answer(said));
    }
    return said;
  };
  const auto tell_receiver = [&](const shared_slice& said) {
    wire::Transfer message;
    ASSERT_TRUE(decode_transfer(said.view(), message));
    ASSERT_FALSE(receiver.take(message, asked));
  };
  ASSERT_FALSE(receiver.begin(asked));
  const auto late = answers();
  ASSERT_GT(late.size(), 4u);
  tell_receiver(late[0]);
  asked.clear();
  ASSERT_FALSE(receiver.begin(asked));
  const auto again = answers();
  tell_receiver(late[1]);
  tell_receiver(late[2]);
  for (const auto& each : again) tell_receiver(each);
  for (auto more = answers(); !more.empty(); more = answers()) {
    for (const auto& each : more) tell_receiver(each);
  }
  EXPECT_TRUE(receiver.complete());
}

struct GreedySender : lone_desk {
  static transfer_config settings() {
    transfer_config config;
    config.policy.accept = accept_policy::all;
    config.running_max = 100;
    return config;
  }

  GreedySender() : lone_desk(settings(), {}, true) {}
};

TEST_F(GreedySender, ASmallFrameKeepsNothingOfWhatCameWithIt) {
  const auto link = open_link(1);
  receive(1, offer_of({1}, 100 * MiB));
  work_off();
  block_frame_writer frame{{1}, 1000};
  std::ranges::fill(frame.add(0, 0, 10), std::byte{'x'});
  const auto small = frame.take();
  bytes all(small.view().begin(), small.view().end());
  all.resize(60'000);
  auto buffer = std::make_shared<const bytes>(std::move(all));
  const std::weak_ptr<const bytes> watched = buffer;
  const std::vector<frame_batch::entry> entries{
      {frame_type::blocks, 0, static_cast<std::uint32_t>(small.size())}};
  caf::anon_send(
      desk,
      link_frames{1, std::make_shared<const frame_batch>(shared_slice{std::move(buffer)}, entries),
                  0});
  run();
  EXPECT_TRUE(watched.expired());
}

TEST_F(GreedySender, WhatIsTooMuchInAllIsAskedForAgain) {
  const auto link = open_link(1);
  std::vector<transfer_id> ids;
  for (std::uint8_t i = 1; i <= 10; ++i) ids.push_back({i});
  for (const auto& id : ids) receive(1, offer_of(id, 100 * MiB));
  work_off();
  link->sent.clear();
  for (const auto& id : ids) {
    for (int i = 0; i < 50; ++i) {
      block_frame_writer frame{id, 200'000};
      frame.add(0, 0, frame.room());
      receive(1, frame_type::blocks, frame.take().view());
    }
  }
  work_off();
  std::set<std::string> asked_again;
  for (const auto& message : sent_on(*link)) {
    if (message.has_manifest_request()) asked_again.insert(message.id());
  }
  EXPECT_GE(asked_again.size(), 5u);
  EXPECT_LT(asked_again.size(), 10u);
  for (const auto& id : ids) EXPECT_EQ(info(id).state, transfer_state::running) << info(id).detail;
}

TEST_F(GreedySender, NoThreadIsKeptForWhatDoesNotCome) {
  open_link(1);
  receive(1, offer_of({1}, 100));
  work_off();
  for (int i = 0; i < 100; ++i) {
    pass(250ms);
    work_off();
  }
  pass(1min);
  EXPECT_TRUE(held->empty());
  EXPECT_EQ(info({1}).state, transfer_state::running);
}

TEST_F(GreedySender, ComparingIsDoneALittleAtATime) {
  constexpr std::size_t size = 20 * MiB;
  auto made = std::make_shared<core::memory_source>();
  for (const auto* name : {"a", "b"}) made->add_file(name, shared_slice::of(bytes(size)));
  const transfer_id id{1};
  transfer_sender sender{id, made};
  ASSERT_FALSE(sender.scan());
  for (std::uint64_t i = 0; i < 2; ++i)
    shelf->items.push_back({made->entries(i, 1).front(), bytes(size), false});
  open_link(1);
  auto offer = offer_of(id, 2 * size);
  offer.mutable_offer()->set_entries(2);
  offer.mutable_offer()->set_files(2);
  offer.mutable_offer()->set_manifest_hash(hash_text(sender.manifest_hash()));
  receive(1, offer);
  work_off();
  auto question = transfer_message(id);
  question.mutable_manifest_request()->set_count(2);
  transfer_sender::answers said;
  ASSERT_FALSE(sender.take(question, said));
  ASSERT_FALSE(sender.answer(said));
  wire::Transfer manifest;
  ASSERT_TRUE(decode_transfer(said.front().view(), manifest));
  receive(1, manifest);
  work_off();
  for (std::uint32_t entry = 0; entry < 2; ++entry) {
    question.mutable_hash_request()->set_entry(entry);
    question.mutable_hash_request()->set_count(core::block_plan{size}.count());
    ASSERT_FALSE(sender.take(question, said));
  }
  said.clear();
  while (sender.has_questions()) ASSERT_FALSE(sender.answer(said));
  ASSERT_EQ(said.size(), 2u);
  std::vector<std::pair<frame_type, bytes>> both;
  for (const auto& each : said)
    both.push_back({frame_type::transfer, {each.view().begin(), each.view().end()}});
  caf::anon_send(desk, link_frames{1, make_batch(both), 0});
  run();
  int jobs = 0;
  while (!held->empty()) {
    const auto job = std::move(held->front());
    held->pop_front();
    job();
    run();
    ++jobs;
    pass(250ms);
    EXPECT_EQ(info(id).bytes_done, std::min<std::uint64_t>(2, static_cast<unsigned>(jobs)) * size);
    if (jobs > 20) break;
  }
  EXPECT_GE(jobs, 2);
}

struct GreedyReceiver : lone_desk {};

TEST_F(GreedyReceiver, IsAnsweredNoFasterThanTheLinkTakesIt) {
  send_files order;
  order.to = "bob";
  order.source = std::make_shared<endless_source>(
      std::vector<core::transfer_entry>(4000, file(std::string(4000, 'x'), 0)));
  const auto id = ask<transfer_started>(desk, std::move(order)).id;
  const auto link = open_link(1);
  auto message = transfer_message(id);
  message.mutable_accepted();
  receive(1, message);
  link->status = send_status::full;
  message.mutable_manifest_request()->set_count(4000);
  const auto before = link->sent.size();
  for (int i = 0; i < 10; ++i) receive(1, message);
  EXPECT_LT(link->sent.size() - before, 30u);
  caf::anon_send(desk, link_drained{1});
  run();
  EXPECT_GT(link->sent.size() - before, 10u);
  EXPECT_LT(link->sent.size() - before, 60u);
  link->status = send_status::sent;
  caf::anon_send(desk, link_drained{1});
  run();
  EXPECT_GT(link->sent.size() - before, 10u * 4000 / 16);
}

}  // namespace
}  // namespace hobnob::test
