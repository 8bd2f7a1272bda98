#pragma once

#include "actors/core/block_plan.hpp"
#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/transfer/content_hasher.hpp"
#include "transport/bytes.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hobnob {

struct block_piece;
struct receiving_file;

namespace wire {
class Transfer;
}

/// What a receiver expects of a transfer, and how much it asks for.
struct transfer_receiver_config {
  core::transfer_id id{};
  core::transfer_summary offered;
  core::content_hash manifest{};

  /// Nothing more is asked for while this many bytes have not come. With the last block asked for
  /// on top, it bounds what a slow sink can make pile up in memory.
  std::uint64_t window = 8 * 1024 * 1024;

  /// Entries remembered as finished from an earlier run.
  core::block_set finished;
  std::uint64_t omitted_before = 0;  ///< Of these: files that were not taken,
  std::uint64_t renamed_before = 0;  ///< and what stands under another name.

  /// Set when nobody waits any more: what is compared then ends soon, with any fault.
  std::shared_ptr<const std::atomic<bool>> given_up{};
};

/// The receiving half of a transfer: asks for what it lacks, verifies each block, and fills a sink.
/// Resuming, repairing and taking over what is already there are one mechanism: compare the hashes
/// of what stands in the sink with the sender's, then ask for the rest. It knows no link and no
/// clock, and every call may wait for the sink; one at a time, from any thread.
///
/// A fault that is `passing` (a full disk) leaves everything as it is: `begin` goes on from there.
/// What somebody removes before it is whole is asked for again at once, a few times.
/// Any other fault is the end. Codes: "protocol" (the sender sends what was not asked for),
/// "source-changed" (the list of files is another one), "not-verified" (blocks keep coming
/// damaged), and those of the sink.
class transfer_receiver {
 public:
  using fault = std::optional<core::transfer_fault>;

  /// What a call has to say to the sender: payloads of `transfer` frames, in order.
  using answers = std::vector<shared_slice>;

  transfer_receiver(transfer_receiver_config config, std::shared_ptr<core::transfer_sink> sink);
  ~transfer_receiver();

  /// Opens the sink, the first time, and asks for what is lacking. On every new link, and to go on
  /// after a passing fault: what was asked for before is void.
  fault begin(answers& out);

  /// Takes a message of the sender: `manifest`, `block_hashes` or `verified`. Others do nothing.
  fault take(const wire::Transfer& message, answers& out);

  /// Takes the payload of a `blocks` frame.
  fault take_blocks(byte_view payload, answers& out);

  /// Tells the sender what was finished since the last time, and how far all is. About four times
  /// a second, while anything comes.
  void report(answers& out);

  /// Makes what was finished outlast a power cut: `finished` then says so. About once a second.
  fault settle(answers& out);

  /// How much is asked for at once, from now on.
  void set_window(std::uint64_t window) noexcept { config_.window = window; }

  /// All is in the sink, settled and closed; the sender has been told.
  bool complete() const noexcept { return complete_; }

  /// The sender has confirmed that the content is the same.
  bool verified() const noexcept { return verified_; }

  std::uint64_t files_done() const noexcept { return files_done_; }
  std::uint64_t bytes_done() const noexcept { return bytes_done_; }  ///< Held and verified.

  /// What was read and compared since the beginning, whatever came of it.
  std::uint64_t bytes_compared() const noexcept { return bytes_compared_; }

  /// Content that was asked for and has not come.
  std::uint64_t bytes_awaited() const noexcept { return asked_bytes_; }

  /// Comparing what an earlier try left, more than receiving.
  bool comparing() const noexcept { return !comparing_.empty() && lacking_.empty(); }

  /// Settled: what may be remembered as finished.
  const core::block_set& finished() const noexcept { return settled_; }

  /// Files that were not taken, those of an earlier run included.
  core::omitted_entries omitted() const;

  /// What stands under another name, counted as above.
  core::renamed_entries renamed() const;

  /// Where the outermost entries stand: at most ten.
  const std::vector<std::string>& stored() const noexcept { return stored_; }

 private:
  fault take_manifest(const wire::Transfer& message);
  fault take_hashes(const wire::Transfer& message);
  fault take_piece(const block_piece& piece);
  fault go_on(answers& out);
  fault begin_again(answers& out);
  fault take_frame(byte_view payload, answers& out);
  void void_requests();
  fault settle_finished();
  fault mended(fault failed, answers& out);
  bool take_lost();
  void receive_again(std::uint32_t entry);
  void drop_held(receiving_file& file);

  bool is_as_offered(const core::transfer_entry& entry);
  fault open_entries();
  fault open_entry(std::uint32_t entry, const core::transfer_entry& declared);
  bool wants_more() const noexcept;
  bool has_room_to_open() const noexcept;
  bool may_open() const noexcept;
  fault compare_block(std::uint32_t entry, receiving_file& file, std::uint64_t block,
                      const core::content_hash& expected, bool& same);
  void end_comparison(std::uint32_t entry, receiving_file& file);
  fault finish_ready();
  void note_finished(std::uint32_t entry, const core::transfer_entry& declared,
                     const core::content_hash* root, const std::string& shown);

  bool bears_unasked(std::uint64_t size);
  bool is_hole_behind(const block_piece& piece, const receiving_file& file,
                      std::uint64_t block) const;
  void cover(std::uint32_t entry, receiving_file& file, std::uint64_t block);
  std::uint64_t compared_at_once(std::uint32_t entry, const receiving_file& file);

  void ask_for_manifest(answers& out);
  void ask_for_hashes(answers& out);
  void ask_for_blocks(answers& out);
  fault close(answers& out);

  transfer_receiver_config config_;
  std::shared_ptr<core::transfer_sink> sink_;
  bool open_ = false;
  bool complete_ = false;
  bool verified_ = false;
  unsigned times_removed_ = 0;  ///< Since it began: something that was written.

  // The manifest. The last entries declared wait to be looked at.
  content_hasher manifest_hash_;
  std::uint64_t declared_ = 0;
  std::uint64_t manifest_asked_ = 0;  ///< Up to here, on this link.
  std::deque<core::transfer_entry> waiting_;
  std::size_t outermost_declared_ = 0;

  // Files that are neither waiting nor finished, and those of them that ...
  std::map<std::uint32_t, receiving_file> files_;
  std::uint64_t open_blocks_ = 0;       ///< Of these.
  std::set<std::uint32_t> comparing_;   ///< are compared with what the sender has,
  std::set<std::uint32_t> to_compare_;  ///< ... and have hashes to ask for,
  std::set<std::uint32_t> lacking_;     ///< have blocks to ask for,
  std::set<std::uint32_t> ready_;       ///< are all there, to be finished.
  std::uint64_t asked_bytes_ = 0;       ///< And not come.
  std::uint64_t bytes_compared_ = 0;
  std::uint64_t late_bytes_ = 0;     ///< Of void requests, that may still come.
  std::uint64_t unasked_bytes_ = 0;  ///< That came all the same.

  // What is finished, what the sender knows of it, and what may be remembered.
  std::map<std::uint32_t, core::content_hash> unreported_;  ///< With its root.
  core::block_set unreported_earlier_;                      ///< Without: on an earlier link.
  std::uint64_t reported_bytes_ = UINT64_MAX;
  core::block_set finished_, settled_;
  std::map<std::uint32_t, core::transfer_entry> unsettled_;  ///< What the sink may still lose.
  std::uint64_t files_done_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::vector<std::string> stored_;
};

}  // namespace hobnob
