#pragma once

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hobnob::test {

/// Takes what the program logs while it lives, from any thread: one line a record, without time and
/// level.
class captured_log {
 public:
  captured_log() {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("captured", sink_));
  }
  ~captured_log() { spdlog::set_default_logger(before_); }

  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  std::string text() const { return sink_->text(); }

  std::size_t lines() const {
    const auto all = text();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }

  /// Until some line has `part` in it; false if none comes.
  bool wait_for(std::string_view part) const { return sink_->wait_for(part); }

 private:
  class sink final : public spdlog::sinks::sink {
   public:
    void log(const spdlog::details::log_msg& record) override {
      const std::lock_guard lock{mutex_};
      text_.append(record.payload.data(), record.payload.size());
      text_ += '\n';
      grown_.notify_all();
    }
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    std::string text() const {
      const std::lock_guard lock{mutex_};
      return text_;
    }

    bool wait_for(std::string_view part) const {
      std::unique_lock lock{mutex_};
      return grown_.wait_for(lock, std::chrono::seconds{60},
                             [&] { return text_.find(part) != text_.npos; });
    }

   private:
    mutable std::mutex mutex_;
    mutable std::condition_variable grown_;
    std::string text_;
  };

  std::shared_ptr<sink> sink_ = std::make_shared<sink>();
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

}  // namespace hobnob::test
