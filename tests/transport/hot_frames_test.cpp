#include "transport/wire/hot_frames.hpp"

#include <gtest/gtest.h>

namespace hobnob::wire {
namespace {

TEST(HotFrames, EnvelopeHeaderIsTwoBigEndianNumbers) {
  std::array<std::byte, envelope_header::size> out;
  envelope_header{0x0102030405060708, 9}.encode(out);
  EXPECT_EQ(out[0], std::byte{1});
  EXPECT_EQ(out[7], std::byte{8});
  EXPECT_EQ(out[15], std::byte{9});
  const auto back = envelope_header::decode(out);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->session, 0x0102030405060708u);
  EXPECT_EQ(back->tag, 9u);
  EXPECT_FALSE(envelope_header::decode(byte_view{out}.first(15)));
}

TEST(HotFrames, RefusalsOfUnknownReasonOrOddSizeAreNothing) {
  auto out = envelope_refusal{1, 2, refusal_reason::busy}.encode();
  ASSERT_TRUE(envelope_refusal::decode(out));
  EXPECT_EQ(envelope_refusal::decode(out)->reason, refusal_reason::busy);
  out[16] = std::byte{6};
  EXPECT_FALSE(envelope_refusal::decode(out));
  out[16] = std::byte{0};
  EXPECT_FALSE(envelope_refusal::decode(out));
  EXPECT_FALSE(envelope_refusal::decode(byte_view{out}.first(16)));
}

TEST(HotFrames, MessageHeaderKeepsEveryField) {
  message_header header;
  header.kind = 2;
  header.flags = 1;
  header.channel_size = 7;
  header.epoch = 1ull << 63;
  header.sequence = 5;
  header.floor = 4;
  header.id = {1, 2, 3};
  header.sent_at_ms = -12;
  header.total_size = 1'000'000;
  header.offset = 61440;
  std::array<std::byte, message_header::size> out;
  header.encode(out);
  const auto back = message_header::decode(out);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, 2);
  EXPECT_EQ(back->flags, 1);
  EXPECT_EQ(back->channel_size, 7);
  EXPECT_EQ(back->epoch, 1ull << 63);
  EXPECT_EQ(back->sequence, 5u);
  EXPECT_EQ(back->floor, 4u);
  EXPECT_EQ(back->id, header.id);
  EXPECT_EQ(back->sent_at_ms, -12);
  EXPECT_EQ(back->total_size, 1'000'000u);
  EXPECT_EQ(back->offset, 61440u);
  out[3] = std::byte{1};
  EXPECT_FALSE(message_header::decode(out));
}

TEST(HotFrames, ReceiptsAreExactlyAsLongAsTheySay) {
  const std::vector<receipt_entry> entries{{{1}, 1}, {{2}, 2}};
  auto out = encode_receipt(entries);
  ASSERT_EQ(out.size(), 2 + 2 * receipt_entry::size);
  const auto back = decode_receipt(out);
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)[1].id[0], 2);
  EXPECT_EQ((*back)[1].status, 2);
  EXPECT_FALSE(decode_receipt(byte_view{out}.first(out.size() - 1)));
  out.push_back(std::byte{});
  EXPECT_FALSE(decode_receipt(out));
  EXPECT_FALSE(decode_receipt(bytes(2)));
  EXPECT_FALSE(decode_receipt({}));
}

}  // namespace
}  // namespace hobnob::wire
