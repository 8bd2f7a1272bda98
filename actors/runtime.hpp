#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <system_error>

namespace boost::asio {
class io_context;
}
namespace caf {
class actor_system;
class actor_system_config;
}  // namespace caf

namespace hobnob {

/// What an actor system needs to run hobnob's actors: its message types. For programs that bring an
/// `actor_system` of their own; call it before the system is made, once for each configuration.
/// Any scheduler will do; see `use_asio_scheduler` for the fast one.
void configure(caf::actor_system_config& config);

enum class scheduler_kind {
  asio,  ///< Actors run on the loop's thread.
  caf,   ///< Actors run on CAF's own threads: the same behaviour, slower.
};

struct runtime_options {
  scheduler_kind scheduler = scheduler_kind::asio;

  /// After `stop`, actors have this long to end by themselves; then they are killed.
  std::chrono::milliseconds stop_grace{2000};

  /// Changes the configuration before the actor system is made from it: the message types and
  /// settings of the embedding program.
  std::function<void(caf::actor_system_config&)> adjust;
};

/// An `io_context`, the one thread that runs it, and an actor system on it: for programs that have
/// no actor system of their own. Everything of hobnob in a program usually shares one runtime.
///
///     hobnob::runtime loop;            // nothing runs yet: make relays, peers, actors
///     loop.start();                    // from here on they run, on a thread of their own
///     ...
///     loop.stop();  loop.wait();       // or let the destructor do it
///
/// Objects that use `context()` (networks, peers, relays) must be gone before the runtime is, or at
/// least be stopped before `stop()`: it ends actors, not connections.
class runtime {
 public:
  explicit runtime(runtime_options options = {});

  /// Stops, waits for the end, and frees everything. On the loop's own thread it returns at once,
  /// and the rest happens when the loop returns. A runtime that never ran ends its actors here.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  caf::actor_system& system() noexcept;
  boost::asio::io_context& context() noexcept;

  /// Runs the loop on a thread of its own. Call one of `start` and `run`, once.
  void start();

  /// Runs the loop on this thread, until `stop`. An exception that leaves a handler is a bug: it
  /// stops the runtime as `stop` does, then comes out here (from `start`, it ends the program).
  void run();

  /// Any thread, also the loop's; returns at once and may be called again. Every actor gets an exit
  /// message (`user_shutdown`); when the last has ended, or been killed after the grace period, the
  /// loop returns. Called before the loop runs, it takes effect then.
  void stop();

  /// Waits until the loop has returned. Answers `resource_deadlock_would_occur` on the loop's own
  /// thread and `operation_not_permitted` if the loop was never started, both without waiting.
  std::error_code wait();

  /// Whether the caller is the loop's thread (running it).
  bool on_loop_thread() const noexcept;

  /// Any thread: runs `work` on the loop, after what is queued there. Dropped once it has returned.
  void post(std::function<void()> work);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace hobnob
