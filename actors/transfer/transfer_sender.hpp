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
#include <string>
#include <vector>

namespace hobnob {

class block_frame_writer;

namespace wire {
class Transfer;
}

/// The sending half of a transfer: answers what the receiver asks for, out of a source. It knows no
/// link and no clock, and every call may wait for the source; one at a time, from any thread.
///
/// It holds little: what was asked for and not sent yet, and the hashes of files that the receiver
/// has not finished.
class transfer_sender {
 public:
  using fault = std::optional<core::transfer_fault>;

  /// What a call has to say to the receiver: payloads of `transfer` frames, in order.
  using answers = std::vector<shared_slice>;

  transfer_sender(const core::transfer_id& id, std::shared_ptr<core::transfer_source> source);
  ~transfer_sender();

  /// Looks at the source. First of all, once; `summary` and `manifest_hash` hold afterwards.
  fault scan();

  const core::transfer_summary& summary() const noexcept { return summary_; }
  const core::content_hash& manifest_hash() const noexcept { return manifest_hash_; }
  core::omitted_entries omitted() const { return source_->omitted(); }
  core::renamed_entries renamed() const { return source_->renamed(); }

  /// Takes a message of the receiver: `manifest_request`, `block_request`, `hash_request`,
  /// `finished` or `complete`. Others do nothing. What is asked for is answered by `answer` and
  /// `next_blocks`. A fault ends the transfer, with its code for the
  /// receiver as well: "protocol" if it asked for what there is not, "not-verified" if it finished
  /// something with other content, and those of the source.
  fault take(const wire::Transfer& message, answers& out);

  /// Entries or hashes were asked for that have not been answered yet.
  bool has_questions() const noexcept { return !questions_.empty(); }

  /// Answers some of them: no more than a link takes at once, and no more than is read in a moment.
  fault answer(answers& out);

  /// Content was asked for that has not been sent yet.
  bool has_blocks() const noexcept { return !asked_.empty(); }

  /// The next `blocks` frame, of at most `size_max` bytes; empty if nothing was asked for.
  fault next_blocks(std::size_t size_max, shared_slice& payload);

  /// The link is gone, or the receiver begins again: what was asked for is void.
  void forget_requests();

  /// Finished at the receiver with our content, as far as it has told.
  std::uint64_t files_done() const noexcept { return files_done_; }
  std::uint64_t bytes_done() const noexcept { return bytes_done_; }

  /// `complete` came and was confirmed: nothing is left to do.
  bool done() const noexcept { return done_; }

 private:
  struct asked_range;
  struct open_file;
  struct question;

  /// What is left for a call of `answer`.
  struct allowance {
    std::size_t said;
    std::uint64_t read;
  };

  fault ask(const wire::Transfer& message);
  fault ask_entries(const wire::Transfer& message);
  fault ask_hashes(const wire::Transfer& message);
  fault put_question(question asked);
  void send_entries(question& asked, allowance& left, answers& out);
  fault send_hashes(question& asked, allowance& left, answers& out);
  fault hash_block(question& asked, open_file& file, allowance& left);
  fault take_finished(const wire::Transfer& message);
  fault check_root(std::uint32_t entry, const core::content_hash& root);
  fault add_piece(block_frame_writer& frame, bool& full);
  fault run_on(asked_range& range, open_file& file);
  void begin_block();
  void next_range();
  open_file* open(std::uint32_t entry);
  void forget_files(std::uint64_t first, std::uint64_t end);

  core::transfer_id id_;
  std::shared_ptr<core::transfer_source> source_;
  core::transfer_summary summary_;
  core::content_hash manifest_hash_{};

  std::deque<question> questions_;
  content_hasher question_hash_;  ///< Of what was read for the first one.

  std::deque<asked_range> asked_;
  std::uint64_t sent_of_block_ = 0;           ///< Of the first block asked for.
  content_hasher block_hash_;                 ///< Of these bytes.
  std::map<std::uint32_t, open_file> files_;  ///< With hashes the receiver has not confirmed.
  std::uint64_t kept_blocks_ = 0;             ///< Of these.
  std::uint64_t files_done_ = 0;
  std::uint64_t bytes_done_ = 0;
  bool done_ = false;
};

}  // namespace hobnob
