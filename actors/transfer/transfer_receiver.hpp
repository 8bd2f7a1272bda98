#pragma once

#include "actors/core/block_plan.hpp"
#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/transfer/content_hasher.hpp"
#include "transport/bytes.hpp"

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

namespace wire {
class Transfer;
}

/// What a receiver expects of a transfer, and how much it asks for.
struct transfer_receiver_config {
  core::transfer_id id{};
  core::transfer_summary offered;
  core::content_hash manifest{};

  /// Bytes asked for that have not come, at most; one block may always be. Bounds what a slow sink
  /// can make pile up in memory.
  std::uint64_t window = 8 * 1024 * 1024;

  /// Entries remembered as finished from an earlier run.
  core::block_set finished;
};

/// The receiving half of a transfer: asks for what it lacks, verifies each block, and fills a sink.
/// Resuming, repairing and taking over what is already there are one mechanism: compare the hashes
/// of what stands in the sink with the sender's, then ask for the rest. It knows no link and no
/// clock, and every call may wait for the sink; one at a time, from any thread.
///
/// A fault that is `passing` (a full disk) leaves everything as it is: `begin` goes on from there.
/// Any other fault is the end. Codes: "protocol" (the sender sent what was not asked for),
/// "source-changed" (the list of files is another one), "not-verified" (blocks keep coming damaged),
/// and those of the sink.
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

  /// Settles what was finished since the last time, and tells the sender of it. About four times a
  /// second, while anything comes.
  fault report(answers& out);

  /// How much is asked for at once, from now on.
  void set_window(std::uint64_t window) noexcept { config_.window = window; }

  /// All is in the sink, settled and closed; the sender has been told.
  bool complete() const noexcept { return complete_; }

  /// The sender has confirmed that the content is the same.
  bool verified() const noexcept { return verified_; }

  std::uint64_t files_done() const noexcept { return files_done_; }
  std::uint64_t bytes_done() const noexcept { return bytes_done_; }  ///< Held and verified.

  /// Comparing what an earlier try left, more than receiving.
  bool comparing() const noexcept { return comparing_ > 0; }

  /// Settled: what may be remembered as finished.
  const core::block_set& finished() const noexcept { return settled_; }

  /// Where the outermost entries stand: at most ten.
  const std::vector<std::string>& stored() const noexcept { return stored_; }

 private:
  struct open_file;

  fault take_manifest(const wire::Transfer& message);
  fault take_hashes(const wire::Transfer& message);
  fault take_piece(const block_piece& piece, class block_frame_reader& frame);
  fault go_on(answers& out);
  fault open_next();
  fault finish(std::uint32_t entry, open_file& file, bool candidate_serves);
  fault note_finished(std::uint32_t entry, const core::transfer_entry& declared, bool now,
                      const core::content_hash& root, const std::string& shown);
  void ask_for_manifest(answers& out);
  void ask_for_hashes(answers& out);
  void ask_for_blocks(answers& out);
  fault close(answers& out);

  transfer_receiver_config config_;
  std::shared_ptr<core::transfer_sink> sink_;
  bool open_ = false;
  bool complete_ = false;
  bool verified_ = false;

  // The manifest, entry by entry: declared, of which the last ones wait to be looked at.
  content_hasher manifest_hash_;
  std::uint64_t declared_ = 0;
  std::uint64_t manifest_asked_ = 0;  ///< Up to here, on this link.
  std::deque<core::transfer_entry> waiting_;

  std::map<std::uint32_t, open_file> files_;
  std::uint64_t asked_bytes_ = 0;  ///< And not come.
  std::uint32_t comparing_ = 0;    ///< Open files of which something is compared.

  // What is finished, what the sender knows of it, and what may be remembered.
  struct finished_entry {
    std::uint32_t entry;
    bool now;  ///< On this link, with a root; else earlier.
    core::content_hash root;
  };
  std::vector<finished_entry> unreported_;
  core::block_set finished_, settled_;
  std::uint64_t files_done_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::vector<std::string> stored_;
};

}  // namespace hobnob
