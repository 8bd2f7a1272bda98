#include "actors/testing/sim_loop_driver.hpp"

#include "transport/loop_turn.hpp"
#include "transport/sim/simulation.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <utility>

namespace hobnob::testing {
namespace {

namespace asio = boost::asio;

class driver final : public sim_loop_driver,
                     public turn_work,
                     public std::enable_shared_from_this<driver> {
 public:
  explicit driver(sim::simulation& owner)
      : simulation_(owner), turn_(loop_turn::of(owner.context())) {}

  void attach(loop_client& client) override { client_ = &client; }

  void detach() override {
    client_ = nullptr;
    if (!detached_.exchange(true)) simulation_.cancel(std::exchange(timer_, {}));
  }

  time_point now() const noexcept override { return simulation_.now(); }

  bool allows_threads() const noexcept override { return false; }

  bool on_loop_thread() const noexcept override {
    return !detached_ && simulation_.context().get_executor().running_in_this_thread();
  }

  void wake_soon() override {
    if (detached_ || std::exchange(jobs_due_, true) || held_) return;
    order_turn();
  }

  void wake_at(time_point time) override {
    if (time >= armed_for_ || detached_) return;
    simulation_.cancel(timer_);
    armed_for_ = time;
    timer_ = simulation_.at(time, [self = shared_from_this()] { self->on_timer(); });
  }

  std::size_t choose(std::size_t count) override {
    return count > 1 && !detached_ ? simulation_.choose(count) : 0;
  }

  void run_at_turn_end() override {
    if (held_) return;
    jobs_due_ = false;
    if (client_ != nullptr) client_->run_jobs();
  }

  void pause() override { held_ = true; }

  void resume() override {
    if (halted_ || !std::exchange(held_, false)) return;
    if (std::exchange(timer_missed_, false)) wake_at(now());
    if (jobs_due_) order_turn();
  }

  void halt() override { halted_ = held_ = true; }

 private:
  void order_turn() {
    if (on_loop_thread()) return turn_.at_end(turn_stage::decide, shared_from_this());
    asio::post(simulation_.context(), [self = shared_from_this()] {
      self->turn_.run([&] { self->turn_.at_end(turn_stage::decide, self); });
    });
  }

  void on_timer() {
    armed_for_ = time_point::max();
    timer_ = {};
    timer_missed_ = held_;
    if (held_ || client_ == nullptr) return;
    turn_.run([this] { client_->run_timers(); });
  }

  sim::simulation& simulation_;
  loop_turn& turn_;
  loop_client* client_ = nullptr;
  sim::event_id timer_;
  time_point armed_for_ = time_point::max();
  std::atomic<bool> detached_ = false;
  bool jobs_due_ = false;
  bool held_ = false;
  bool halted_ = false;
  bool timer_missed_ = false;
};

}  // namespace

std::shared_ptr<sim_loop_driver> make_sim_loop_driver(sim::simulation& owner) {
  return std::make_shared<driver>(owner);
}

}  // namespace hobnob::testing
