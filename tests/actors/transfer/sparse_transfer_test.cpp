// Files with holes: what is not there takes neither time nor room.

#include "actors/storage/file_sink.hpp"
#include "actors/transfer/block_frame.hpp"
#include "tests/actors/storage/temporary_folder.hpp"
#include "tests/actors/transfer/sparse_content.hpp"
#include "transfer_pair.hpp"

#include <sys/stat.h>

namespace hobnob {
namespace {

struct SparseTransfer : ::testing::Test {
  static constexpr std::uint64_t KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB, TiB = 1024 * GiB;

  void send(std::uint64_t size, islands data) {
    sent = std::move(data);
    image = std::make_shared<sparse_source>(size, sent);
    pair.other_source = image;
  }

  void keep_holes() {
    pair.make_sink = [this] { return std::make_shared<sparse_sink>(kept); };
  }

  void keep_files() {
    pair.make_sink = [this] { return std::make_shared<file_sink>(where.path(), pair.id); };
  }

  void expect_verified() {
    EXPECT_EQ(pair.sender_fault, "");
    EXPECT_EQ(pair.receiver_fault, "");
    EXPECT_TRUE(pair.receiver->verified());
    EXPECT_EQ(pair.receiver->bytes_done(), pair.sender->summary().bytes);
    EXPECT_EQ(pair.receiver->bytes_awaited(), 0u);
  }

  /// Bytes that the file takes on disk.
  std::uint64_t room_of(const std::string& name) {
    struct stat found {};
    EXPECT_EQ(::stat((where / name).c_str(), &found), 0);
    return static_cast<std::uint64_t>(found.st_blocks) * 512;
  }

  /// A frame with one piece that is a hole.
  static shared_slice hole(const core::transfer_id& id, std::uint64_t offset, std::uint64_t size,
                           std::optional<core::content_hash> hash) {
    block_frame_writer frame{id, 1000};
    frame.add_hole(0, offset, size);
    if (hash) frame.add_hash(*hash);
    return frame.take();
  }

  /// A receiver that has the manifest and has asked for the first content.
  void until_asked() {
    pair.start();
    while (pair.receiver->bytes_awaited() == 0) ASSERT_TRUE(pair.step());
  }

  std::string take(const shared_slice& frame) {
    const auto fault = pair.receiver->take_blocks(frame.view(), pair.to_sender);
    return fault ? fault->code : "";
  }

