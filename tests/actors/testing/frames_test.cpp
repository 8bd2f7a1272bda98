#include "actors/testing/invariants.hpp"
#include "sim_world.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/trace_writer.hpp"

#include <algorithm>

// What the trace shows of frames.

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;
using sim::record_kind;

std::vector<std::string> lines_of(world& w, const sim::trace_filter& filter) {
  std::vector<std::string> result;
  for (const auto& record : w.simulation().log().records()) {
    if (w.simulation().log().matches(record, filter))
      result.push_back(to_text(w.simulation().log(), record).substr(13));
  }
  return result;
}

TEST(Frames, AreInTheTraceWithTypeAndSizeAtBothEndsAndWithoutContents) {
  for (const bool plain : {true, false}) {
    world_options options;
    options.plain_handshake = plain;
    options.trace_size = sim::trace::keep_all;
    test_world w{1, options};
    w.add_relay();
    auto& ann = w.add_peer("ann");
    w.add_peer("bob");
    ASSERT_TRUE(w.settle());
    const auto begin = w.now();
    ann.send_text("bob", "a secret of eleven words");
    w.run_for(1s);
    auto lines = lines_of(w, {.words = {"message", "receipt"}, .from = begin});
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_NE(lines[0].find("frame     message "), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("to bob"), std::string::npos);
    EXPECT_NE(lines[1].find("from ann"), std::string::npos) << lines[1];
    EXPECT_NE(lines[3].find("frame     receipt "), std::string::npos) << lines[3];
    w.run_for(20s);
    EXPECT_FALSE(lines_of(w, {.hosts = {"relay"}, .words = {"ping"}}).empty());
    std::ostringstream json, picture;
    write_ndjson(json, w.simulation().log());
    EXPECT_EQ(json.str().find("secret"), std::string::npos);
    EXPECT_NE(
        json.str().find(R"("kind":"frame_received","host":"bob","peer":"ann","word":"message")"),
        std::string::npos);
    write_mermaid(picture, w.simulation().log(), {"ann", "bob"}, {.from = begin});
    EXPECT_NE(picture.str().find("h0->>h1"), std::string::npos);
    EXPECT_NE(picture.str().find(" message "), std::string::npos) << picture.str();
    EXPECT_EQ(picture.str().find(" data "), std::string::npos) << picture.str();
  }
}

TEST(Frames, TheFullestSendQueueIsKnown) {
  test_world w;
  auto& relay = w.add_relay();
  auto& ann = w.add_peer("ann");
  w.add_peer("bob");
  ASSERT_TRUE(w.settle());
  w.apply("pause bob");
  for (int i = 0; i < 20; ++i) ann.send("bob", "bulk", std::string(60'000, 'x'));
  w.run_for(2s);
  EXPECT_GT(ann.send_queue_max(), 60'000u);
  EXPECT_LT(relay.send_queue_max(), 60'000u);
  EXPECT_EQ(check_send_queues(w), none);
  invariant_limits narrow;
  narrow.send_queue_max = 60'000;
  ASSERT_EQ(check_send_queues(w, narrow).size(), 1u);
  EXPECT_EQ(check_send_queues(w, narrow)[0].find("ann had "), 0u);
}

}  // namespace
}  // namespace hobnob::testing
