#include "transport/frame_codec.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hobnob {
namespace {

bytes encoded(frame_type type, std::size_t size, int fill) {
  const auto header = encode_frame_header(type, size);
  bytes out(header.begin(), header.end());
  out.resize(out.size() + size, static_cast<std::byte>(fill));
  return out;
}

void append(bytes& to, const bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

TEST(FrameDecoder, CutsOneReadIntoItsFrames) {
  bytes stream = encoded(frame_type::control, 3, 'a');
  append(stream, encoded(frame_type::message, 70, 'b'));
  frame_decoder decoder;
  frame_batch batch;
  ASSERT_FALSE(decoder.decode(stream, batch));
  ASSERT_EQ(batch.entries().size(), 2u);
  EXPECT_EQ(as_text(batch.view(batch.entries()[0])), "aaa");
  EXPECT_EQ(as_text(batch.view(batch.entries()[1])), std::string(70, 'b'));
  EXPECT_EQ(batch.wire_size(), stream.size());
  EXPECT_FALSE(decoder.mid_frame());
}

/// The frames of `batch`, as they were on the wire.
void append(bytes& to, const frame_batch& batch) {
  for (const auto& entry : batch.entries()) {
    const auto header = encode_frame_header(entry.type, entry.size);
    to.insert(to.end(), header.begin(), header.end());
    const auto payload = batch.payload(entry);
    to.insert(to.end(), payload.view().begin(), payload.view().end());
  }
}

TEST(FrameDecoder, GivesTheSameFramesHoweverTheStreamIsCut) {
  bytes stream;
  for (int i = 0; i < 40; ++i)
    append(stream, encoded(frame_type::envelope, 1 + static_cast<std::size_t>(i) * 331 % 9000,
                           'a' + i % 26));
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    frame_decoder decoder;
    bytes seen;
    for (std::size_t at = 0; at < stream.size();) {
      const auto step =
          std::min<std::size_t>(stream.size() - at, 1 + random() % (round % 10 == 0 ? 12 : 20000));
      frame_batch batch;
      ASSERT_FALSE(decoder.decode(byte_view{stream}.subspan(at, step), batch));
      at += step;
      append(seen, batch);
    }
    ASSERT_EQ(seen, stream);
    ASSERT_FALSE(decoder.mid_frame());
  }
}

TEST(FrameDecoder, LargeFramesAreTheSameInTheirOwnRoom) {
  std::mt19937 random{11};
  bytes stream;
  for (int i = 0; i < 30; ++i) {
    const auto size = i % 3 == 0 ? 1 + random() % 9000 : 50'000 + random() % 200'000;
    append(stream, encoded(frame_type::blocks, size, 'a' + i % 26));
  }
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    frame_decoder decoder;
    bytes seen;
    std::size_t into_room = 0;
    for (std::size_t at = 0; at < stream.size();) {
      auto step = std::min<std::size_t>(stream.size() - at, 1 + random() % 70'000);
      frame_batch batch;
      const auto room = decoder.room();
      const bool use_it = !room.empty() && (round % 3 != 0 || random() % 2 == 0);
      if (use_it) {
        step = std::min(step, room.size());
        std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), step, room.begin());
        decoder.fill(step, batch);
        into_room += step;
      } else {
        ASSERT_FALSE(decoder.decode(byte_view{stream}.subspan(at, step), batch));
      }
      at += step;
      append(seen, batch);
    }
    ASSERT_EQ(seen, stream);
    EXPECT_FALSE(decoder.mid_frame());
    EXPECT_GT(into_room, stream.size() / (round % 3 != 0 ? 2 : 8));
  }
}

TEST(FrameDecoder, ThereIsNoRoomForASmallFrameOrOneThatHasHardlyBegun) {
  frame_decoder decoder;
  frame_batch batch;
  const auto small = encoded(frame_type::message, 20'000, 's');
  ASSERT_FALSE(decoder.decode(byte_view{small}.first(10'000), batch));
  EXPECT_TRUE(decoder.room().empty());
  ASSERT_FALSE(decoder.decode(byte_view{small}.subspan(10'000), batch));
  EXPECT_EQ(batch.entries().size(), 1u);
  const auto large = encoded(frame_type::message, 200'000, 'l');
  ASSERT_FALSE(decoder.decode(byte_view{large}.first(4000), batch));
  EXPECT_TRUE(decoder.room().empty());
  ASSERT_FALSE(decoder.decode(byte_view{large}.subspan(4000, 1000), batch));
  EXPECT_EQ(decoder.room().size(), large.size() - 5000);
}

TEST(FrameDecoder, HeaderCutAtEveryByteIsHeldAndCompleted) {
  const auto stream = encoded(frame_type::ping, 8, 'p');
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    frame_decoder decoder;
    frame_batch batch;
    ASSERT_FALSE(decoder.decode(byte_view{stream}.first(cut), batch));
    EXPECT_TRUE(batch.entries().empty());
    EXPECT_TRUE(decoder.mid_frame());
    ASSERT_FALSE(decoder.decode(byte_view{stream}.subspan(cut), batch));
    ASSERT_EQ(batch.entries().size(), 1u);
  }
}

struct bad_header {
  std::array<int, 8> octets;
  errc expected;
};

TEST(FrameDecoder, RefusesHeadersThatCannotBe) {
  const bad_header cases[] = {
      {{0, 0, 0, 0, 1, 0, 0, 0}, errc::empty_frame},
      {{0x80, 0, 0, 0, 1, 0, 0, 0}, errc::frame_too_large},
      {{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0}, errc::frame_too_large},
      {{0, 1, 0, 1, 1, 0, 0, 0}, errc::frame_too_large},     // control: 64 KiB + 1
      {{0, 4, 0, 1, 0x20, 0, 0, 0}, errc::frame_too_large},  // message: 256 KiB + 1
      {{0, 0, 0, 9, 2, 0, 0, 0}, errc::frame_too_large},     // ping: 9
      {{0, 0, 0, 1, 0x77, 0, 0, 0}, errc::unknown_frame},
      {{0, 0, 0, 1, 0, 0, 0, 0}, errc::unknown_frame},
      {{0, 0, 0, 1, 1, 1, 0, 0}, errc::bad_frame},
      {{0, 0, 0, 1, 1, 0, 0, 1}, errc::bad_frame},
  };
  for (const auto& c : cases) {
    bytes header;
    for (int octet : c.octets) header.push_back(static_cast<std::byte>(octet));
    frame_decoder whole;
    frame_batch batch;
    EXPECT_EQ(whole.decode(header, batch).error, make_error_code(c.expected));

    frame_decoder dribbled;  // Judged as soon as the header is complete, not later.
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto failed = dribbled.decode(byte_view{header}.subspan(i, 1), batch);
      EXPECT_EQ(static_cast<bool>(failed), i + 1 == header.size());
    }
  }
}

TEST(FrameDecoder, FramesBeforeABadOneAreStillGiven) {
  bytes stream = encoded(frame_type::control, 5, 'x');
  append(stream, bytes(8, std::byte{0}));
  frame_decoder decoder;
  frame_batch batch;
  EXPECT_TRUE(decoder.decode(stream, batch));
  EXPECT_EQ(batch.entries().size(), 1u);
}

}  // namespace
}  // namespace hobnob
