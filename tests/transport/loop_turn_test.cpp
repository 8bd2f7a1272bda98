#include "transport/loop_turn.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using history = std::vector<std::string>;

struct noted_work final : turn_work {
  explicit noted_work(std::function<void()> does) : does_(std::move(does)) {}
  void run_at_turn_end() override { does_(); }

 private:
  std::function<void()> does_;
};

class LoopTurn : public ::testing::Test {
 protected:
  asio::io_context context_{1};
  loop_turn& turn_ = loop_turn::of(context_);
  history seen_;

  void at_end(turn_stage stage, std::function<void()> does) {
    turn_.at_end(stage, std::make_shared<noted_work>(std::move(does)));
  }
  void note_at_end(turn_stage stage, std::string name) {
    at_end(stage, [this, name = std::move(name)] { seen_.push_back(name); });
  }
  void post_note(std::string name) {
    asio::post(context_, [this, name = std::move(name)] { seen_.push_back(name); });
  }
};

TEST_F(LoopTurn, IsOneForEachContext) {
  asio::io_context other;
  EXPECT_EQ(&loop_turn::of(asio::any_io_executor{context_.get_executor()}), &turn_);
  EXPECT_NE(&loop_turn::of(other), &turn_);
}

TEST_F(LoopTurn, DecidesAndThenWritesBeforeItReturns) {
  turn_.run([&] {
    note_at_end(turn_stage::write, "write");
    note_at_end(turn_stage::decide, "decide");
    note_at_end(turn_stage::decide, "decide more");
    seen_.push_back("read");
  });
  EXPECT_EQ(seen_, (history{"read", "decide", "decide more", "write"}));
  EXPECT_EQ(context_.poll(), 0u);  // Nothing was posted.
}

TEST_F(LoopTurn, WritesInTheSameTurnWhatWasDecidedInIt) {
  turn_.run([&] {
    at_end(turn_stage::decide, [&] { note_at_end(turn_stage::write, "write"); });
  });
  EXPECT_EQ(seen_, history{"write"});
}

TEST_F(LoopTurn, LeavesWhatComesForAStageThatHasBegunToAnotherTurn) {
  turn_.run([&] {
    at_end(turn_stage::decide, [&] {
      seen_.push_back("decide");
      note_at_end(turn_stage::decide, "decide again");
    });
    at_end(turn_stage::write, [&] {
      seen_.push_back("write");
      note_at_end(turn_stage::decide, "decide after the write");
      note_at_end(turn_stage::write, "write again");
    });
    post_note("another handler");
  });
  EXPECT_EQ(seen_, (history{"decide", "write"}));
  context_.run();
  EXPECT_EQ(seen_, (history{"decide", "write", "another handler", "decide again",
                            "decide after the write", "write again"}));
}

TEST_F(LoopTurn, WorkThatNeverEndsLeavesTheLoopToOthers) {
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds < 1000) at_end(turn_stage::decide, again);
  };
  at_end(turn_stage::decide, again);
  int rounds_before = 0;
  asio::post(context_, [&] { rounds_before = rounds; });
  context_.run();
  EXPECT_LE(rounds_before, 1);
  EXPECT_EQ(rounds, 1000);
}

TEST_F(LoopTurn, OutsideOfATurnGathersWorkInAPostedOne) {
  note_at_end(turn_stage::write, "write");
  note_at_end(turn_stage::decide, "decide");
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(context_.run(), 1u);
  EXPECT_EQ(seen_, (history{"decide", "write"}));
}

TEST_F(LoopTurn, InsideATurnRunsOnlyTheBody) {
  turn_.run([&] {
    note_at_end(turn_stage::decide, "decide");
    turn_.run([&] { seen_.push_back("inner"); });
    seen_.push_back("outer");
  });
  EXPECT_EQ(seen_, (history{"inner", "outer", "decide"}));
}

TEST_F(LoopTurn, GivesWhatAnExceptionLeavesUndoneAnotherTurn) {
  at_end(turn_stage::decide, [] { throw std::runtime_error("work"); });
  note_at_end(turn_stage::decide, "decide");
  note_at_end(turn_stage::write, "write");
  EXPECT_THROW(context_.run(), std::runtime_error);
  EXPECT_TRUE(seen_.empty());
  context_.run();
  EXPECT_EQ(seen_, (history{"decide", "write"}));

  EXPECT_THROW(turn_.run([&] {
    note_at_end(turn_stage::write, "write after a body that threw");
    throw std::runtime_error("body");
  }),
               std::runtime_error);
  context_.restart();
  context_.run();
  EXPECT_EQ(seen_.back(), "write after a body that threw");
}

TEST_F(LoopTurn, KeepsWorkAliveUntilItHasRun) {
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> alive = token;
  turn_.run([&] {
    at_end(turn_stage::write, [&seen = seen_, token = std::move(token)] {
      seen.push_back(std::to_string(token.use_count()));
    });
    EXPECT_FALSE(alive.expired());
  });
  EXPECT_EQ(seen_, history{"1"});
  EXPECT_TRUE(alive.expired());
}

TEST(LoopTurnEnd, AContextThatEndsLetsGoOfWorkThatWaits) {
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> alive = token;
  {
    asio::io_context context{1};
    loop_turn::of(context).at_end(turn_stage::write,
                                  std::make_shared<noted_work>([token = std::move(token)] {}));
  }
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace hobnob
