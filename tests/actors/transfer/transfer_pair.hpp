#pragma once

#include "actors/core/block_plan.hpp"
#include "actors/core/memory_content.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_receiver.hpp"
#include "actors/transfer/transfer_sender.hpp"
#include "transport/frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

inline bytes varied_content(std::size_t size, std::uint32_t seed = 1) {
  bytes result(size);
  for (auto& each : result) {
    seed = seed * 1'664'525 + 1'013'904'223;
    each = static_cast<std::byte>(seed >> 24);
  }
  return result;
}

/// A sender and a receiver with a link between them that carries what they say, a step at a time.
class transfer_pair {
 public:
  transfer_pair() = default;

  /// After everything was added to `source`.
  void start() {
    sender = std::make_unique<transfer_sender>(id, other_source ? other_source : source);
    ASSERT_FALSE(sender->scan());
    make_receiver();
  }

  void make_receiver(core::block_set finished = {}) {
    receiver = std::make_unique<transfer_receiver>(
        transfer_receiver_config{id, sender->summary(), sender->manifest_hash(), window,
                                 std::move(finished), 0, 0, given_up},
        make_sink ? make_sink() : std::make_shared<core::memory_sink>(shelf));
    begin();
  }

  /// A new link.
  void begin() {
    to_receiver.clear();
    to_sender.clear();
    sender->forget_requests();
    note(receiver_fault, receiver->begin(to_sender));
  }

  /// Carries one frame each way. False if there was none.
  bool step() {
    const bool said = !to_sender.empty() || !to_receiver.empty() || sender->has_blocks() ||
                      sender->has_questions();
    if (!to_sender.empty()) {
      wire::Transfer message;
      EXPECT_EQ(decode_transfer(take(to_sender).view(), message), id);
      EXPECT_LE(message.ByteSizeLong(), control_frame_size_max);
      if (message.has_block_request()) note_request(message.block_request());
      note(sender_fault, sender->take(message, to_receiver));
    }
    if (sender_fault.empty()) note(sender_fault, sender->answer(to_receiver));
    if (!to_receiver.empty()) {
      wire::Transfer message;
      EXPECT_EQ(decode_transfer(take(to_receiver).view(), message), id);
      EXPECT_LE(message.ByteSizeLong(), control_frame_size_max);
      note(receiver_fault, receiver->take(message, to_sender));
    } else if (sender->has_blocks() && sender_fault.empty()) {
      shared_slice frame;
      note(sender_fault, sender->next_blocks(data_frame_size_max, frame));
      bytes payload(frame.view().begin(), frame.view().end());
      EXPECT_LE(payload.size(), data_frame_size_max);
      if (payload.empty()) return said;
      ++frames;
      bytes_sent += payload.size();
      under_way -= std::min<std::uint64_t>(under_way, payload.size());
      if (on_blocks) on_blocks(payload);
      note(receiver_fault, receiver->take_blocks(payload, to_sender));
    }
    return said && sender_fault.empty() && receiver_fault.empty();
  }

  /// Until nothing moves any more.
  void run() {
    for (int steps = 0; step(); ++steps) ASSERT_LT(steps, 100'000) << "it never ends";
  }

  void expect_all_there() {
    EXPECT_EQ(sender_fault, "");
    EXPECT_EQ(receiver_fault, "");
    EXPECT_TRUE(receiver->complete());
    EXPECT_TRUE(receiver->verified());
    EXPECT_TRUE(sender->done());
    EXPECT_TRUE(shelf->closed);
    const auto& summary = sender->summary();
    EXPECT_EQ(receiver->bytes_done(), summary.bytes);
    EXPECT_EQ(receiver->files_done(), summary.files);
    EXPECT_EQ(sender->bytes_done(), summary.bytes);
    EXPECT_EQ(receiver->finished().count(), summary.entries);
    for (std::uint64_t i = 0; i < summary.entries; ++i) {
      const auto entry = source->entries(i, 1).front();
      bytes expected(entry.size);
      EXPECT_FALSE(source->read(i, 0, expected));
      EXPECT_EQ(shelf->items[i].content, expected) << entry.path;
    }
  }

  const core::transfer_id id{4, 2};
  std::uint64_t window = 1024 * 1024;
  std::shared_ptr<core::memory_source> source = std::make_shared<core::memory_source>();
  std::shared_ptr<core::transfer_source> other_source;  ///< Instead of `source`.
  std::shared_ptr<core::memory_shelf> shelf = std::make_shared<core::memory_shelf>();
  std::function<std::shared_ptr<core::transfer_sink>()> make_sink;  ///< Instead of the shelf's.
  std::shared_ptr<std::atomic<bool>> given_up = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<transfer_sender> sender;
  std::unique_ptr<transfer_receiver> receiver;
  transfer_sender::answers to_receiver;
  transfer_receiver::answers to_sender;
  std::string sender_fault, receiver_fault;  ///< Their codes; empty: none.
  std::function<void(bytes&)> on_blocks;     ///< Sees, and may damage, every frame of content.
  std::uint64_t bytes_sent = 0;
  std::uint64_t under_way = 0;  ///< Asked for and not come.
  std::uint64_t most_under_way = 0;
  int frames = 0;
  int requests = 0;

 private:
  void note_request(const wire::BlockRequest& request) {
    ++requests;
    for (const auto& range : request.ranges()) {
      const auto entries = source->entries(range.entry(), range.count() == 0 ? range.entries() : 1);
      for (const auto& entry : entries) {
        const core::block_plan plan{entry.size};
        const auto end = range.count() == 0 ? plan.count() : range.first() + range.count();
        for (auto block = range.first(); block < end; ++block) under_way += plan.size(block);
      }
    }
    most_under_way = std::max(most_under_way, under_way);
  }

  static shared_slice take(std::vector<shared_slice>& from) {
    auto result = std::move(from.front());
    from.erase(from.begin());
    return result;
  }

  static void note(std::string& into, const std::optional<core::transfer_fault>& fault) {
    if (fault && into.empty()) into = fault->code;
  }
};

}  // namespace hobnob
