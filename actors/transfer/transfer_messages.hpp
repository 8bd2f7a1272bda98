#pragma once

// Transfers of files, as messages: what one asks of the actor behind a peer's transfers
// (`transfer_desk_actor`), and what it tells. Its type ids are a block of their own, far from the
// others, so that programs may go on numbering theirs from the end of hobnob's first block.

#include "actors/core/transfer_content.hpp"
#include "actors/core/transfer_journal.hpp"
#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

using core::transfer_direction;
using core::transfer_id;

/// How far a transfer is. `done` and `failed` are final.
enum class transfer_state : std::uint8_t {
  offered,    ///< Nobody has answered the offer yet.
  queued,     ///< Accepted; as many as may run are running.
  running,    ///< Content is on its way.
  verifying,  ///< What an earlier try left is compared, or the source is looked through.
  waiting,    ///< For a link to the other side; or for room on a full disk (see `code`).
  paused,     ///< By this side or the other (see `code`).
  done,       ///< Everything is at the receiver, verified, under its name.
  failed,     ///< See `code`.
};

/// A row of `list_transfers`, and what every event of a transfer says of it.
struct transfer_info {
  transfer_id id{};
  transfer_direction direction = transfer_direction::sending;
  std::string user;  ///< The other side.
  fingerprint key;   ///< Its key.
  core::transfer_summary summary;
  std::string note;  ///< From the sender, for people: to be sanitised before it is shown.
  transfer_state state = transfer_state::offered;

  /// Why it waits, is paused or has failed. Stable:
  ///   waiting  "no-link", "disk-full", and the other passing faults of a source or sink
  ///   paused   "here", "there"
  ///   failed   "refused" (by a person or a policy), "too-large", "too-many" (of a policy),
  ///            "unsupported", "expired" (nobody answered), "cancelled" (here), "cancelled-there",
  ///            "silent" (the other side does not go on), "protocol", "unknown" (the other side has
  ///            forgotten it), "key-changed", "not-verified" (blocks keep coming damaged),
  ///            "stopped", and the faults of `core::transfer_fault`: "source-changed",
  ///            "source-unreadable", "disk-full", "disk-error", "bad-path", "folder-changed"
  std::string code;
  std::string detail;  ///< The same for people.

  std::uint64_t files_done = 0;
  std::uint64_t bytes_done = 0;  ///< Held and verified by the receiver, as far as this side knows.
  std::uint64_t bytes_per_second = 0;  ///< Of the last seconds.
  path_kind path = path_kind::none;    ///< `none`: no link.
  std::vector<std::string> stored;     ///< Where the outermost entries stand: at most ten.

  /// What this side left out: a sender what it cannot send (links, sockets, ...), a receiver what
  /// it has others of. Counted as done all the same.
  core::omitted_entries omitted;
  std::uint64_t omitted_there = 0;  ///< At a sender: files that the receiver left out.

  /// What has another name here than in the transfer: at a sender because no receiver would take
  /// it, at a receiver because it was taken.
  core::renamed_entries renamed;
};

// --- What subscribers are told ---

/// Somebody offers something: `answer_offer` decides. Not told of what a policy decides by itself.
struct transfer_offered {
  transfer_info info;
  std::int64_t expires_ms = 0;  ///< Unix time.
};

/// A transfer began, came further or changed its state: at most four times a second each, unless
/// the state changes.
struct transfer_progress {
  transfer_info info;
};

/// The last word on a transfer.
struct transfer_ended {
  transfer_info info;
};

// --- What one may ask ---

/// What one transfer may take of a link.
struct transfer_limits {
  std::uint64_t bytes_per_second = 0;  ///< 0: whatever there is.
};

/// Offers what `source` holds to a user. What is on its way to that user from the same `sources`
/// goes on instead, by its old id and with the new limits, if it is the same still; else that one
/// ends ("source-changed"). Answered as soon as the transfer has an id; what becomes of it is told
/// to subscribers.
struct send_files {
  std::string to;
  std::shared_ptr<core::transfer_source> source;
  std::string name;                  ///< Empty: as the source calls it.
  std::string note;                  ///< For the receiver; at most 200 bytes.
  std::vector<std::string> sources;  ///< What a later start of the program opens: absolute paths.
  transfer_limits limits;
  std::chrono::seconds expires{std::chrono::hours{24 * 7}};  ///< Without an answer.
};

