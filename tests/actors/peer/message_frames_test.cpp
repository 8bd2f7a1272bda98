#include "actors/peer/message_frames.hpp"

#include "actors/core/reassembly.hpp"
#include "actors/peer/envelope.hpp"
#include "tests/actors/core/message_for_test.hpp"
#include "tests/actors/fake_connection.hpp"
#include "transport/frame_codec.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

using core::message_for_test;
using test::fake_connection;

core::message app_message(std::size_t size) {
  auto m = message_for_test(7, std::string(size, 'x'), "app.v1");
  m.epoch = 1;
  m.sequence = 2;
  m.floor = 1;
  m.sent_at_ms = -3;
  m.priority = frame_priority::normal;
  return m;
}

/// The message that the `message` frames of `link` make up.
core::message put_together(const fake_connection& link) {
  core::reassembly parts;
  core::message whole;
  for (const auto& frame : link.sent) {
    EXPECT_EQ(frame.type, frame_type::message);
    auto part = read_message_part(shared_slice::of(frame.payload));
    if (!part) {
      ADD_FAILURE() << "not well-formed";
    } else if (part->is_whole()) {
      return part->head;
    } else {
      parts.add(*part, {}, whole);
    }
  }
  return whole;
}

bytes payload_of(const core::message& m) {
  fake_connection link;
  send_message(link, m);
  return link.sent.at(0).payload;
}

TEST(MessageFrames, CarryATextAsOneFrame) {
  fake_connection link;
  auto m = message_for_test(1, "hello");
  EXPECT_EQ(send_message(link, m), send_status::sent);
  ASSERT_EQ(link.sent.size(), 1u);
  EXPECT_EQ(link.sent[0].priority, frame_priority::interactive);
  EXPECT_EQ(link.sent[0].payload.size(), 65u);
  const auto back = put_together(link);
  EXPECT_EQ(back.id, m.id);
  EXPECT_EQ(back.kind, core::message_kind::text);
  EXPECT_TRUE(back.acknowledged);
  EXPECT_EQ(core::text_of(back), "hello");
}

TEST(MessageFrames, CarryAnEmptyText) {
  fake_connection link;
  send_message(link, message_for_test(1, ""));
  EXPECT_EQ(core::text_of(put_together(link)), "");
}

TEST(MessageFrames, CutALargeMessageIntoParts) {
  fake_connection link;
  auto m = app_message(core::application_message_size_max);
  m.acknowledged = false;
  send_message(link, m);
  EXPECT_EQ(link.sent.size(), 18u);
  const auto back = put_together(link);
  EXPECT_EQ(back.channel, "app.v1");
  EXPECT_FALSE(back.acknowledged);
  EXPECT_EQ(back.sequence, 2u);
  EXPECT_EQ(back.floor, 1u);
  EXPECT_EQ(back.epoch, 1u);
  EXPECT_EQ(back.sent_at_ms, -3);
  EXPECT_EQ(core::text_of(back), core::text_of(m));
}

TEST(MessageFrames, RejectAHeaderCutAnywhere) {
  const auto whole = payload_of(app_message(10));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const byte_view cut{whole.data(), size};
    if (size >= 60 + 6) continue;  // From there on only content is missing: a part.
    EXPECT_FALSE(is_well_formed(frame_type::message, cut)) << size;
  }
  EXPECT_TRUE(is_well_formed(frame_type::message, whole));
}

TEST(MessageFrames, RejectFieldsThatDoNotFitEachOther) {
  const auto whole = payload_of(app_message(10));
  const auto with = [&](std::size_t at, std::uint8_t value) {
    auto changed = whole;
    changed[at] = std::byte{value};
    return is_well_formed(frame_type::message, changed);
  };
  EXPECT_FALSE(with(0, 0)) << "no kind";
  EXPECT_FALSE(with(0, 1)) << "a text on a channel";
  EXPECT_TRUE(with(0, 9)) << "a kind of a later version";
  EXPECT_FALSE(with(1, 2)) << "an unknown flag";
  EXPECT_FALSE(with(2, 17)) << "a channel name longer than the rest";
  EXPECT_FALSE(with(2, 0)) << "more content than announced";
  EXPECT_FALSE(with(3, 1)) << "reserved";
  EXPECT_FALSE(with(52, 1)) << "16 MiB announced";
  EXPECT_FALSE(with(55, 9)) << "more content than announced";
  EXPECT_FALSE(with(59, 1)) << "beyond the end";
  EXPECT_FALSE(with(56, 0xff)) << "an offset beyond the end";
  EXPECT_FALSE(with(60, 'A')) << "a bad channel name";
}

