#include "transport/watchdog.hpp"

#include "transport/spawn_task.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <map>

namespace hobnob {

struct watchdog::state : std::enable_shared_from_this<watchdog::state> {
  state(boost::asio::any_io_executor e, clock& c) : executor(std::move(e)), time(&c) {}

  boost::asio::any_io_executor executor;
  clock* time;  ///< Null once the watchdog is gone.
  /// By time, then by when they were armed.
  std::map<std::pair<time_point, std::uint64_t>, deadline*> pending;
  std::uint64_t last_order = 0;
  bool running = false;

  time_point next() const { return pending.begin()->first.first; }

  void expire_due() {
    while (time && !pending.empty() && next() <= time->now()) {
      auto* due = pending.begin()->second;
      due->disarm();
      auto expired = due->expired_;  // A copy: the call may destroy `due`.
      expired();
    }
  }

  boost::asio::awaitable<void> run() {
    auto self = shared_from_this();
    while (time && !pending.empty()) {
      // Never longer than the granularity: an earlier deadline may be set meanwhile, and waking a
      // sleeper would cost more than these few turns.
      auto now = time->now();
      if (co_await time->sleep_until(std::min(next(), now + granularity))) break;  // It ends.
      expire_due();
    }
    running = false;
  }
};

watchdog::watchdog(boost::asio::any_io_executor executor, clock& time)
    : state_(std::make_shared<state>(std::move(executor), time)) {}

watchdog::~watchdog() { state_->time = nullptr; }

time_point watchdog::now() const { return state_->time->now(); }

deadline::deadline(watchdog& dog, std::function<void()> expired)
    : state_(dog.state_), expired_(std::move(expired)) {}

deadline::~deadline() { disarm(); }

void deadline::arm(time_point at) {
  disarm();
  if (at == time_point::max()) return;
  at_ = at;
  order_ = ++state_->last_order;
  state_->pending.emplace(std::pair{at, order_}, this);
  if (state_->running || !state_->time) return;
  state_->running = true;
  spawn_task(state_->executor, [state = state_] { return state->run(); });
}

void deadline::disarm() noexcept {
  if (!armed()) return;
  state_->pending.erase({at_, order_});
  at_ = time_point::max();
}

}  // namespace hobnob
