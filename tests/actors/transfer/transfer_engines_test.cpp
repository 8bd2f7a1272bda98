// A sender and a receiver against each other, with nothing but memory around them.

#include "actors/transfer/block_frame.hpp"
#include "transfer_pair.hpp"

namespace hobnob {
namespace {

constexpr std::size_t KiB = 1024;

struct TransferEngines : ::testing::Test {
  void add(const std::string& path, std::size_t size, std::uint32_t seed = 1) {
    pair.source->add_file(path, shared_slice::of(varied_content(size, seed)), 1);
  }

  transfer_pair pair;
};

TEST_F(TransferEngines, AFileGoesOver) {
  add("report.pdf", 3000 * KiB + 17);
  pair.start();
  pair.run();
  pair.expect_all_there();
  EXPECT_LT(pair.bytes_sent, 3000 * KiB + 17 + 2 * KiB) << "nothing went over twice";
  EXPECT_EQ(pair.receiver->stored(), std::vector<std::string>{"report.pdf"});
}

TEST_F(TransferEngines, AFileOfEveryOddSizeGoesOver) {
  for (const std::size_t size :
       {std::size_t{1}, 128 * KiB - 1, 128 * KiB, 128 * KiB + 1, 256 * KiB, 255 * KiB + 1000}) {
    add("f" + std::to_string(size), size, static_cast<std::uint32_t>(size));
  }
  pair.start();
  pair.run();
  pair.expect_all_there();
}

TEST_F(TransferEngines, OtherNamesThanThoseAcceptedAreRefused) {
  pair.source->add_folder("photos");
  add("photos/a", 10);
  add("report.pdf", 20);
  const auto offered = [&](std::vector<core::outermost_entry> named) {
    pair.start();
    auto summary = pair.sender->summary();
    EXPECT_EQ(summary.outermost,
              (std::vector<core::outermost_entry>{{"photos", core::entry_kind::folder, 1, 10},
                                                  {"report.pdf", core::entry_kind::file, 1, 20}}));
    summary.outermost = std::move(named);
    pair.receiver = std::make_unique<transfer_receiver>(
        transfer_receiver_config{pair.id, summary, pair.sender->manifest_hash(), pair.window, {}},
        std::make_shared<core::memory_sink>(pair.shelf));
    pair.receiver_fault.clear();
    pair.begin();
    pair.run();
    return pair.receiver_fault;
  };
  EXPECT_EQ(offered({{"photos", core::entry_kind::file, 1, 10}}), "source-changed");
  EXPECT_EQ(offered({{"photos", core::entry_kind::folder, 1, 10},
                     {"report.exe", core::entry_kind::file, 1, 20}}),
            "source-changed");
  EXPECT_EQ(offered({{"photos", core::entry_kind::folder, 1, 10},
                     {"report.pdf", core::entry_kind::file, 1, 2}}),
            "source-changed");
  EXPECT_EQ(offered({{"photos", core::entry_kind::folder, 1, 10}}), "");
  pair.expect_all_there();
}

TEST_F(TransferEngines, FoldersAndEmptyFilesNeedNoContent) {
  pair.source->add_folder("photos");
  pair.source->add_folder("photos/empty");
  add("photos/nothing", 0);
  pair.start();
  pair.run();
  pair.expect_all_there();
  EXPECT_EQ(pair.frames, 0);
}

TEST_F(TransferEngines, ManySmallFilesTravelTogether) {
  pair.source->add_folder("many");
  constexpr int files = 5000;
  for (int i = 0; i < files; ++i) {
    add("many/" + std::to_string(i), static_cast<std::size_t>(i) % 97,
        static_cast<std::uint32_t>(i));
  }
  pair.start();
  pair.run();
  pair.expect_all_there();
  EXPECT_LT(pair.frames, files / 250);
  EXPECT_LT(pair.requests, files / 250);
}

TEST_F(TransferEngines, NoMoreIsAskedForThanTheWindowAndABlock) {
  pair.window = 300 * KiB;
  add("a", 2000 * KiB);
  add("b", 2000 * KiB);
  pair.start();
  pair.run();
  pair.expect_all_there();
  EXPECT_LE(pair.most_under_way, (300 + 128) * KiB);
  EXPECT_GT(pair.most_under_way, 300 * KiB);
}

TEST_F(TransferEngines, ADamagedBlockIsAskedForAgain) {
  add("a", 1000 * KiB);
  pair.start();
  int damaged = 0;
  pair.on_blocks = [&](bytes& payload) {
    if (++damaged == 2) payload[payload.size() / 2] ^= std::byte{1};
  };
  pair.run();
  pair.expect_all_there();
  EXPECT_GT(pair.bytes_sent, 1100 * KiB);
}

TEST_F(TransferEngines, WhatKeepsComingDamagedIsGivenUp) {
  add("a", 100 * KiB);
  pair.start();
  pair.on_blocks = [](bytes& payload) { payload[payload.size() / 2] ^= std::byte{1}; };
  pair.run();
  EXPECT_EQ(pair.receiver_fault, "not-verified");
  EXPECT_FALSE(pair.shelf->closed);
}

TEST_F(TransferEngines, ANewLinkGoesOnWhereTheOldOneEnded) {
  add("a", 2000 * KiB);
  add("b", 500 * KiB, 2);
  for (int cut_after = 1; cut_after < 40; ++cut_after) {
    SCOPED_TRACE(cut_after);
    transfer_pair broken;
    broken.source = pair.source;
    broken.start();
    for (int round = 0; round < 200 && !broken.receiver->verified(); ++round) {
      for (int i = 0; i < cut_after + round && broken.step(); ++i) {
      }
      broken.begin();
    }
    broken.run();
    broken.expect_all_there();
  }
}

TEST_F(TransferEngines, LateContentOfAnOldRequestDoesNoHarm) {
  add("a", 2000 * KiB);
  pair.start();
  std::vector<bytes> sent;
  pair.on_blocks = [&](bytes& payload) { sent.push_back(payload); };
  for (int i = 0; i < 6; ++i) pair.step();
  ASSERT_FALSE(sent.empty());
  // The receiver begins anew on the same link; what was under way still comes.
  shared_slice late;
  ASSERT_FALSE(pair.sender->next_blocks(data_frame_size_max, late));
  pair.begin();
  for (const auto& payload : {byte_view{sent.front()}, late.view()})
    EXPECT_FALSE(pair.receiver->take_blocks(payload, pair.to_sender));
  pair.run();
  pair.expect_all_there();
}

TEST_F(TransferEngines, WhatAnEarlierRunLeftIsComparedAndNotSentAgain) {
  add("a", 4000 * KiB);
  pair.start();
  for (int i = 0; i < 14; ++i) pair.step();
  const auto held = pair.receiver->bytes_done();
  ASSERT_GT(held, 1000 * KiB);
  pair.bytes_sent = 0;
  pair.make_receiver();
  pair.run();
  pair.expect_all_there();
  EXPECT_LE(pair.bytes_sent, 4000 * KiB - held + 2 * 128 * KiB);
}

TEST_F(TransferEngines, WhatAnEarlierRunLeftDamagedIsRepaired) {
  add("a", 4000 * KiB);
  pair.start();
  for (int i = 0; i < 14; ++i) pair.step();
  ASSERT_GT(pair.receiver->bytes_done(), 1000 * KiB);
  pair.shelf->items[0].content[200 * KiB] ^= std::byte{1};
  pair.make_receiver();
  pair.run();
  pair.expect_all_there();
}

TEST_F(TransferEngines, BothProgramsMayStartAgain) {
  add("a", 2000 * KiB);
  add("b", 100);
  pair.start();
  for (int i = 0; i < 10; ++i) pair.step();
  const auto finished = pair.receiver->finished();
  pair.start();
  pair.make_receiver(finished);
  pair.run();
  pair.expect_all_there();
}

TEST_F(TransferEngines, AFullDiskIsNoEnd) {
  add("a", 2000 * KiB);
  pair.start();
  pair.shelf->room = 700 * KiB;
  pair.run();
  EXPECT_EQ(pair.receiver_fault, "disk-full");
  pair.receiver_fault.clear();
  pair.shelf->room = UINT64_MAX;
  pair.begin();
  pair.run();
  pair.expect_all_there();
}

TEST_F(TransferEngines, ASourceThatChangesEndsIt) {
  add("a", 2000 * KiB);
  pair.start();
  for (int i = 0; i < 5; ++i) pair.step();
  pair.source->change_file(0, shared_slice::of(varied_content(2000 * KiB, 9)));
  pair.run();
  EXPECT_EQ(pair.sender_fault, "source-changed");
}

TEST_F(TransferEngines, AnotherListThanTheOneOfferedIsNoticed) {
  add("a", 10);
  pair.sender = std::make_unique<transfer_sender>(pair.id, pair.source);
  ASSERT_FALSE(pair.sender->scan());
  auto other = pair.sender->manifest_hash();
  other[0] ^= 1;
  pair.receiver = std::make_unique<transfer_receiver>(
      transfer_receiver_config{pair.id, pair.sender->summary(), other, pair.window, {}},
      std::make_shared<core::memory_sink>(pair.shelf));
  pair.begin();
  pair.run();
  EXPECT_EQ(pair.receiver_fault, "source-changed");
}

TEST_F(TransferEngines, AReceiverWithOtherContentIsFoundOut) {
  add("a", 300 * KiB);
  pair.start();
  wire::Transfer lie = transfer_message(pair.id);
  while (pair.frames < 2) pair.step();
  auto& range = *lie.mutable_finished()->add_ranges();
  range.set_first(0);
  range.set_count(1);
  range.set_roots(std::string(16, 'x'));
  while (pair.sender->has_blocks()) pair.step();
  const auto fault = pair.sender->take(lie, pair.to_receiver);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "not-verified");
}

TEST_F(TransferEngines, TheSenderRefusesWhatThereIsNot) {
  pair.source->add_folder("d");
  add("d/a", 300 * KiB);
  pair.start();
  const auto refused = [&](const std::function<void(wire::Transfer&)>& write) {
    auto message = transfer_message(pair.id);
    write(message);
    transfer_sender sender{pair.id, pair.source};
    EXPECT_FALSE(sender.scan());
    transfer_sender::answers out;
    auto fault = sender.take(message, out);
    shared_slice payload;
    if (!fault) fault = sender.next_blocks(data_frame_size_max, payload);
    return fault ? fault->code : "";
  };
  const auto ask = [](std::uint32_t entry, std::uint64_t first, std::uint64_t count,
                      std::uint32_t entries) {
    return [=](wire::Transfer& message) {
      auto& range = *message.mutable_block_request()->add_ranges();
      range.set_entry(entry);
      range.set_first(first);
      range.set_count(count);
      range.set_entries(entries);
    };
  };
  EXPECT_EQ(refused(ask(1, 0, 3, 0)), "");
  EXPECT_EQ(refused(ask(0, 0, 0, 2)), "");
  EXPECT_EQ(refused(ask(1, 0, 4, 0)), "protocol");
  EXPECT_EQ(refused(ask(1, UINT64_MAX, 2, 0)), "protocol");
  EXPECT_EQ(refused(ask(2, 0, 1, 0)), "protocol");
  EXPECT_EQ(refused(ask(1, 0, 0, 2)), "protocol");
  EXPECT_EQ(refused(ask(0, 0, 0, UINT32_MAX)), "protocol");
  EXPECT_EQ(refused(ask(1, 0, 0, 0)), "protocol");
  EXPECT_EQ(refused([](auto& message) { message.mutable_manifest_request()->set_first(3); }),
            "protocol");
  EXPECT_EQ(refused([](auto& message) { message.mutable_manifest_request()->set_count(4097); }),
            "protocol");
  EXPECT_EQ(refused([](auto& message) {
              message.mutable_hash_request()->set_entry(1);
              message.mutable_hash_request()->set_first(2);
              message.mutable_hash_request()->set_count(UINT64_MAX);
            }),
            "protocol");
}

TEST_F(TransferEngines, TheReceiverEndsWithASenderThatFloods) {
  add("a", 300 * KiB);
  pair.start();
  block_frame_writer frame{pair.id, data_frame_size_max};
  frame.add(77, 0, frame.room());
  const auto payload = frame.take();
  std::optional<core::transfer_fault> fault;
  for (int i = 0; i < 2000 && !fault; ++i)
    fault = pair.receiver->take_blocks(payload.view(), pair.to_sender);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "protocol");
}

TEST_F(TransferEngines, ABlockThatGoesOnBehindItsEndIsRefused) {
  add("a", 100 * KiB);
  pair.start();
  pair.step();  // The manifest came, and block 0 is asked for.
  block_frame_writer frame{pair.id, data_frame_size_max};
  frame.add(0, 0, 100 * KiB + 1);
  const auto fault = pair.receiver->take_blocks(frame.take().view(), pair.to_sender);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, "protocol");
}

TEST_F(TransferEngines, ACompleteReceiverSaysSoAgain) {
  add("a", 100 * KiB);
  pair.start();
  pair.run();
  // The sender never heard of it and starts again.
  pair.sender = std::make_unique<transfer_sender>(pair.id, pair.source);
  ASSERT_FALSE(pair.sender->scan());
  pair.begin();
  pair.run();
  pair.expect_all_there();
}

}  // namespace
}  // namespace hobnob
