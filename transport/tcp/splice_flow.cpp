#include "transport/tcp/splice_flow.hpp"

#include <boost/asio/error.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr int pipe_size = 256 * 1024;

class splice_flow final : public circuit_flow {
 public:
  splice_flow(tcp_stream& from, tcp_stream& to, std::array<int, 2> pipe)
      : from_(from), to_(to), pipe_(pipe) {}
  ~splice_flow() override {
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  splice_flow(const splice_flow&) = delete;
  splice_flow& operator=(const splice_flow&) = delete;

  awaitable<io_result> move(std::size_t count_max) override {
    auto filled = co_await fill(std::min<std::size_t>(count_max, pipe_size));
    if (filled.error) co_return filled;
    co_return co_await drain(filled.count);
  }

 private:
  /// The pipe is empty: "would block" can only mean the socket.
  awaitable<io_result> fill(std::size_t count_max) {
    for (;;) {
      if (std::exchange(is_drained_, false)) {
        if (auto error = co_await from_.wait_readable()) co_return io_result{error, 0};
        if (auto error = from_.pending_error()) co_return io_result{error, 0};
      }
      if (!from_.is_open()) co_return io_result{asio::error::operation_aborted, 0};
      const auto count = splice(from_.native_handle(), pipe_[1], count_max);
      if (count > 0) {
        is_drained_ = static_cast<std::size_t>(count) < count_max;
        co_return io_result{{}, static_cast<std::size_t>(count)};
      }
      if (count == 0) co_return io_result{asio::error::eof, 0};
      if (errno == EINTR) continue;
      if (errno != EAGAIN) co_return io_result{{errno, boost::system::system_category()}, 0};
      is_drained_ = true;
    }
  }

  awaitable<io_result> drain(std::size_t total) {
    std::size_t done = 0;
    while (done < total) {
      if (!to_.is_open()) co_return io_result{asio::error::operation_aborted, done};
      const auto count = splice(pipe_[0], to_.native_handle(), total - done);
      if (count > 0) {
        done += static_cast<std::size_t>(count);
        continue;
      }
      if (count < 0 && errno == EINTR) continue;
      if (count == 0 || errno != EAGAIN)
        co_return io_result{{count == 0 ? EPIPE : errno, boost::system::system_category()}, done};
      if (auto error = co_await to_.wait_writable()) co_return io_result{error, done};
    }
    co_return io_result{{}, done};
  }

  static ssize_t splice(int from, int to, std::size_t count) {
    return ::splice(from, nullptr, to, nullptr, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  }

  tcp_stream& from_;
  tcp_stream& to_;
  std::array<int, 2> pipe_;
  bool is_drained_ = false;  ///< The last call had less than it could take: nothing is there now.
};

}  // namespace

std::unique_ptr<circuit_flow> make_splice_flow(tcp_stream& from, tcp_stream& to) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_NONBLOCK | O_CLOEXEC) != 0) return nullptr;
  // More than a connection's own: the ends, which know what is urgent, hold their bulk back, and
  // here it saves wake-ups (with 128 KiB a relayed GiB cost half as much CPU again).
  const int unsent_max = 1024 * 1024;
  ::setsockopt(to.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_max, sizeof unsent_max);
  // Beyond what this user may have (pipe-user-pages-soft) it keeps its usual 64 KiB.
  ::fcntl(pipe[1], F_SETPIPE_SZ, pipe_size);
  return std::make_unique<splice_flow>(from, to, pipe);
}

}  // namespace hobnob
