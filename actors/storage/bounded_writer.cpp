#include "actors/storage/bounded_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t batch_max = 64 * 1024;

owned_fd reopen_terminal(int fd) {
  if (::isatty(fd) == 0) return {};
  const auto name = "/proc/self/fd/" + std::to_string(fd);
  return owned_fd{::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// POSIX: a pipe that polls writable takes PIPE_BUF bytes without blocking, no more is promised.
std::size_t piece_size(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? batch_max : PIPE_BUF;
}

}  // namespace

bounded_writer::bounded_writer(int fd, bounded_writer_config config)
    : config_(std::move(config)),
      terminal_(reopen_terminal(fd)),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      fd_(terminal_ ? terminal_.get() : fd),
      piece_max_(piece_size(fd_)),
      thread_([this] { run(); }) {}

bounded_writer::~bounded_writer() { stop(std::chrono::seconds{1}); }

void bounded_writer::write(std::string lines) {
  if (lines.empty()) return;
  bool full = false;
  {
    const std::lock_guard lock{mutex_};
    if (failed_ || stopping_) return;
    full = queued_bytes_ + lines.size() > config_.bytes_max;
    if (full && config_.drop_when_full) {
      dropped_ += lines_in(lines);
      return;
    }
    if (!full) {
      if (dropped_ > 0) {
        lines = "(" + std::to_string(std::exchange(dropped_, 0)) +
                " lines dropped: nobody took what was written)\n" + lines;
      }
      queued_bytes_ += lines.size();
      queue_.push_back(std::move(lines));
      changed_.notify_one();
    }
  }
  if (full) fail(std::make_error_code(std::errc::no_buffer_space));
}

bool bounded_writer::stop(std::chrono::milliseconds patience) {
  {
    std::unique_lock lock{mutex_};
    if (!thread_.joinable()) return !failed_ && !abandoned_ && lost_ == 0;
    stopping_ = true;
    changed_.notify_one();
    const auto done = [this] { return failed_ || (queue_.empty() && !writing_); };
    abandoned_ = !drained_.wait_for(lock, patience, done);
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
  return !failed_ && !abandoned_ && lost_ == 0;
}

void bounded_writer::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || failed_ || !queue_.empty(); });
    if (failed_ || abandoned_ || queue_.empty()) break;
    std::string text;
    while (!queue_.empty() && text.size() < batch_max) {
      text += queue_.front();
      queue_.pop_front();
    }
    writing_ = true;
    lock.unlock();
    const auto size = text.size();
    if (config_.drop_when_full) {
      write_or_count(std::move(text));
    } else {
      write_all(std::move(text));
    }
    lock.lock();
    queued_bytes_ -= size;
    writing_ = false;
    if (queue_.empty()) drained_.notify_all();
  }
  drained_.notify_all();
}

bool bounded_writer::write_all(std::string text) {
  while (!text.empty() && write_some(text)) {
  }
  return text.empty();
}

/// First how many lines are missing before `text`: a log without a word about its holes lies.
void bounded_writer::write_or_count(std::string text) {
  if (lost_ > 0) {
    const auto note = (in_line_ ? "\n(" : "(") + std::to_string(lost_) +
                      " lines could not be written: " + lost_by_.message() + ")\n";
    if (!write_all(note)) {
      lost_ += lines_in(text);
      return;
    }
    lost_ = 0;
  }
  while (!text.empty()) {
    if (write_some(text)) continue;
    lost_ = lines_in(text);
    return;
  }
}

/// Waits for the descriptor and writes what it takes; false when it is over.
bool bounded_writer::write_some(std::string& text) {
  pollfd fds[] = {{fd_, POLLOUT, 0}, {wake_.get(), POLLIN, 0}};
  if (::poll(fds, 2, -1) < 0) return errno == EINTR;
  if (fds[1].revents != 0) return false;
  const auto piece = std::min(text.size(), piece_max_);
  const auto written = ::write(fd_, text.data(), piece);
  if (written >= 0) {
    if (written > 0) in_line_ = text[static_cast<std::size_t>(written) - 1] != '\n';
    text.erase(0, static_cast<std::size_t>(written));
    return true;
  }
  if (errno == EINTR || errno == EAGAIN) return true;
  lost_by_ = {errno, std::generic_category()};
  fail(lost_by_);
  return false;
}

void bounded_writer::fail(std::error_code error) {
  {
    const std::lock_guard lock{mutex_};
    failed_ = failed_ || !config_.drop_when_full;
    changed_.notify_one();
    drained_.notify_all();
    if (std::exchange(told_, true)) return;
  }
  if (config_.on_failure) config_.on_failure(error);
}

}  // namespace hobnob
