#include "actors/asio_scheduler.hpp"

#include "actors/actor_timers.hpp"
#include "actors/asio_loop_driver.hpp"
#include "actors/core/job_inbox.hpp"
#include "actors/live_actors.hpp"

#include <spdlog/spdlog.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <deque>
#include <limits>
#include <string>
#include <utility>

namespace hobnob {

namespace {

// What actors may do before sockets and timers get their turn.
constexpr std::size_t messages_per_resume_max = 50;
constexpr std::size_t resumes_per_turn_max = 64;
constexpr std::size_t timers_per_turn_max = 256;

/// How often the last actors may make new work, and new actors, while they are killed.
constexpr int kill_rounds_max = 100'000;

/// In the place of CAF's printer, which has a thread.
caf::behavior log_what_is_printed(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);  // The end of a printing actor, files to print to.
  return {[](caf::add_atom, caf::actor_id printing, const std::string& text) {
    spdlog::info("actor {}: {}", printing, text);
  }};
}

class loop_scheduler final : public caf::scheduler::abstract_coordinator, private loop_client {
 public:
  loop_scheduler(caf::actor_system& system, std::shared_ptr<loop_driver> driver)
      : abstract_coordinator(system),
        driver_(std::move(driver)),
        timers_(*driver_, live_),
        unit_(&system) {
    driver_->attach(*this);
    live_.publish(system);
  }

  ~loop_scheduler() override { drop_jobs(); }

  void init(caf::actor_system_config& config) override {
    abstract_coordinator::init(config);
    if (max_throughput_ == std::numeric_limits<std::size_t>::max()) {
      max_throughput_ = messages_per_resume_max;
    }
  }

  void start() override {
    if (driver_->allows_threads()) {
      abstract_coordinator::start();
    } else {
      utility_actors_[printer_id] =
          system().spawn<caf::hidden + caf::lazy_init>(log_what_is_printed);
    }
    system().await_actors_before_shutdown(false);  // Nobody runs the loop by then; `stop` kills.
  }

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return timers_; }

  void enqueue(caf::resumable* job) override {
    if (!driver_->on_loop_thread()) {
      if (inbox_.push(job)) driver_->wake_soon();
      return;
    }
    jobs_.push_back(job);
    if (!in_turn_) driver_->wake_soon();
  }

  /// Called by ~actor_system. From here on this thread, alone, is the loop.
  void stop() override {
    driver_->detach();
    timers_.cancel_all();
    for (int round = 0; round < kill_rounds_max; ++round) {
      live_.end_all(caf::exit_reason::kill);
      inbox_.take_all(jobs_);
      if (jobs_.empty()) break;
      for (auto count = jobs_.size(); count > 0; --count) run_next_job();
    }
    if (driver_->allows_threads()) {
      stop_actors();
    } else {
      utility_actors_ = {};
    }
    drop_jobs();
    timers_.cancel_all();
  }

 private:
  /// The actors' turn on the loop. What it leaves undone gets another one, also if it throws.
  class turn {
   public:
    explicit turn(loop_scheduler& self) : self_(self) { self_.in_turn_ = true; }
    ~turn() {
      self_.in_turn_ = false;
      self_.timers_.arm();
      if (!self_.jobs_.empty()) self_.driver_->wake_soon();
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

   private:
    loop_scheduler& self_;
  };

  void run_jobs() override {
    const turn now(*this);
    run_some_jobs();
  }

  void run_timers() override {
    const turn now(*this);
    timers_.deliver_due(timers_per_turn_max);
    run_some_jobs();
  }

  void run_some_jobs() {
    inbox_.take_all(jobs_);
    for (std::size_t n = 0; n < resumes_per_turn_max && !jobs_.empty(); ++n) run_next_job();
  }

  void run_next_job() {
    if (const auto chosen = driver_->choose(jobs_.size()); chosen > 0) {
      std::swap(jobs_.front(), jobs_[chosen]);
    }
    auto* job = jobs_.front();
    jobs_.pop_front();
    note_birth(*job);
    if (job->resume(&unit_, max_throughput()) == caf::resumable::resume_later) {
      jobs_.push_back(job);
    } else {
      intrusive_ptr_release(job);
    }
  }

  /// Enters an actor that runs for the first time. `actor_timers` strikes it out again.
  void note_birth(caf::resumable& job) {
    if (job.subtype() != caf::resumable::scheduled_actor) return;
    auto& actor = static_cast<caf::scheduled_actor&>(job);
    if (!actor.getf(caf::abstract_actor::is_initialized_flag)) live_.add(actor.ctrl());
  }

  void drop_jobs() {
    while (inbox_.take_all(jobs_) || !jobs_.empty()) {
      auto* job = jobs_.front();
      jobs_.pop_front();
      cleanup_and_release(job);
    }
  }

  std::shared_ptr<loop_driver> driver_;
  live_actors live_{live_actors::entered_by::scheduler};
  actor_timers timers_;
  caf::scoped_execution_unit unit_;
  core::job_inbox<caf::resumable*> inbox_;  // From other threads.
  std::deque<caf::resumable*> jobs_;        // Loop thread.
  bool in_turn_ = false;                    // Loop thread: the end of the turn sees new jobs.
};

}  // namespace

void use_loop_scheduler(caf::actor_system_config& config, std::shared_ptr<loop_driver> driver) {
  config.module_factories.emplace_back(
      [driver = std::move(driver)](caf::actor_system& system) -> caf::actor_system::module* {
        return new loop_scheduler(system, driver);
      });
}

void use_asio_scheduler(caf::actor_system_config& config, boost::asio::io_context& context) {
  use_loop_scheduler(config, make_asio_loop_driver(context));
}

}  // namespace hobnob
