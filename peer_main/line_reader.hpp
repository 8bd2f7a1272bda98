#pragma once

#include "actors/storage/owned_fd.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hobnob {

/// Where lines that a person or another program wrote come from.
class line_source {
 public:
  /// Called on the source's thread.
  struct callbacks {
    std::function<void(std::string line, bool too_long)> line;
    std::function<void()> ended;
  };

  virtual ~line_source() = default;

  /// Begins to read. Once.
  virtual void start(callbacks told) = 0;

  /// Any thread: one line has been dealt with. Without this a source that is faster than we are
  /// would fill the memory.
  virtual void line_done() = 0;
};

/// Reads lines from a descriptor on a thread of its own. A line of more than 64 KiB is cut, and the
/// rest of it skipped.
class line_reader final : public line_source {
 public:
  explicit line_reader(int fd);
  ~line_reader() override;

  void start(callbacks told) override;

  void line_done() override;

 private:
  void run();
  bool wait_for_input();
  void take(std::string_view block);
  void pass_on();

  int fd_;
  callbacks told_;
  owned_fd wake_;
  std::string line_;
  bool too_long_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace hobnob
