#include "transport/framed_connection.hpp"

#include "transport/tcp/tcp_network.hpp"

#include <gtest/gtest.h>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace hobnob {
namespace {

namespace asio = boost::asio;

/// Takes all that is written, and brings nothing.
class sink final : public stream {
 public:
  explicit sink(std::vector<std::size_t>& writes) : writes_(writes) {}

  io_result try_read(std::span<std::byte>) override { return {asio::error::would_block, 0}; }
  io_result try_write(std::span<const byte_view> buffers) override {
    std::size_t size = 0;
    for (auto buffer : buffers) size += buffer.size();
    writes_.push_back(size);
    return {{}, size};
  }
  awaitable<error_code> wait_readable() override { co_return error_code{}; }
  awaitable<error_code> wait_writable() override { co_return error_code{}; }
  error_code shutdown() override { return {}; }
  void close(close_mode) noexcept override {}
  endpoint local_endpoint() const override { return {}; }
  endpoint remote_endpoint() const override { return {}; }

 private:
  std::vector<std::size_t>& writes_;
};

class FramedConnection : public ::testing::Test {
 protected:
  static constexpr std::size_t frame_size = frame_header_size + 5;

  asio::io_context io_{1};
  tcp_network net_{io_};
  std::vector<std::size_t> writes_;
  connection_ptr connection_ = make_connection(net_, std::make_unique<sink>(writes_), {}, {});

  void send() {
    connection_->send({frame_type::message, frame_priority::normal, as_byte_view("hello"), {}});
  }

  /// Queues a turn of somebody else on the loop.
  template <class Body>
  void post_turn(Body body) {
    asio::post(io_, [this, body] { loop_turn::of(io_).run(body); });
  }

  void run_all() {
    io_.restart();
    io_.poll();
  }
};

TEST_F(FramedConnection, WritesAtTheEndOfATurnWhatWasSentInIt) {
  post_turn([this] {
    send();
    send();
    EXPECT_TRUE(writes_.empty());
  });
  io_.poll_one();
  EXPECT_EQ(writes_, std::vector{2 * frame_size});
}

TEST_F(FramedConnection, WritesInEveryTurnWhileOthersHaveTheirsBetween) {
  for (int i = 0; i < 3; ++i) {
    post_turn([this] { send(); });
    post_turn([] {});
  }
  for (int i = 0; i < 6; ++i) io_.poll_one();
  EXPECT_EQ(writes_, (std::vector{frame_size, frame_size, frame_size}));
}

TEST_F(FramedConnection, GathersWhatOneTurnAfterTheOtherSends) {
  for (int i = 0; i < 5; ++i) post_turn([this] { send(); });
  run_all();
  EXPECT_EQ(writes_, (std::vector{frame_size, 4 * frame_size}));
  for (int i = 0; i < 5; ++i) post_turn([this] { send(); });
  run_all();
  EXPECT_EQ(writes_, (std::vector{frame_size, 4 * frame_size, 5 * frame_size}));
}

}  // namespace
}  // namespace hobnob
