#pragma once

#include "actors/core/receive_window.hpp"
#include "actors/transfer/file_transfer_state.hpp"
#include "actors/transfer/transfer_receiver.hpp"

#include <caf/stateful_actor.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace hobnob {

/// The receiver's side of a transfer: waits for a person's answer, then for the sender's offer on
/// each link, asks for what it lacks, and gives what comes to the sink.
struct receiving_transfer_state : file_transfer_state {
  static inline const char* name = "hobnob.receiving_transfer";

  using file_transfer_state::file_transfer_state;
  using file_transfer_state::make_behavior;
  ~receiving_transfer_state() override;

 private:
  /// The sink and what fills it; made and used on the background.
  struct workshop {
    std::shared_ptr<core::transfer_sink> sink;
    std::unique_ptr<transfer_receiver> engine;
    std::shared_ptr<std::atomic<bool>> given_up = std::make_shared<std::atomic<bool>>(false);
  };

  /// What a call on them came to.
  struct outcome {
    transfer_receiver::fault fault;
    transfer_receiver::answers answers;
    std::size_t taken = 0;  ///< Bytes.
    std::uint64_t files_done = 0;
    std::uint64_t bytes_done = 0;
    bool comparing = false;
    std::uint64_t awaited = 0;  ///< Bytes of content asked for.
    bool complete = false;
    std::vector<transfer_input> rest;  ///< Not taken yet: that was work enough.
    std::vector<std::string> stored;
    core::omitted_entries omitted;
    core::renamed_entries renamed;
    std::optional<core::block_set> finished;  ///< Once settled.
  };

  /// One call: what there is to do.
  struct job {
    bool begin = false;
    std::vector<transfer_input> inputs;
    bool urgent = false;               ///< Not only full frames of content are among these.
    std::shared_ptr<kept_input> kept;  ///< Of these.
    bool report = false;
    bool settle = false;
    std::uint64_t window = 0;
  };

  void start() override;
  void linked() override;
  void take(const transfer_input& input) override;
  void run() override;
  void halt() override;
  void pump() override;
  void tick() override;
  bool has_work() const override { return offer_seen && !complete; }
  bool has_spoken() const override;
  bool is_waiting() const override;
  bool is_complete() const override { return complete; }
  transfer_order_result answer(const answer_offer& order) override;
  void limit() override;
  void discard() override;
  void ended() override { *shop->given_up = true; }
  std::optional<transfer_state> own_state() const override;
  transfer_state quiet_state() const override;

  void take_offer(const wire::Transfer& message);
  void watch_expiry();
  void say_accepted();
  void say_complete();
  void keep(const transfer_input& input);
  void worked(outcome& result, bool current);
  transfer_config::sink_order sink_order() const;
  static outcome perform(workshop& shop, job& todo);
  bool is_worth_a_call() const;
  void keep_on(std::vector<transfer_input>& rest);

  std::shared_ptr<workshop> shop = std::make_shared<workshop>();
  std::shared_ptr<core::transfer_sink> given_sink;  // By whoever answered the offer.
  std::shared_ptr<rate_limit> pace;
  std::uint64_t omitted_before = 0;  // At an earlier start of the program,
  std::uint64_t renamed_before = 0;  // as is this.
  bool begun = false;                // The sink may hold something.
  bool complete = false;
  bool offer_seen = false;  // On this link, as is the next.
  bool accepted_said = false;

  // While it runs:
  job next;
  bool working = false;
  bool comparing = false;
  bool comparing_now = false;
  bool uncounted = false;  // What an earlier start left has yet to be compared.
  core::receive_window adapted;
  std::uint64_t window = 0;   // Bytes of content that the last call could ask for,
  std::uint64_t awaited = 0;  // and those that had not come after it.
  unsigned ticks = 0;
  unsigned idle_ticks = 0;  // Since anything came.
  bool sharing = false;     // It counts among those that receive.
};

file_transfer_actor::behavior_type receiving_transfer(
    file_transfer_actor::stateful_pointer<receiving_transfer_state> self,
    file_transfer_config config, transfer_owner_actor desk);

}  // namespace hobnob
