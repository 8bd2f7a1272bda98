#include "actors/runtime.hpp"

#include "actors/asio_loop_driver.hpp"
#include "actors/asio_scheduler.hpp"
#include "actors/interfaces.hpp"
#include "actors/live_actors.hpp"
#include "actors/transfer/transfer_desk.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <google/protobuf/stubs/logging.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace hobnob {

namespace asio = boost::asio;
using std::chrono::steady_clock;

void configure(caf::actor_system_config& config) {
  // It would write to standard error what strangers send that is no UTF-8.
  google::protobuf::SetLogHandler(nullptr);
  config.add_message_types<caf::id_block::hobnob>();
  config.add_message_types<caf::id_block::hobnob_transfers>();
}

/// Shared by the runtime, its thread and a `run()` under way: whoever lets go last frees it, so
/// that a runtime can be destroyed on its own loop.
class runtime::impl : public std::enable_shared_from_this<runtime::impl> {
 public:
  explicit impl(runtime_options options);
  ~impl();

  void start();
  void run();
  void stop();
  std::error_code wait();
  void end();

  bool on_loop_thread() noexcept { return context_->get_executor().running_in_this_thread(); }

  caf::actor_system& system() noexcept { return *system_; }
  asio::io_context& context() noexcept { return *context_; }

 private:
  enum class phase { made, running, returned };

  void run_loop();
  void begin_stop();
  void look_for_the_end();

  const runtime_options options_;
  std::optional<asio::io_context> context_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::optional<asio::steady_timer> stop_timer_;
  std::shared_ptr<loop_driver> driver_;  // Null with CAF's scheduler.
  live_actors own_list_{live_actors::entered_by::spawn};
  live_actors* live_ = nullptr;  // The scheduler's, or our own.
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;

  bool stopping_ = false;                // Loop thread.
  steady_clock::time_point kill_at_;     // Loop thread.
  steady_clock::time_point give_up_at_;  // Loop thread.

  std::mutex mutex_;
  std::condition_variable returned_;
  phase phase_ = phase::made;  // Guarded by mutex_.
  std::thread thread_;         // The owner's.
};

runtime::impl::impl(runtime_options options)
    : options_(std::move(options)), context_(std::in_place, 1) {
  work_.emplace(context_->get_executor());
  stop_timer_.emplace(*context_);
  configure(config_);
  if (options_.adjust) options_.adjust(config_);
  if (options_.scheduler == scheduler_kind::asio) {
    driver_ = make_asio_loop_driver(*context_);
    use_loop_scheduler(config_, driver_);
  }
  system_.emplace(config_);
  live_ = live_actors::of(*system_);
  if (live_ == nullptr) {
    live_ = &own_list_;
    live_->publish(*system_);
    system_->await_actors_before_shutdown(false);  // `stop` did, with an end.
  }
}

// The coroutines that are still suspended die with the context, while the actors they know exist.
runtime::impl::~impl() {
  if (driver_) driver_->detach();
  work_.reset();
  stop_timer_.reset();
  context_.reset();
  system_.reset();
}

void runtime::impl::start() {
  {
    const std::lock_guard lock(mutex_);
    assert(phase_ == phase::made);
    phase_ = phase::running;
  }
  thread_ = std::thread([self = shared_from_this()] { self->run_loop(); });
}

void runtime::impl::run() {
  {
    const std::lock_guard lock(mutex_);
    assert(phase_ == phase::made);
    phase_ = phase::running;
  }
  run_loop();
}

void runtime::impl::run_loop() {
  struct announce_return {
    impl& self;
    ~announce_return() {
      const std::lock_guard lock(self.mutex_);
      self.phase_ = phase::returned;
      self.returned_.notify_all();
    }
  } const at_end{*this};
  try {
    context_->run();
  } catch (...) {
    spdlog::critical("runtime: an exception left a handler; the actors are told to end");
    begin_stop();
    context_->run();
    throw;
  }
}

// Plain `this`: the context, and what is queued in it, ends with us.
void runtime::impl::stop() {
  asio::post(*context_, [this] { begin_stop(); });
}

void runtime::impl::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  kill_at_ = steady_clock::now() + options_.stop_grace;
  give_up_at_ = kill_at_ + options_.stop_grace + std::chrono::seconds(1);
  live_->end_all(caf::exit_reason::user_shutdown);
  asio::post(*context_, [this] { look_for_the_end(); });
}

// Actors may end on threads of their own, which tells the loop nothing: hence a look each
// millisecond, while stopping only.
void runtime::impl::look_for_the_end() {
  const auto running = system_->registry().running();
  const auto now = steady_clock::now();
  if (running == 0 || now >= give_up_at_) {
    if (running > 0) spdlog::error("runtime: {} actors do not end, not even killed", running);
    context_->stop();
    return;
  }
  if (now >= kill_at_) live_->end_all(caf::exit_reason::kill);
  stop_timer_->expires_after(std::chrono::milliseconds(1));
  stop_timer_->async_wait([this](boost::system::error_code) { look_for_the_end(); });
}

std::error_code runtime::impl::wait() {
  if (on_loop_thread()) return make_error_code(std::errc::resource_deadlock_would_occur);
  std::unique_lock lock(mutex_);
  if (phase_ == phase::made) return make_error_code(std::errc::operation_not_permitted);
  returned_.wait(lock, [this] { return phase_ == phase::returned; });
  return {};
}

/// The owner's last call.
void runtime::impl::end() {
  stop();
  if (on_loop_thread()) {
    if (thread_.joinable()) thread_.detach();
    return;
  }
  if (wait() == std::errc::operation_not_permitted) run();
  if (thread_.joinable()) thread_.join();
}

runtime::runtime(runtime_options options) : impl_(std::make_shared<impl>(std::move(options))) {}
runtime::~runtime() { impl_->end(); }

caf::actor_system& runtime::system() noexcept { return impl_->system(); }
asio::io_context& runtime::context() noexcept { return impl_->context(); }

void runtime::start() { impl_->start(); }

void runtime::run() {
  const auto keep = impl_;  // The runtime may be destroyed on this loop.
  keep->run();
}

void runtime::stop() { impl_->stop(); }
std::error_code runtime::wait() { return impl_->wait(); }
bool runtime::on_loop_thread() const noexcept { return impl_->on_loop_thread(); }
void runtime::post(std::function<void()> work) { asio::post(impl_->context(), std::move(work)); }

}  // namespace hobnob
