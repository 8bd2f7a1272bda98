#include "transport/send_queue.hpp"

#include "transport/frame_codec.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hobnob {
namespace {

outgoing_frame message_of(const shared_slice& body,
                          frame_priority priority = frame_priority::normal) {
  return {frame_type::message, priority, {}, body};
}

shared_slice filled(std::size_t size, char with) {
  return shared_slice::copy_of(as_byte_view(std::string(size, with)));
}

/// Writes `step` bytes at a time until the queue is empty; answers the payloads as the receiver
/// would see them.
std::vector<std::string> drain(send_queue& queue, std::size_t gather_max, std::size_t step) {
  std::vector<std::string> seen;
  frame_decoder decoder;
  std::vector<byte_view> views;
  while (!queue.empty()) {
    queue.gather(views, gather_max);
    EXPECT_FALSE(views.empty());
    std::size_t left = step;
    std::size_t written = 0;
    for (auto view : views) {
      const auto part = view.first(std::min(left, view.size()));
      frame_batch batch;
      EXPECT_FALSE(decoder.decode(part, batch));
      for (const auto& entry : batch.entries()) seen.emplace_back(as_text(batch.view(entry)));
      written += part.size();
      left -= part.size();
      if (left == 0) break;
    }
    queue.consume(written);
  }
  EXPECT_FALSE(decoder.mid_frame());
  return seen;
}

TEST(SendQueue, KeepsTheOrderWithinAPriorityAndPutsUrgentFirst) {
  send_queue queue;
  queue.push(message_of(filled(10, 'c'), frame_priority::bulk));
  queue.push(message_of(filled(10, 'a'), frame_priority::interactive));
  queue.push(message_of(filled(10, 'b'), frame_priority::interactive));
  queue.push(message_of(filled(9000, 'u'), frame_priority::urgent));
  const auto seen = drain(queue, 256 * 1024, 1000);
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0][0], 'u');
  EXPECT_EQ(seen[1][0], 'a');
  EXPECT_EQ(seen[2][0], 'b');
  EXPECT_EQ(seen[3][0], 'c');
}

TEST(SendQueue, LargeBodiesAreNotCopied) {
  send_queue queue;
  const auto body = filled(100000, 'x');
  queue.push(message_of(body));
  std::vector<byte_view> views;
  queue.gather(views, 256 * 1024);
  ASSERT_EQ(views.size(), 2u);
  EXPECT_EQ(views[1].data(), body.view().data());
}

TEST(SendQueue, NeverInterleavesFramesHoweverItIsWritten) {
  std::mt19937 random{11};
  for (int round = 0; round < 300; ++round) {
    send_queue queue;
    std::array<std::vector<std::string>, frame_priorities> expected;
    for (int i = 0; i < 60; ++i) {
      const auto priority = random() % frame_priorities;
      const auto size = 1 + (random() % 5 == 0 ? random() % 20000 : random() % 600);
      const auto body = filled(size, static_cast<char>('a' + i % 26));
      const auto head = filled(1 + random() % 64, '#');
      queue.push({frame_type::message, static_cast<frame_priority>(priority), head.view(), body});
      expected[priority].push_back(std::string{as_text(head.view())} +
                                   std::string{as_text(body.view())});
    }
    std::vector<std::string> in_order;
    for (const auto& lane : expected) in_order.insert(in_order.end(), lane.begin(), lane.end());
    ASSERT_EQ(drain(queue, 1 + random() % 40000, 1 + random() % 30000), in_order);
  }
}

TEST(SendQueue, AFrameBegunIsFinishedBeforeAMoreUrgentOne) {
  send_queue queue;
  queue.push(message_of(filled(50000, 'b'), frame_priority::bulk));
  std::vector<byte_view> views;
  queue.gather(views, 1000);
  queue.consume(10);
  queue.push(message_of(filled(5, 'u'), frame_priority::urgent));
  queue.gather(views, 1000);
  std::size_t rest = 0;
  for (auto view : views) rest += view.size();
  EXPECT_EQ(rest, 50000 + frame_header_size - 10);
}

