#include "actors/storage/background.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace hobnob {
namespace {

class background_thread final : public background {
 public:
  background_thread() : thread_([this] { run(); }) {}

  ~background_thread() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    {
      const std::lock_guard lock{mutex_};
      waiting_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
    }
    changed_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
      if (waiting_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto due = waiting_.begin()->first;
      if (due > std::chrono::steady_clock::now()) {
        changed_.wait_until(lock, due);
        continue;
      }
      const auto work = waiting_.extract(waiting_.begin());
      lock.unlock();
      work.mapped()();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<background> make_background_thread() {
  return std::make_unique<background_thread>();
}

}  // namespace hobnob