  const temporary_folder where;
  transfer_pair pair;
  islands sent;
  std::shared_ptr<sparse_source> image;
  std::shared_ptr<sparse_shelf> kept = std::make_shared<sparse_shelf>();
};

TEST_F(SparseTransfer, HolesOfAnySizeAndPlaceArriveAsZeros) {
  send(3 * MiB + 77, {{5, varied_content(10)},
                      {100 * KiB, varied_content(60 * KiB)},
                      {MiB, varied_content(128 * KiB)},
                      {2 * MiB - 1, varied_content(2)}});
  pair.start();
  pair.run();
  expect_verified();
  bytes expected(3 * MiB + 77);
  read_islands(sent, 0, expected);
  EXPECT_EQ(pair.shelf->items[0].content, expected);
  EXPECT_LT(pair.bytes_sent, 192 * KiB);
  EXPECT_EQ(image->bytes_read, 188 * KiB + 12);
}

TEST_F(SparseTransfer, ATerabyteOfNothingTakesNeitherTimeNorRoundTrips) {
  send(TiB, {{0, varied_content(100)}, {700 * GiB + 5, varied_content(MiB)}});
  keep_holes();
  pair.start();
  pair.run();
  expect_verified();
  EXPECT_EQ(kept->data, sent);
  EXPECT_LT(pair.requests, 15);
  EXPECT_LT(pair.frames, 30);
  EXPECT_LT(pair.bytes_sent, 5 * MiB);
}

TEST_F(SparseTransfer, WhatASinkWouldHaveToWriteIsAskedForAsEver) {
  send(50 * MiB, {{49 * MiB, varied_content(10)}});
  pair.start();
  while (pair.receiver->bytes_done() < 40 * MiB) {
    ASSERT_TRUE(pair.step());
    EXPECT_LE(pair.receiver->bytes_awaited(), pair.window + 128 * KiB);
  }
  pair.run();
  expect_verified();
  EXPECT_GT(pair.requests, 40);
  EXPECT_LT(pair.bytes_sent, 100 * KiB);
}

TEST_F(SparseTransfer, GoesOnWithoutReadingTheHolesAgain) {
  send(TiB, {{GiB, varied_content(3 * MiB)}, {900 * GiB, varied_content(3 * MiB)}});
  keep_holes();
  pair.start();
  while (kept->end < 500 * GiB) ASSERT_TRUE(pair.step());
  const auto sent_before = pair.bytes_sent;
  pair.make_receiver();
  pair.run();
  expect_verified();
  EXPECT_EQ(kept->data, sent);
  EXPECT_LE(kept->bytes_read, 4 * MiB);
  EXPECT_LT(image->bytes_read, 20 * MiB);
  EXPECT_LT(pair.bytes_sent - sent_before, 5 * MiB);
}

TEST_F(SparseTransfer, AFileLandsSparse) {
  send(4 * GiB, {{3, varied_content(10)}, {2 * GiB, varied_content(MiB)}});
  keep_files();
  pair.start();
  pair.run();
  expect_verified();
  EXPECT_EQ(std::filesystem::file_size(where / "image"), 4 * GiB);
  EXPECT_LT(room_of("image"), 2 * MiB);
}

TEST_F(SparseTransfer, WhatAnEarlierTryLeftInTheHolesIsZerosAgain) {
  send(4 * MiB, {{MiB, varied_content(100 * KiB)}});
  keep_files();
  where.write(download_folder::part_name(pair.id, 0), std::string(3 * MiB, 'x'));
  pair.start();
  pair.run();
  expect_verified();
  bytes expected(4 * MiB);
  read_islands(sent, 0, expected);
  EXPECT_TRUE(where.read("image") == as_text(expected));
  EXPECT_LT(room_of("image"), 512 * KiB);
}

TEST_F(SparseTransfer, AnEqualFileThatStandsThereIsFoundWithoutItsHoles) {
  send(4 * GiB, {{2 * GiB, varied_content(MiB)}});
  keep_files();
  pair.start();
  pair.run();
  expect_verified();
  image->bytes_read = 0;
  pair.make_receiver();
  pair.run();
  expect_verified();
  EXPECT_LE(pair.receiver->bytes_compared(), 3 * MiB);
}

// --- Ill will ---

TEST_F(SparseTransfer, AHoleThatWasNotAskedForIsNotWritten) {
  send(50 * MiB, {{0, varied_content(50)}});
  until_asked();
  const auto far = 40 * MiB;
  EXPECT_EQ(take(hole(pair.id, far, 128 * KiB, hash_zeros(128 * KiB))), "");
  EXPECT_EQ(pair.receiver->bytes_done(), 0u) << "by a sink that would have to write it";
  pair.run();
  expect_verified();
}

TEST_F(SparseTransfer, AHoleIsNoMoreThanWasDeclared) {
  send(50 * MiB, {{0, varied_content(50)}});
  keep_holes();
  until_asked();
  for (const auto offset : {50 * MiB, 500 * MiB, UINT64_MAX - 128 * KiB + 1})
    EXPECT_EQ(take(hole(pair.id, offset, 128 * KiB, hash_zeros(128 * KiB))), "");
  EXPECT_EQ(take(hole(pair.id, MiB, 0x3FFF'FFFF, {})), "protocol");
  EXPECT_EQ(kept->end, 0u);
  EXPECT_EQ(pair.receiver->bytes_done(), 0u);
}

TEST_F(SparseTransfer, AHoleWithAnotherHashIsDamaged) {
  send(50 * MiB, {{0, varied_content(50)}});
  keep_holes();
  until_asked();
  std::string code;
  for (int i = 0; i < 4 && code.empty(); ++i)
    code = take(hole(pair.id, 30 * MiB, 128 * KiB, hash_zeros(17)));
  EXPECT_EQ(code, "not-verified");
}

TEST_F(SparseTransfer, ABlockThatBeginsWithAHoleOverAndOverAgainEndsIt) {
  send(100 * GiB, {{0, varied_content(50)}});
  keep_holes();
  until_asked();
  std::string code;
  int times = 0;
  for (; times < 1000 && code.empty(); ++times)
    code = take(hole(pair.id, 0, 16 * MiB - 1, std::nullopt));
  EXPECT_EQ(code, "protocol");
  EXPECT_LT(times, 20) << "each time 16 MiB of zeros are hashed";
}

}  // namespace
}  // namespace hobnob
