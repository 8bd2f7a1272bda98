#pragma once

#include <chrono>
#include <cstddef>

namespace hobnob {

/// What a loop runs: the scheduler of the actors. Both functions are called on the loop's thread,
/// never nested in one another.
class loop_client {
 public:
  /// Something was handed over since the last turn.
  virtual void run_jobs() = 0;

  /// The time given to `wake_at` has come.
  virtual void run_timers() = 0;

 protected:
  ~loop_client() = default;
};

/// The loop that actors are resumed on, and its time: an `io_context` and the steady clock in
/// production, a simulator's event queue and its virtual clock in simulation.
class loop_driver {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~loop_driver() = default;

  /// Once, before everything else.
  virtual void attach(loop_client& client) = 0;

  /// Any thread but not from inside the client. Waits for a call of the client that is under way;
  /// afterwards the client is not called, `on_loop_thread` is false, and waking does nothing.
  /// The loop itself (an `io_context`, a simulator) may be destroyed from then on.
  virtual void detach() = 0;

  /// Any thread.
  virtual time_point now() const noexcept = 0;

  /// Whether the caller is the thread that runs the loop, while it runs it.
  virtual bool on_loop_thread() const noexcept = 0;

  /// Any thread: `run_jobs` follows soon, from the loop: at the end of the turn that it is in, if
  /// it knows turns, else after what is already queued there.
  virtual void wake_soon() = 0;

  /// Loop thread: `run_timers` follows at `time`, replacing what was asked for before.
  /// `time_point::max()` means that no timer is left. Waking earlier, too, is harmless.
  virtual void wake_at(time_point time) = 0;

  /// Whether its programs may have other threads: if not, what `caf::aout` prints, which otherwise
  /// has one of its own, goes to the log.
  virtual bool allows_threads() const noexcept { return true; }

  /// Loop thread: which of `count` waiting actors runs next, 0 being the one that waits longest. A
  /// simulator draws it, to see the orders that threads could bring about.
  virtual std::size_t choose(std::size_t count) {
    static_cast<void>(count);
    return 0;
  }
};

}  // namespace hobnob
