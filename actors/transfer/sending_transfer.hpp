#pragma once

#include "actors/transfer/file_transfer_state.hpp"
#include "actors/transfer/transfer_sender.hpp"

#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace hobnob {

/// A source that calls under way on another thread may be using. Any thread.
class wanted_source {
 public:
  void set(std::shared_ptr<core::transfer_source> source) {
    const std::lock_guard guard{mutex_};
    source_ = std::move(source);
    if (given_up_) source_->give_up();
  }

  /// Whoever waits for it waits no longer.
  void give_up() {
    const std::lock_guard guard{mutex_};
    given_up_ = true;
    if (source_) source_->give_up();
  }

 private:
  std::mutex mutex_;
  bool given_up_ = false;
  std::shared_ptr<core::transfer_source> source_;
};

/// The sender's side of a transfer: looks through the source, offers it on every link, and answers
/// what the receiver asks for. Content is read and hashed ahead of the link by a little.
struct sending_transfer_state : file_transfer_state {
  static inline const char* name = "hobnob.sending_transfer";

  using file_transfer_state::file_transfer_state;
  using file_transfer_state::make_behavior;
  ~sending_transfer_state() override { ended(); }

 private:
  static constexpr std::chrono::seconds first_patience{5};

  /// What a call on the engine came to.
  struct outcome {
    transfer_sender::fault fault;
    transfer_sender::answers answers;
    std::vector<shared_slice> frames;  ///< Payloads of `blocks` frames.
    bool has_blocks = false;
    bool has_questions = false;
    bool done = false;
    std::uint64_t files_done = 0;
    std::uint64_t bytes_done = 0;

    void note(const transfer_sender& engine);
  };

  void start() override;
  void linked() override;
  void take(const transfer_input& input) override;
  void run() override {}
  void halt() override;
  void pump() override;
  void tick() override {}
  bool has_work() const override { return asked; }
  bool has_spoken() const override { return offered; }
  bool is_waiting() const override;
  transfer_order_result answer(const answer_offer& order) override;
  caf::result<source_compared> compare_with(const compare_source& order) override;
  void drained() override;
  void retry() override;
  void waited() override;
  void ended() override;
  void limit() override;
  std::optional<transfer_state> own_state() const override;
  transfer_state quiet_state() const override;

  void look_through();
  void looked_through(const transfer_sender::fault& failed);
  void ask_for_patience();
  void offer();
  void take_accepted();
  void answer_inbox();
  void answered(const outcome& result);
  void make_blocks();
  void made(outcome& result);
  void send_blocks();
  bool must_pause_for_rate();
  void keep_change(std::size_t unused, bool goes_on);

  std::shared_ptr<wanted_source> wanted = std::make_shared<wanted_source>();
  std::shared_ptr<transfer_sender> engine;  // Null until the source has been looked through.
  bool looking = false;
  bool offered = false;  // On this link.
  std::chrono::seconds patience =
      first_patience;  // With a receiver that accepts, and asks nothing.
  std::optional<rate_limit> pace;
  std::size_t unspent = 0;  // Bytes of the rates that were paid for and not sent.

  // While it runs, or is about to:
  bool asked = false;  // The receiver has asked for something on this link.
  std::vector<std::shared_ptr<const wire::Transfer>> inbox;
  std::size_t inbox_bytes = 0;
  bool forget_first = false;  // What the engine was asked for is void.
  bool answering = false;
  bool has_questions = false;  // That were answered in part.
  std::size_t making = 0;      // Frames that calls under way are about to make.
  bool has_blocks = false;
  std::deque<shared_slice> made_blocks;
  bool blocked = false;  // The link takes no content at present.
  bool spent = false;    // It was the last one to use the rate of all, for all it knows.
};

file_transfer_actor::behavior_type sending_transfer(
    file_transfer_actor::stateful_pointer<sending_transfer_state> self, file_transfer_config config,
    transfer_owner_actor desk);

}  // namespace hobnob
