#include "peer_main/line_reader.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t line_size_max = 64 * 1024;
constexpr std::size_t under_way_max = 64;

}  // namespace

line_reader::line_reader(int fd) : fd_(fd), wake_(::eventfd(0, EFD_CLOEXEC)) {}

void line_reader::start(callbacks told) {
  told_ = std::move(told);
  thread_ = std::thread{[this] { run(); }};
}

line_reader::~line_reader() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void line_reader::line_done() {
  const std::lock_guard lock{mutex_};
  --under_way_;
  changed_.notify_one();
}

void line_reader::run() {
  char block[16 * 1024];
  while (wait_for_input()) {
    const auto got = ::read(fd_, block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) {
      if (!line_.empty()) pass_on();
      return told_.ended();
    }
    take({block, static_cast<std::size_t>(got)});
  }
}

/// False when it is over.
bool line_reader::wait_for_input() {
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || under_way_ < under_way_max; });
    if (stopping_) return false;
  }
  pollfd fds[] = {{fd_, POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  while (::poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
  return fds[1].revents == 0;
}

void line_reader::take(std::string_view block) {
  while (!block.empty()) {
    const auto end = block.find('\n');
    const auto part = block.substr(0, end);
    const auto room = line_size_max - line_.size();
    line_ += part.substr(0, room);
    too_long_ = too_long_ || part.size() > room;
    if (end == block.npos) return;
    pass_on();
    block.remove_prefix(end + 1);
  }
}

void line_reader::pass_on() {
  {
    const std::lock_guard lock{mutex_};
    ++under_way_;
  }
  told_.line(std::exchange(line_, {}), std::exchange(too_long_, false));
}

}  // namespace hobnob
