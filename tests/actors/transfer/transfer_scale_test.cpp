// What is large, or very many, with nothing around the engines that would hold it.

#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_receiver.hpp"
#include "actors/transfer/transfer_sender.hpp"
#include "transport/frame.hpp"
#include "transport/wire/transfer.pb.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

/// Every 64 KiB of a file have an octet of their own.
std::byte octet_at(std::uint64_t offset) {
  const auto place = offset >> 16;
  return static_cast<std::byte>(place * 31 + (place >> 8) * 7);
}

/// Files that are made up as they are read.
class made_up_source final : public core::transfer_source {
 public:
  explicit made_up_source(std::function<core::transfer_entry(std::uint64_t)> entry,
                          std::uint64_t count)
      : entry_(std::move(entry)), count_(count) {}

  std::optional<core::transfer_fault> scan(core::transfer_summary& found) override {
    found = {"made up", count_, 0, 0};
    for (std::uint64_t i = 0; i < count_; ++i) {
      const auto each = entry_(i);
      found.files += each.kind == core::entry_kind::file ? 1 : 0;
      found.bytes += each.size;
    }
    return std::nullopt;
  }
  std::vector<core::transfer_entry> entries(std::uint64_t first, std::size_t count_max) override {
    std::vector<core::transfer_entry> result;
    for (; first < count_ && result.size() < count_max; ++first) result.push_back(entry_(first));
    return result;
  }
  std::optional<core::transfer_fault> read(std::uint64_t, std::uint64_t offset,
                                           std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min<std::size_t>(bytes.size(), 65536 - offset % 65536));
      std::memset(part.data(), std::to_integer<int>(octet_at(offset)), part.size());
      offset += part.size();
      bytes = bytes.subspan(part.size());
    }
    return std::nullopt;
  }

 private:
  std::function<core::transfer_entry(std::uint64_t)> entry_;
  std::uint64_t count_;
};

/// Looks at what comes and keeps nothing of it.
class checking_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  fault open(const core::transfer_summary&) override { return {}; }
  fault declare(std::uint64_t, std::span<const core::transfer_entry> entries) override {
    declared += entries.size();
    return {};
  }
  fault look(std::uint64_t, standing&) override { return {}; }
  fault read(std::uint64_t, std::uint64_t, std::span<std::byte>) override { return {}; }
  fault write(std::uint64_t, std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (bytes.front() != octet_at(offset) || bytes.back() != octet_at(offset + bytes.size() - 1))
      return core::transfer_fault{"misplaced", std::to_string(offset)};
    written += bytes.size();
    end = std::max(end, offset + bytes.size());
    return {};
  }
  fault finish(std::uint64_t, bool, std::string&) override {
    ++finished;
    return {};
  }
  fault close() override { return {}; }
  void discard() override {}

  std::uint64_t declared = 0, written = 0, end = 0, finished = 0;
};

struct TransferScale : ::testing::Test {
  static constexpr std::uint64_t MiB = 1024 * 1024;
  static constexpr core::transfer_id id{5, 1};

  void begin(std::function<core::transfer_entry(std::uint64_t)> entry, std::uint64_t count) {
    sender = std::make_unique<transfer_sender>(
        id, std::make_shared<made_up_source>(std::move(entry), count));
    ASSERT_FALSE(sender->scan());
    receiver = std::make_unique<transfer_receiver>(
        transfer_receiver_config{id, sender->summary(), sender->manifest_hash(), 8 * MiB, {}},
        sink);
    note(receiver->begin(to_sender));
  }

  void note(const std::optional<core::transfer_fault>& found) {
    if (found && fault.empty()) fault = found->code + ": " + found->detail;
  }

  /// Carries all that was said, and a frame of content. False if there was nothing.
  bool step() {
    const auto answers = std::exchange(to_sender, {});
    for (const auto& each : answers) {
      wire::Transfer message;
      EXPECT_EQ(decode_transfer(each.view(), message), id);
      note(sender->take(message, to_receiver));
    }
    note(sender->answer(to_receiver));
    const auto words = std::exchange(to_receiver, {});
    for (const auto& each : words) {
      wire::Transfer message;
      EXPECT_EQ(decode_transfer(each.view(), message), id);
      note(receiver->take(message, to_sender));
    }
    const bool content = sender->has_blocks();
    if (content && fault.empty()) {
      shared_slice payload;
      note(sender->next_blocks(data_frame_size_max, payload));
      note(receiver->take_blocks(payload.view(), to_sender));
    }
    return fault.empty() && (content || !answers.empty() || !words.empty() || !to_sender.empty());
  }

  /// Until all is there; the most memory that both sides needed, as far as the allocator counts.
  std::uint64_t run() {
    const auto in_use = [] {
      const auto now = ::mallinfo2();
      return static_cast<std::uint64_t>(now.uordblks + now.hblkhd);
    };
    const auto before = in_use();
    std::uint64_t most = 0;
    for (std::uint64_t steps = 0; step(); ++steps) {
      if (steps % 64 == 0) receiver->report(to_sender);
      if (steps % 64 == 0) most = std::max(most, in_use());
    }
    EXPECT_EQ(fault, "");
    EXPECT_TRUE(receiver->verified());
    EXPECT_TRUE(sender->done());
    return most > before ? most - before : 0;
  }

  std::shared_ptr<checking_sink> sink = std::make_shared<checking_sink>();
  std::unique_ptr<transfer_sender> sender;
  std::unique_ptr<transfer_receiver> receiver;
  transfer_sender::answers to_receiver;
  transfer_receiver::answers to_sender;
  std::string fault;
};

TEST_F(TransferScale, AFileAboveFourGibibytesArrivesWithEveryPartAtItsPlace) {
  const std::uint64_t size = 4096 * MiB + 5 * MiB + 17;
  begin(
      [&](std::uint64_t) {
        return core::transfer_entry{"film", core::entry_kind::file, size, 0};
      },
      1);
  const auto memory = run();
  EXPECT_EQ(sink->written, size);
  EXPECT_EQ(sink->end, size);
  EXPECT_EQ(receiver->bytes_done(), size);
  EXPECT_LT(memory, 32 * MiB);
}

TEST_F(TransferScale, AMillionTinyFilesNeedLittleMemory) {
#ifdef __SANITIZE_ADDRESS__
  constexpr std::uint64_t files = 100'000;  // A tenth: it takes as long.
#else
  constexpr std::uint64_t files = 1'000'000;
#endif
  begin(
      [](std::uint64_t number) {
        if (number == 0) return core::transfer_entry{"many", core::entry_kind::folder, 0, 0};
        return core::transfer_entry{"many/file " + std::to_string(number), core::entry_kind::file,
                                    number % 5, 1};
      },
      files + 1);
  const auto memory = run();
  EXPECT_EQ(sink->declared, files + 1);
  EXPECT_EQ(sink->finished, files + 1);
  EXPECT_EQ(receiver->files_done(), files);
  RecordProperty("memory_kib", static_cast<int>(memory / 1024));
  EXPECT_LT(memory, 32 * MiB);
}

}  // namespace
}  // namespace hobnob
