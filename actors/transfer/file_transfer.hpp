#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/core/transfer_journal.hpp"
#include "actors/interfaces.hpp"
#include "actors/storage/background.hpp"
#include "actors/transfer/kept_input.hpp"
#include "actors/transfer/transfer_config.hpp"
#include "actors/transfer/transfer_messages.hpp"
#include "actors/transfer/transfer_rate.hpp"

#include <caf/typed_actor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace hobnob {

namespace wire {
class Transfer;
}

// --- The desk to one transfer ---

/// The link to go by from now on; without a connection there is none.
struct transfer_link {
  std::uint64_t link = 0;
  fingerprint user;
  path_kind path = path_kind::none;
  connection_ptr connection;
  bool transfers = false;  ///< The other side understands transfers.
};

/// A frame of one transfer: a message, or the payload of `blocks`.
struct transfer_input {
  std::shared_ptr<const wire::Transfer> message;
  shared_slice blocks;
};

/// What came for a transfer with one read of a link.
struct transfer_frames {
  std::uint64_t link = 0;
  std::vector<transfer_input> inputs;
};

/// The answer to `slot_wanted`: it may run, or waits until it may.
struct slot_answer {
  std::uint64_t ticket = 0;
  bool granted = false;
};

/// Its files are to be sent to the same user again, by this source: are they what was offered?
struct compare_source {
  std::shared_ptr<core::transfer_source> source;
};

/// If not, it has ended.
struct source_compared {
  bool same = true;
};

/// A call on a transfer's background has come to its end; `then` goes on from there.
struct transfer_work_done {
  std::function<void()> then;
};

// --- One transfer to the desk ---

/// What has become of a transfer.
struct transfer_told {
  transfer_info info;
  std::int64_t expires_ms = 0;  ///< Of an offer that waits for an answer: Unix time.
  std::shared_ptr<const core::transfer_record> record;  ///< To be remembered; null: as before.
};

/// It would run if it might (or no longer would: `ticket` is 0).
struct slot_wanted {
  transfer_id id{};
  transfer_direction direction = transfer_direction::sending;
  std::uint64_t ticket = 0;
};

// clang-format off: one handler a line.

using transfer_owner_actor =
    caf::typed_actor<caf::reacts_to<transfer_told>, caf::reacts_to<slot_wanted>>;

/// One transfer at one side: all that is decided about it.
using file_transfer_actor =
    caf::typed_actor<caf::reacts_to<transfer_link>, caf::reacts_to<transfer_frames>,
                     caf::reacts_to<link_drained>, caf::reacts_to<slot_answer>,
                     caf::reacts_to<transfer_work_done>,  // Self-sent, from the background.
                     caf::reacts_to<deadline_passed>,     // Self-sent.
                     caf::replies_to<compare_source>::with<source_compared>,
                     caf::replies_to<answer_offer>::with<transfer_order_result>,
                     caf::replies_to<cancel_transfer>::with<transfer_order_result>,
                     caf::replies_to<pause_transfer>::with<transfer_order_result>,
                     caf::replies_to<resume_transfer>::with<transfer_order_result>,
                     caf::replies_to<limit_transfer>::with<transfer_order_result>>;

// clang-format on

/// What a transfer is made of. It ends by itself when it has told its last word.
struct file_transfer_config {
  /// Of an earlier start of the program, or made for a new one.
  core::transfer_record record;
  bool remembered = false;                        ///< From an earlier start.
  std::shared_ptr<core::transfer_source> source;  ///< To send; null: as `record` says.
  bool accepted = false;  ///< A new one to be received: the policy has accepted it.

  /// The desk is about to tell of a link, or that there is none any more: until then there is no
  /// word of its lack.
  bool link_coming = false;

  std::shared_ptr<const transfer_config> settings;
  std::shared_ptr<rate_limit> shared_limit;  ///< Of all that is sent.
  std::shared_ptr<kept_input_budget> kept;   ///< Of all that is received.
  std::shared_ptr<background> reaper;        ///< Where backgrounds are destroyed, which may wait.
  std::function<std::int64_t()> wall_ms;     ///< Unix time.
};

}  // namespace hobnob
