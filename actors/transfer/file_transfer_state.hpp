#pragma once

#include "actors/transfer/file_transfer.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

/// What both sides of a transfer have in common: its link, who holds it back, its turn to run, its
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
  // --- What each side does its own way ---

  virtual void start() = 0;                               ///< Once, at the beginning.
  virtual void linked() = 0;                              ///< There is another link.
  virtual void take(const transfer_input& input) = 0;     ///< A frame on this link.
  virtual void run() = 0;                                 ///< Runs from now on: see `running`.
  virtual void halt() = 0;                                ///< Does not run from now on.
  virtual void pump() = 0;                                ///< Gets on with what there is to do.
  virtual void tick() = 0;                                ///< Running: four times a second.
  virtual bool has_work() const = 0;                      ///< It would run if nothing held it back.
  virtual bool speaks() const = 0;                        ///< The other side expects a `hold`.
  virtual transfer_state quiet_state() const = 0;         ///< If nothing holds it back or fails.
  virtual transfer_order_result answer(const answer_offer& order) = 0;
  virtual void discard() {}                               ///< It has failed: clean up, by `work`.
  virtual bool answered() const { return accepted; }      ///< The offer.

  // --- file_transfer_state.cpp: what happens, and what follows ---

  void update();
  void take_link(const transfer_link& news);
  void take_frames(const transfer_frames& arrived);
  void take_slot(const slot_answer& answer);
  void take_hold(const wire::Transfer& message);
  void take_end(const wire::Transfer& message);
  void woken(std::uint64_t token);

  transfer_order_result pause();
  transfer_order_result resume();
  transfer_order_result cancel();

  /// A call has failed: waits and tries again, or it is the end.
  void trouble(const core::transfer_fault& fault);

  /// The last word. `for_there`: the other side is told this; empty: nothing.
  void fail(std::string code, std::string detail, const std::string& for_there);
  void succeed();

  /// The record is to be brought up to date in the journal.
  void remember() { changed = true; }

  bool is_over() const noexcept { return over; }
  time_point now() const { return self->clock().now(); }

  /// Of the other side, which is there and not held back, for too long.
  bool is_silent() const;

  // --- file_transfer_telling.cpp: to the other side, and to the desk ---

  transfer_state present_state(std::string& code, std::string& detail) const;
  void tell();
  std::string hold_word() const;
  void say_hold();
  send_status say(const wire::Transfer& message, frame_priority priority);
  send_status say(shared_slice payload, frame_priority priority);

  enum class alarm : std::uint8_t { tick, retry, expiry, pace, progress, count };
  void wake_in(alarm what, std::chrono::steady_clock::duration time);
  void forget(alarm what) { ++alarms[static_cast<std::size_t>(what)]; }

  /// Calls `call` on the background, then `go_on` here with what it answered. One after another.
  template <class Call, class GoOn>
  void work(Call call, GoOn go_on);

  file_transfer_actor::pointer self;
  file_transfer_config config;
  transfer_owner_actor desk;

  transfer_info info;       ///< As it was told last, but for the numbers.
  core::transfer_record record;
  transfer_link link;
  bool accepted = false;
  bool paused = false;
  std::optional<core::transfer_fault> fault;  ///< That passes.
  std::string held_there;                     ///< Why the other side does not go on; or empty.
  std::string held_there_detail;
  std::string hold_said;  ///< Of ours, on this link.
  std::uint64_t ticket = 0;  ///< Of the turn that was asked for; 0: none.
  bool has_turn = false, in_queue = false;
  bool running = false;
  std::uint64_t round = 1;  ///< Of running: what belongs to an earlier one is void.
  time_point heard_at{};    ///< Anything of the other side.

 private:
  void post(std::function<void()> job);

  std::unique_ptr<background> worker_;
  std::size_t calls_ = 0;  ///< Under way.
  std::uint64_t last_ticket_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(alarm::count)> alarms{};
  rate_meter rate_;
  std::uint64_t bytes_at_link_ = 0;
  time_point told_at_{};
  time_point remembered_at_{};
  bool told_once_ = false;
  bool progress_due_ = false;
  bool changed = false;
  bool over = false;
};

template <class Call, class GoOn>
void file_transfer_state::work(Call call, GoOn go_on) {
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(file_transfer_actor{self});
  ++calls_;
  post([this, weak, call = std::move(call), go_on = std::move(go_on)]() mutable {
    auto answer = std::make_shared<decltype(call())>(call());
    const auto to = caf::actor_cast<caf::strong_actor_ptr>(weak);
    if (!to) return;
    // `this` is touched by the actor only, which lives while it takes the message.
    caf::anon_send(caf::actor_cast<file_transfer_actor>(to),
                   transfer_work_done{[this, answer, go_on] {
                     --calls_;
                     go_on(*answer);
                   }});
  });
}

file_transfer_actor::behavior_type sending_transfer(
    file_transfer_actor::pointer self, file_transfer_config config, transfer_owner_actor desk);
file_transfer_actor::behavior_type receiving_transfer(
    file_transfer_actor::pointer self, file_transfer_config config, transfer_owner_actor desk);

}  // namespace hobnob