struct transfer_started {
  transfer_id id{};
  std::string code;    ///< Empty; else why there is no transfer: "bad-name", "stopped".
  std::string detail;  ///< The same for people.
};

/// Decides about an offer. Without a sink the one that the peer's settings make is used.
struct answer_offer {
  transfer_id id{};
  bool accept = false;
  std::shared_ptr<core::transfer_sink> sink;
  std::string folder;     ///< Remembered for a later start of the program.
  std::string conflicts;  ///< "rename", "skip", "overwrite"; as above.
  transfer_limits limits;
};

/// Ends a transfer on both sides, at any time; also refuses an offer.
struct cancel_transfer {
  transfer_id id{};
};
struct pause_transfer {
  transfer_id id{};
};
struct resume_transfer {
  transfer_id id{};
};

/// The answer to an order about one transfer.
struct transfer_order_result {
  bool done = false;
  std::string code;    ///< "unknown-transfer", "already-answered", "no-sink", "not-paused".
  std::string detail;  ///< The same for people.
};

/// From now on it may take so much of a link; a later start of the program knows it too.
struct limit_transfer {
  transfer_id id{};
  transfer_limits limits;
};

struct list_transfers {};

/// Running, queued, paused and waiting ones in the order of their beginning, then the last hundred
/// that ended.
struct transfer_list {
  std::vector<transfer_info> transfers;
};

// clang-format off: one handler a line.

/// Whoever wants to know what becomes of transfers.
using transfer_subscriber_actor =
    caf::typed_actor<caf::reacts_to<transfer_offered>,   // Somebody offers something: decide.
                     caf::reacts_to<transfer_progress>,  // A transfer comes further, or changes its
                                                         // state.
                     caf::reacts_to<transfer_ended>>;    // The last word on a transfer.

struct add_transfer_subscriber {
  transfer_subscriber_actor subscriber;
};

/// The transfers of a peer, as the rest of the program knows them.
using transfers_actor = caf::typed_actor<
    // First tells it all transfers that have not ended, open offers as such, then every change.
    caf::reacts_to<add_transfer_subscriber>, caf::replies_to<send_files>::with<transfer_started>,
    caf::replies_to<answer_offer>::with<transfer_order_result>,
    caf::replies_to<cancel_transfer>::with<transfer_order_result>,
    caf::replies_to<pause_transfer>::with<transfer_order_result>,
    caf::replies_to<resume_transfer>::with<transfer_order_result>,
    caf::replies_to<limit_transfer>::with<transfer_order_result>,
    caf::replies_to<list_transfers>::with<transfer_list>>;

// clang-format on

// Of the actors behind it: file_transfer.hpp, transfer_desk.hpp.
struct transfer_link;
struct transfer_frames;
struct slot_answer;
struct transfer_work_done;
struct transfer_told;
struct slot_wanted;
struct journal_written;
struct compare_source;
struct source_compared;

}  // namespace hobnob

CAF_BEGIN_TYPE_ID_BLOCK(hobnob_transfers, caf::first_custom_type_id + 1000)
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_offered))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_progress))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_ended))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::send_files))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_started))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::answer_offer))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::cancel_transfer))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::pause_transfer))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::resume_transfer))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_order_result))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::list_transfers))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_list))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::add_transfer_subscriber))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_link))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_frames))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::slot_answer))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_work_done))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::transfer_told))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::slot_wanted))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::journal_written))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::compare_source))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::source_compared))
CAF_ADD_TYPE_ID(hobnob_transfers, (hobnob::limit_transfer))
CAF_END_TYPE_ID_BLOCK(hobnob_transfers)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::send_files)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::answer_offer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::cancel_transfer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::pause_transfer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::resume_transfer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_order_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::list_transfers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::add_transfer_subscriber)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::slot_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_work_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::transfer_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::slot_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::journal_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::compare_source)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::source_compared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::limit_transfer)
