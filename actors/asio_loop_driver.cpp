#include "actors/asio_loop_driver.hpp"

#include "transport/loop_turn.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>

namespace hobnob {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// A timer this late means that the whole process stood still, not that the loop was busy.
constexpr auto stall_min = std::chrono::milliseconds(500);

/// Laps of the loop that late timers wait after a stall. Asio polls its sockets once a lap; the
/// handlers of what the first poll finds are queued behind the second lap's marker.
constexpr int stall_laps = 2;

class asio_loop_driver final : public loop_driver,
                               public turn_work,
                               public std::enable_shared_from_this<asio_loop_driver> {
 public:
  explicit asio_loop_driver(asio::io_context& context)
      : context_(context), turn_(loop_turn::of(context)), timer_(std::in_place, context) {}

  void attach(loop_client& client) override { client_ = &client; }

  void detach() override {
    const std::lock_guard client(client_mutex_);
    const std::lock_guard wake(wake_mutex_);
    client_ = nullptr;
    detached_ = true;
    timer_.reset();
  }

  time_point now() const noexcept override { return std::chrono::steady_clock::now(); }

  bool on_loop_thread() const noexcept override {
    return !detached_ && context_.get_executor().running_in_this_thread();
  }

  void wake_soon() override {
    if (jobs_due_.exchange(true)) return;
    const std::lock_guard wake(wake_mutex_);
    if (detached_) return;
    if (on_loop_thread()) return turn_.at_end(turn_stage::decide, shared_from_this());
    asio::post(context_, [self = shared_from_this()] {
      self->turn_.run([&] { self->turn_.at_end(turn_stage::decide, self); });
    });
  }

  void run_at_turn_end() override {
    jobs_due_ = false;
    const std::lock_guard client(client_mutex_);
    if (client_) client_->run_jobs();
  }

  // An Asio timer that is set back costs a system call, one that wakes for nothing almost never
  // happens twice: only an earlier time re-arms it.
  void wake_at(time_point time) override {
    if (time >= armed_for_) return;
    const std::lock_guard wake(wake_mutex_);
    if (detached_) return;
    armed_for_ = time;
    timer_->expires_at(time);
    timer_->async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->on_timer();
    });
  }

 private:
  void on_timer() { run_timers_after(now() - armed_for_ > stall_min ? stall_laps : 0); }

  void run_timers_after(int laps) {
    if (laps > 0) {
      const std::lock_guard wake(wake_mutex_);
      if (detached_) return;
      asio::post(context_, [self = shared_from_this(), laps] { self->run_timers_after(laps - 1); });
      return;
    }
    armed_for_ = time_point::max();
    turn_.run([this] {
      const std::lock_guard client(client_mutex_);
      if (client_) client_->run_timers();
    });
  }

  asio::io_context& context_;
  loop_turn& turn_;
  std::mutex client_mutex_;        // Held while the client works, so that `detach` can wait for it.
  std::mutex wake_mutex_;          // Held while the context is touched. Never waits for the client.
  loop_client* client_ = nullptr;  // Guarded by client_mutex_.
  std::optional<asio::steady_timer> timer_;   // Guarded by wake_mutex_.
  time_point armed_for_ = time_point::max();  // Loop thread.
  std::atomic<bool> detached_ = false;
  std::atomic<bool> jobs_due_ = false;
};

}  // namespace

std::shared_ptr<loop_driver> make_asio_loop_driver(asio::io_context& context) {
  return std::make_shared<asio_loop_driver>(context);
}

}  // namespace hobnob