TEST(SendQueue, SaysFullAboveHighWaterAndDrainedOnceBelowLowWater) {
  send_queue queue{{.high_water = 1000, .low_water = 300, .hard_limit = 2000}};
  EXPECT_EQ(queue.push(message_of(filled(900, 'x'))), send_status::sent);
  EXPECT_FALSE(queue.take_drained());
  EXPECT_EQ(queue.push(message_of(filled(400, 'x'))), send_status::full);
  EXPECT_EQ(queue.push(message_of(filled(900, 'x'))), send_status::overflow);
  EXPECT_EQ(queue.size(), 1300 + 2 * frame_header_size);
  std::vector<byte_view> views;
  queue.gather(views, 4000);
  queue.consume(900);
  EXPECT_FALSE(queue.take_drained());
  queue.consume(200);
  EXPECT_TRUE(queue.take_drained());
  EXPECT_FALSE(queue.take_drained());
}

TEST(SendQueue, BulkHasMarksOfItsOwn) {
  send_queue queue{{.bulk_high_water = 1000, .bulk_low_water = 300}};
  EXPECT_EQ(queue.push(message_of(filled(900, 'x'), frame_priority::bulk)), send_status::sent);
  EXPECT_EQ(queue.push(message_of(filled(900, 'x'), frame_priority::bulk)), send_status::full);
  EXPECT_EQ(queue.push(message_of(filled(2000, 'x'))), send_status::sent) << "that is not bulk";
  EXPECT_FALSE(queue.take_drained());
  EXPECT_EQ(drain(queue, 100, 500).size(), 3u);
  EXPECT_TRUE(queue.take_drained());
  EXPECT_FALSE(queue.take_drained());
  EXPECT_EQ(queue.push(message_of(filled(900, 'x'), frame_priority::bulk)), send_status::sent);
}

TEST(SendQueue, BulkHasDrainedWhenFewOfItStillWaits) {
  send_queue queue{{.bulk_high_water = 20'000, .bulk_low_water = 6000}};
  for (int i = 0; i < 5; ++i) queue.push(message_of(filled(5000, 'x'), frame_priority::bulk));
  std::vector<byte_view> views;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(queue.take_drained()) << i;
    queue.gather(views, 1);
    std::size_t given = 0;
    for (auto view : views) given += view.size();
    queue.consume(given);
  }
  queue.gather(views, 1);
  EXPECT_TRUE(queue.take_drained()) << "the fourth is being written, the fifth waits";
}

TEST(SendQueue, BulkHasNotDrainedWhileAllLanesTogetherAreFull) {
  send_queue queue{{.high_water = 20'000, .low_water = 5000, .bulk_high_water = 6000}};
  EXPECT_EQ(queue.push(message_of(filled(8000, 'x'), frame_priority::bulk)), send_status::full);
  EXPECT_EQ(queue.push(message_of(filled(15'000, 'x'))), send_status::full);
  std::vector<byte_view> views;
  queue.gather(views, 100'000);
  queue.consume(15'000);
  EXPECT_FALSE(queue.take_drained());
  queue.consume(5000);
  EXPECT_TRUE(queue.take_drained());
  EXPECT_FALSE(queue.take_drained()) << "once for both";
}

TEST(SendQueue, WhoWasToldFullElsewhereHearsThatItDrained) {
  send_queue queue{{.high_water = 1000, .low_water = 300, .hard_limit = 2000}};
  queue.note_full();
  EXPECT_EQ(queue.push(message_of(filled(400, 'x'))), send_status::sent);
  EXPECT_FALSE(queue.take_drained());
  std::vector<byte_view> views;
  queue.gather(views, 4000);
  queue.consume(200);
  EXPECT_TRUE(queue.take_drained());
  EXPECT_FALSE(queue.take_drained());
}

TEST(SendQueue, FinishesWhatItBeganWhenTheRestIsDropped) {
  send_queue queue;
  queue.push(message_of(filled(9000, 'a')));
  std::vector<byte_view> views;
  queue.gather(views, 1000);
  queue.consume(100);
  queue.push(message_of(filled(9000, 'b')));
  queue.push(message_of(filled(10, 'c'), frame_priority::urgent));
  queue.drop_waiting();
  queue.push(message_of(filled(10, 'd'), frame_priority::bulk));
  EXPECT_EQ(queue.size(), 9000 - 100 + frame_header_size + 10 + frame_header_size);
  std::string rest;
  while (!queue.empty()) {
    queue.gather(views, 1000);
    for (auto view : views) rest += as_text(view);
    std::size_t given = 0;
    for (auto view : views) given += view.size();
    queue.consume(given);
  }
  EXPECT_EQ(rest.find('b'), std::string::npos);
  EXPECT_EQ(rest.find('c'), std::string::npos);
  EXPECT_EQ(rest.substr(rest.size() - 10), std::string(10, 'd'));
}

}  // namespace
}  // namespace hobnob
