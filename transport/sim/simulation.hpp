#pragma once

#include "transport/clock.hpp"
#include "transport/sim/event_queue.hpp"
#include "transport/sim/random_source.hpp"
#include "transport/sim/trace.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>

namespace hobnob::sim {

struct simulation_options {
  /// The next runnable is drawn from the seed (`choose`) instead of being the oldest: explores
  /// orders that a real machine could show.
  bool shuffle = false;

  /// Records that the trace keeps for reading; its hash covers all.
  std::size_t trace_size = 10'000;

  /// So many events without any passing of time are a livelock: `run_*` throws
  /// `std::runtime_error`.
  std::uint64_t events_per_instant_max = 10'000'000;
};

/// A run of one seed: virtual time, the queue of events, the run queue of coroutines, randomness
/// and the trace. One thread; everything that belongs to it is used on that thread alone. It must
/// outlive what was made on it.
///
/// Time passes only between events: everything that is ready runs, then the clock jumps to the next
/// event, which runs inside `context()` (but for those of the network itself).
class simulation {
 public:
  explicit simulation(std::uint64_t seed, simulation_options options = {});

  /// What is still queued is destroyed and never runs.
  ~simulation();

  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;

  std::uint64_t seed() const noexcept { return seed_; }
  const simulation_options& options() const noexcept { return options_; }

  /// The run queue of coroutines and handlers. No timers and no sockets on it: they would look at
  /// the real clock.
  boost::asio::io_context& context() noexcept { return context_; }

  /// Starts at one hour, whatever the machine's clock says.
  time_point now() const noexcept { return now_; }
  static constexpr time_point start{std::chrono::hours{1}};

  /// Starts at 2030-01-01 00:00 UTC.
  wall_time wall() const;

  /// For whoever drives the run (fault schedules, test data). Parts of the system under test take a
  /// `fork` each.
  random_source& random() noexcept { return random_; }

  /// Below `count`: which of so many runnables is next. 0, the oldest, unless `options().shuffle`.
  std::size_t choose(std::size_t count);

  /// Calls `function` at `when`; a time that has passed means now, after what is ready. Events of
  /// one time run in the order of these calls.
  event_id at(time_point when, event_function function);
  event_id after(duration delay, event_function function) {
    return at(now_ + delay, std::move(function));
  }

  /// The same for what moves packets or wakes who waits, and calls nothing else: cheaper, for it
  /// runs outside of `context()`.
  event_id network_at(time_point when, event_function function);

  /// False if it has run or was cancelled before.
  bool cancel(event_id id) { return events_.cancel(id); }

  // Running. Not from within an event or a handler (`std::logic_error`); what these throw comes out
  // here.

  /// Everything up to `deadline`, which is the time afterwards.
  void run_until(time_point deadline);
  void run_for(duration span) { run_until(now_ + span); }

  /// Until `condition` holds: asked first, and after each event and all that became ready by it.
  /// False if it did not within `limit`.
  bool run_until(const std::function<bool()>& condition, duration limit);

  /// Until no event is left and nothing is ready. False if that did not happen within `limit`.
  bool run_until_idle(duration limit);

  /// Events run so far, for figures.
  std::uint64_t events_run() const noexcept { return events_run_; }

  trace& log() noexcept { return trace_; }

 private:
  bool run(time_point deadline, const std::function<bool()>* condition);
  void run(queued_event next);
  void advance_to(time_point when);

  std::uint64_t seed_;
  simulation_options options_;
  time_point now_ = start;
  random_source random_;
  random_source order_;
  trace trace_;
  event_queue events_;
  std::uint64_t events_run_ = 0;
  std::uint64_t events_this_instant_ = 0;
  bool in_event_ = false;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

}  // namespace hobnob::sim
