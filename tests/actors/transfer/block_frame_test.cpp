#include "actors/transfer/block_frame.hpp"

#include "actors/transfer/content_hasher.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace hobnob {
namespace {

constexpr core::transfer_id frame_owner{1, 2, 3};

void fill(std::span<std::byte> room, std::string_view text) {
  ASSERT_EQ(room.size(), text.size());
  std::ranges::copy(as_byte_view(text), room.begin());
}

TEST(BlockFrame, ComesBackAsItWasWritten) {
  block_frame_writer writer{frame_owner, 1000};
  const auto hash = hash_content(as_byte_view("end"));
  fill(writer.add(7, 1ull << 40, 5), "begin");
  fill(writer.add(8, 0, 3), "end");
  writer.add_hash(hash);
  const auto frame = writer.take();
  const auto payload = frame.view();

  EXPECT_EQ(block_frame_owner(payload), frame_owner);
  block_frame_reader reader{payload};
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->entry, 7u);
  EXPECT_EQ(first->offset, 1ull << 40);
  EXPECT_EQ(as_text(first->data), "begin");
  EXPECT_FALSE(first->hash);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->entry, 8u);
  EXPECT_EQ(as_text(second->data), "end");
  EXPECT_EQ(second->hash, hash);
  EXPECT_TRUE(reader.at_end());
}

TEST(BlockFrame, AHoleTakesNoRoom) {
  block_frame_writer writer{frame_owner, 1000};
  fill(writer.add(7, 0, 5), "begin");
  writer.add_hole(7, 5, (1u << 30) - 1);
  writer.add_hash(hash_content(as_byte_view("x")));
  const auto frame = writer.take();
  EXPECT_EQ(frame.size(), block_frame_header_size + 2 * block_piece::header_size + 5 + 16);

  block_frame_reader reader{frame.view()};
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->hole);
  EXPECT_EQ(first->size, 5u);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->hole);
  EXPECT_EQ(second->size, (1u << 30) - 1);
  EXPECT_TRUE(second->data.empty());
  EXPECT_EQ(second->hash, hash_content(as_byte_view("x")));
  EXPECT_TRUE(reader.at_end());

  const auto without_hash = frame.view().first(frame.size() - 1);
  block_frame_reader cut{without_hash};
  EXPECT_TRUE(cut.next());
  EXPECT_FALSE(cut.next());
}

TEST(BlockFrame, IsRefusedWhereverItIsCut) {
  block_frame_writer writer{frame_owner, 1000};
  fill(writer.add(1, 0, 5), "hello");
  writer.add_hash(hash_content(as_byte_view("hello")));
  const auto frame = writer.take();
  const auto payload = frame.view();
  for (std::size_t size = 0; size < block_frame_header_size; ++size)
    EXPECT_FALSE(block_frame_owner(payload.first(size))) << size;
  for (auto size = block_frame_header_size + 1; size < payload.size(); ++size) {
    block_frame_reader reader{payload.first(size)};
    EXPECT_FALSE(reader.next()) << size;
  }
}

TEST(BlockFrame, APieceHasContentAndNoMoreThanTheFrame) {
  block_frame_writer writer{frame_owner, 1000};
  fill(writer.add(1, 0, 5), "hello");
  const auto frame = writer.take();
  bytes payload(frame.view().begin(), frame.view().end());
  constexpr auto size_at = block_frame_header_size + 4;
  for (const auto wrong : {std::byte{0}, std::byte{6}, std::byte{255}}) {
    payload[size_at + 3] = wrong;
    block_frame_reader reader{payload};
    EXPECT_FALSE(reader.next());
  }
}

TEST(BlockFrame, IsFullWhenAPieceAndItsHashDoNotFit) {
  block_frame_writer writer{frame_owner, 100};
  EXPECT_EQ(writer.room(), 100u - block_frame_header_size - block_piece::header_size - 16);
  fill(writer.add(1, 0, writer.room()), std::string(writer.room(), 'x'));
  EXPECT_EQ(writer.room(), 0u);
  writer.add_hash({});
  EXPECT_EQ(writer.take().size(), 100u);
}

}  // namespace
}  // namespace hobnob