TEST(MessageFrames, RejectAnEmptyPart) {
  auto payload = payload_of(app_message(10));
  payload.resize(66);
  EXPECT_FALSE(is_well_formed(frame_type::message, payload));
}

TEST(MessageFrames, CarryReceipts) {
  fake_connection link;
  const std::vector<core::receipt> receipts{
      {core::id_for_test(1), core::receipt_status::delivered},
      {core::id_for_test(2), core::receipt_status::too_large}};
  send_receipts(link, receipts);
  ASSERT_EQ(link.count(frame_type::receipt), 1u);
  EXPECT_TRUE(is_well_formed(frame_type::receipt, link.sent[0].payload));
  const auto back = read_receipts(link.sent[0].payload);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[1].id, core::id_for_test(2));
  EXPECT_EQ((*back)[1].status, core::receipt_status::too_large);
}

TEST(MessageFrames, SplitManyReceipts) {
  fake_connection link;
  send_receipts(link, std::vector<core::receipt>(7000));
  EXPECT_EQ(link.sent.size(), 3u);
}

TEST(MessageFrames, RejectReceiptsOfAWrongSize) {
  fake_connection link;
  send_receipts(link, std::vector<core::receipt>(2));
  auto payload = link.sent[0].payload;
  payload.pop_back();
  EXPECT_FALSE(is_well_formed(frame_type::receipt, payload));
  EXPECT_FALSE(read_receipts(payload));
  EXPECT_FALSE(is_well_formed(frame_type::receipt, bytes(2)));
  EXPECT_FALSE(is_well_formed(frame_type::receipt, bytes(1)));
}

TEST(MessageFrames, TakeAnUnknownReceiptStatusAsUnsupported) {
  fake_connection link;
  send_receipts(link, std::vector<core::receipt>(1));
  auto payload = link.sent[0].payload;
  payload.back() = std::byte{200};
  EXPECT_EQ(read_receipts(payload)->front().status, core::receipt_status::unsupported);
}

TEST(MessageFrames, NothingElseIsWellFormed) {
  EXPECT_FALSE(is_well_formed(frame_type::control, payload_of(app_message(10))));
}

TEST(EnvelopeBodies, HoldManySmallMessages) {
  std::vector<core::message> messages;
  for (std::uint64_t n = 1; n <= 100; ++n) messages.push_back(message_for_test(n, "hello"));
  const auto packed = pack_messages(messages);
  ASSERT_EQ(packed.size(), 1u);
  EXPECT_EQ(packed[0].messages.size(), 100u);
  const auto frames = unpack_body(shared_slice::of(packed[0].body));
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 100u);
  EXPECT_EQ(read_message_part(frames->back().payload)->head.id, core::id_for_test(100));
}

TEST(EnvelopeBodies, StayBelowTheirLimit) {
  const std::vector messages{message_for_test(1, "hello"), app_message(200 * 1024)};
  const auto packed = pack_messages(messages);
  ASSERT_EQ(packed.size(), 4u);
  core::reassembly parts;
  core::message whole;
  for (const auto& [body, ids] : packed) {
    EXPECT_LE(body.size(), envelope_body_size_max);
    EXPECT_EQ(ids.back(), ids.front() == core::id_for_test(1) && ids.size() == 1
                              ? core::id_for_test(1)
                              : core::id_for_test(7));
    const auto frames = unpack_body(shared_slice::of(body));
    ASSERT_TRUE(frames);
    for (const auto& frame : *frames) {
      const auto part = read_message_part(frame.payload);
      ASSERT_TRUE(part);
      if (!part->is_whole()) parts.add(*part, {}, whole);
    }
  }
  EXPECT_EQ(whole.content.size(), 200u * 1024);
}

TEST(EnvelopeBodies, HoldReceipts) {
  const auto packed = pack_receipts(std::vector<core::receipt>(3001));
  ASSERT_EQ(packed.size(), 2u);
  const auto frames = unpack_body(shared_slice::of(packed[1].body));
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->front().type, frame_type::receipt);
}

TEST(EnvelopeBodies, HoldWholeMessageAndReceiptFramesOnly) {
  auto body = pack_messages(std::vector{message_for_test(1, "hello")})[0].body;
  EXPECT_TRUE(unpack_body(shared_slice::copy_of(body)));
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(unpack_body(shared_slice::copy_of({body.data(), size}))) << size;
  }
  const auto ping = encode_frame_header(frame_type::ping, 8);
  bytes other{ping.begin(), ping.end()};
  other.resize(16);
  EXPECT_FALSE(unpack_body(shared_slice::of(other)));
}

}  // namespace
}  // namespace hobnob
