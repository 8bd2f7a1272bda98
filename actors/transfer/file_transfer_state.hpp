#pragma once

#include "actors/transfer/file_transfer.hpp"

#include <array>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/result.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

/// What both sides of a transfer have in common: its link, what holds it back, its turn to run, its
/// worker, and what is told of it. The sides add what they say and do.
///
/// Whatever happens ends in `update`, which looks at everything that is known and brings about what
/// follows: it runs or stops running, asks for a turn, tells the other side and the desk.
struct file_transfer_state {
  using time_point = std::chrono::steady_clock::time_point;

  explicit file_transfer_state(file_transfer_actor::pointer selfptr) : self(selfptr) {}
  virtual ~file_transfer_state();

  file_transfer_state(const file_transfer_state&) = delete;
  file_transfer_state& operator=(const file_transfer_state&) = delete;

  file_transfer_actor::behavior_type make_behavior(file_transfer_config settings,
                                                   transfer_owner_actor owner);

 protected:
  // --- What each side does in its own way ---

  virtual void start() = 0;                            ///< Once, at the beginning.
  virtual void linked() = 0;                           ///< There is another link.
  virtual void take(const transfer_input& input) = 0;  ///< A frame of this link.
  virtual void run() = 0;                              ///< It is `running` from now on.
  virtual void halt() = 0;                             ///< And now it is not.
  virtual void pump() = 0;                             ///< Running: gets on with what is to do.
  virtual void tick() = 0;                             ///< Running: four times a second.
  virtual bool has_work() const = 0;                   ///< It would run if nothing held it back.
  virtual bool has_spoken() const = 0;  ///< The other side knows of it, on this link.
  virtual bool is_waiting() const = 0;  ///< It is the other side's turn to say something.
  virtual transfer_order_result answer(const answer_offer& order) = 0;
  virtual caf::result<source_compared> compare_with(const compare_source&) {
    return source_compared{};
  }
  virtual void limit() = 0;  ///< Holds the rate of the record from now on.
  virtual void discard() {}  ///< It has failed: cleans up, by `work`.
  virtual void ended() {}    ///< It is over: what is under way is not wanted any more.
  virtual void drained() {}  ///< The link takes content again.
  virtual void retry() {}    ///< A passing fault may have passed.
  virtual void waited() {}   ///< Its patience is at an end: `alarm::patience`.

  /// Everything is at the receiver, though it has not been told so.
  virtual bool is_complete() const { return false; }

  /// A state that holds whatever link there is and whatever is paused.
  virtual std::optional<transfer_state> own_state() const = 0;

  /// The state if nothing holds it back.
  virtual transfer_state quiet_state() const = 0;

  // --- file_transfer_state.cpp: what happens, and what follows ---

  void update();

  /// What is under way on this link is void; `update` begins again, if nothing holds it back.
  void stop_running();
  void take_link(const transfer_link& news);
  void take_frames(const transfer_frames& arrived);
  void take_hold(const wire::Transfer& message);
  void take_end(const wire::Transfer& message);
  void woken(std::uint64_t token);
  transfer_order_result pause();
  transfer_order_result resume();
  transfer_order_result cancel();
  transfer_order_result set_limits(const transfer_limits& limits);

  /// A call has failed: waits and tries again, or that was the end.
  void trouble(const core::transfer_fault& failed);

  /// The last word. The other side is told `for_there`, unless it is empty.
  void fail(const std::string& code, std::string detail, const std::string& for_there);
  void succeed();

  time_point now() const { return self->clock().now(); }

  enum class alarm : std::uint8_t { tick, retry, expiry, pace, patience, count };
  void wake_in(alarm what, std::chrono::steady_clock::duration time);
  bool is_set(alarm what) const { return alarms_[static_cast<std::size_t>(what)].set; }
  void forget(alarm what);

  /// Calls `call` on the background, then `go_on` here with what it answered. One after another.
  template <class Call, class GoOn>
  void work(Call call, GoOn go_on);

  /// A call is under way, or waits for its turn.
  bool is_working() const { return calls_ > 0; }

  // --- file_transfer_telling.cpp: to the other side, and to the desk ---

  transfer_state present_state(std::string& code, std::string& detail) const;
  void tell();
  void tell_progress();
  void say_hold();
  void say_end(const std::string& code, const std::string& detail);
  void say(const wire::Transfer& message) { say(encode(message), frame_priority::interactive); }
  send_status say(shared_slice payload, frame_priority priority);
  static shared_slice encode(const wire::Transfer& message);

  file_transfer_actor::pointer self;
  file_transfer_config config;
  transfer_owner_actor desk;

  transfer_info info;  // As told last, but for the numbers.
  core::transfer_record record;
  bool record_changed = false;  // It is to be remembered.
  transfer_link link;
  bool accepted = false;
  bool paused = false;
  std::optional<core::transfer_fault> fault;  // That passes.
  std::string held_there;                     // Why the other side does not go on; or empty.
  std::string held_there_detail;
  std::string hold_said;     // Of ours, on this link.
  std::uint64_t ticket = 0;  // Of the turn that was asked for; 0: none.
  bool has_turn = false;
  bool in_queue = false;
  bool turn_given_up = false;  // It runs without being counted.
  bool running = false;
  bool over = false;
  std::uint64_t round = 1;  // Of running: what belongs to an earlier one is void.
  time_point heard_at{};    // Anything of the other side.

 private:
  void rest();
  void end(transfer_state state, const std::string& code, std::string detail);
  void send_told();
  void post(std::function<void()> job);
  bool is_silent() const;
  void give_up_turn();

  std::unique_ptr<background> worker_;
  std::size_t calls_ = 0;  // Under way.
  std::uint64_t last_ticket_ = 0;
  struct alarm_entry {
    std::uint64_t number = 0;
    bool set = false;
  };
  std::array<alarm_entry, static_cast<std::size_t>(alarm::count)> alarms_{};
  rate_meter rate_;
  bool told_once_ = false;
  std::uint64_t told_bytes_ = 0, told_files_ = 0, told_rate_ = 0;
};

template <class Call, class GoOn>
void file_transfer_state::work(Call call, GoOn go_on) {
  const auto to = caf::actor_cast<caf::weak_actor_ptr>(file_transfer_actor{self});
  ++calls_;
  post([this, to, call = std::move(call), go_on = std::move(go_on)]() mutable {
    auto answer = std::make_shared<decltype(call())>(call());
    const auto actor = caf::actor_cast<file_transfer_actor>(to);
    if (!actor) return;
    // What is in `this` is touched by the actor only, which lives while it takes the message.
    caf::anon_send(actor, transfer_work_done{[this, answer, go_on]() mutable {
                     --calls_;
                     go_on(*answer);
                   }});
  });
}

}  // namespace hobnob
