#pragma once

#include "actors/storage/owned_fd.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

namespace hobnob {

struct bounded_writer_config {
  std::size_t bytes_max = 1024 * 1024;  ///< Of text that waits to be written.

  /// What becomes of text beyond that, or that cannot be written. True: it is dropped, and how many
  /// lines were is written as soon as it can be (for logs). False: the writer fails (for data,
  /// which must not have holes) with `no_buffer_space` or what writing it came to; what is written
  /// afterwards is lost.
  bool drop_when_full = false;

  /// Called once, from any thread, when the writer fails, or drops lines because it cannot write
  /// them: `broken_pipe`, `no_space_on_device`, `no_buffer_space`, ...
  std::function<void(std::error_code)> on_failure;
};

/// Writes lines to a descriptor from a thread of its own, so that a stopped terminal, a full pipe
/// or a slow disk never stops who writes. All functions may be called from any thread.
class bounded_writer {
 public:
  /// `fd` is not closed and stays usable by others: a terminal is opened once more, because setting
  /// it non-blocking would set standard input non-blocking too.
  bounded_writer(int fd, bounded_writer_config config);

  /// As `stop(1 s)`.
  ~bounded_writer();

  bounded_writer(const bounded_writer&) = delete;
  bounded_writer& operator=(const bounded_writer&) = delete;

  /// Takes one or more whole lines, line feed included. Never waits for the descriptor.
  void write(std::string lines);

  /// Waits up to `patience` for what was taken to be written, then gives up the rest. Answers
  /// whether all was written.
  bool stop(std::chrono::milliseconds patience);

 private:
  void run();
  bool write_all(std::string text);
  void write_or_count(std::string text);
  bool write_some(std::string& text);
  void fail(std::error_code error);

  bounded_writer_config config_;
  owned_fd terminal_;  // Our own non-blocking way to it, if it is a terminal.
  owned_fd wake_;      // Ends a wait for the descriptor.
  int fd_;
  std::size_t piece_max_;  // A piece that a ready descriptor takes without blocking.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable drained_;
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t dropped_ = 0;
  bool writing_ = false;
  bool failed_ = false;
  bool told_ = false;  // `on_failure` was called.
  bool stopping_ = false;
  bool abandoned_ = false;

  // Of the thread alone.
  std::size_t lost_ = 0;  // Lines that could not be written.
  std::error_code lost_by_;
  bool in_line_ = false;  // What was written last does not end a line.

  std::thread thread_;
};

}  // namespace hobnob
