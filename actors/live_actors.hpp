#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <cstddef>
#include <map>
#include <mutex>

namespace hobnob {

/// The actors of a system that still live, so that they can be told to end: CAF itself counts its
/// actors but cannot name them. Any thread may call anything. Entries are weak: they keep no actor
/// alive.
class live_actors {
 public:
  /// Who enters actors here. The scheduler of `asio_scheduler` sees each one run for the first time
  /// and end, except `caf::detached` ones; CAF's own schedulers tell nothing, so `spawn` does.
  enum class entered_by { scheduler, spawn };

  explicit live_actors(entered_by who) : entered_by_(who) {}

  /// Makes this the list of `system`, so that `of` finds it.
  void publish(caf::actor_system& system);

  /// The list of `system`; null for a system that is not ours.
  static live_actors* of(caf::actor_system& system);

  /// `spawn` has made an actor, perhaps one that the scheduler does not see.
  void note_spawned(const caf::strong_actor_ptr& actor, bool detached);

  void add(const caf::strong_actor_ptr& actor);
  void remove(caf::actor_id id);
  std::size_t size() const;

  /// Sends an exit message to each. `kill` cannot be handled or put off by an actor.
  void end_all(caf::exit_reason reason);

 private:
  const entered_by entered_by_;
  mutable std::mutex mutex_;
  std::map<caf::actor_id, caf::weak_actor_ptr> actors_;  // Ordered: they end in the order of birth.
};

}  // namespace hobnob
