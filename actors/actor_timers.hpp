#pragma once

#include "actors/core/timer_queue.hpp"
#include "actors/loop_driver.hpp"

#include <atomic>
#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/atom.hpp>
#include <caf/group.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

namespace hobnob {

class live_actors;

/// The clock of an actor system whose actors run on a loop: time-outs and delayed messages, all
/// on the one wake-up of `driver`. Any thread may call the functions of `caf::actor_clock` (actors
/// end on all sorts of threads); the others are for the scheduler.
///
/// Other than CAF's own clocks it forgets an actor's delayed messages when the actor ends: a tick
/// does not keep the remains of its actor until it is due.
class actor_timers final : public caf::actor_clock {
 public:
  actor_timers(loop_driver& driver, live_actors& live) : driver_(driver), live_(live) {}

  time_point now() const noexcept override { return driver_.now(); }

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;

  /// The last thing every actor does, on whichever thread it ends.
  void cancel_timeouts(caf::abstract_actor* self) override;

  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

  /// Answers when to look again; nothing to have the actor woken.
  using quiet_look = std::function<std::optional<time_point>(time_point now)>;

  /// Calls `look` on the loop's thread at `t`, and again whenever it says, until it says nothing:
  /// then `receiver` gets `wake`. For what is looked at often and is seldom news: a look is no
  /// message, and wakes nobody. It ends with the actor. Loop thread.
  void schedule_look(time_point t, caf::strong_actor_ptr receiver, quiet_look look,
                     caf::mailbox_element_ptr wake);

  /// Loop thread: delivers what is due, at most `count_max` events.
  void deliver_due(std::size_t count_max);

  /// Loop thread: asks the driver for a wake-up at the next deadline.
  void arm() { driver_.wake_at(queue_.next()); }

  /// Time-outs and delayed messages that are still to come.
  std::size_t pending() const { return queue_.size(); }

 private:
  struct timeout {
    caf::strong_actor_ptr self;
    caf::atom_value type;
    std::uint64_t id;
  };
  struct request_timeout {
    caf::strong_actor_ptr self;
    caf::message_id id;
  };
  struct delayed_message {
    caf::strong_actor_ptr receiver;
    caf::mailbox_element_ptr content;
  };
  struct delayed_group_message {
    caf::group target;
    caf::strong_actor_ptr sender;
    caf::message content;
  };
  struct repeated_look {
    quiet_look look;
    delayed_message wake;
  };
  using event =
      std::variant<timeout, request_timeout, delayed_message, delayed_group_message, repeated_look>;

  void add(time_point due, const core::timer_key& key, event what);

  static void deliver(timeout& what);
  static void deliver(request_timeout& what);
  static void deliver(delayed_message& what);
  static void deliver(delayed_group_message& what);
  void deliver(repeated_look& what);

  loop_driver& driver_;
  live_actors& live_;
  core::timer_queue<event> queue_;
  std::atomic<std::uint64_t> last_message_ = 0;
};

}  // namespace hobnob
