#pragma once

#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/core/transfer_journal.hpp"
#include "actors/storage/background.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

/// Whose offers are accepted without asking, up to what `transfer_policy` says.
enum class accept_policy : std::uint8_t {
  ask,       ///< Nobody's: `transfer_offered` is told and `answer_offer` decides.
  known,     ///< Of users met before this start of the program; others: ask.
  verified,  ///< Of users whose key somebody has verified; others: ask.
  all,
  none,  ///< Every offer is refused.
};

/// What is taken from a user. What exceeds the limits is refused, whatever else is decided.
struct transfer_policy {
  static constexpr std::uint64_t no_limit = UINT64_MAX;

  /// What is accepted without asking where no limit is set; more than that is asked about.
  static constexpr std::uint64_t unasked_size_max = std::uint64_t{64} << 30;
  static constexpr std::uint64_t unasked_files_max = 100'000;

  accept_policy accept = accept_policy::ask;
  std::uint64_t size_max = no_limit;   ///< Bytes in all, of one transfer.
  std::uint64_t files_max = no_limit;  ///< Entries of one transfer.
};

/// How a peer deals with transfers, and what it stands on. Functions are called on the transfers'
/// own threads (see `make_background`), and may be empty.
struct transfer_config {
  transfer_policy policy;
  std::map<std::string, transfer_policy> users;  ///< Instead of `policy`, for these.

  std::size_t running_max = 4;  ///< Transfers running at once in each direction; the rest queue.
  std::uint64_t bytes_per_second = 0;  ///< Sent by all transfers together; 0: whatever there is.
  std::uint64_t offers_max = 100;      ///< Offers of one user, open or under way; more: refused.

  /// Where transfers are remembered; null: for as long as the peer lives.
  std::shared_ptr<core::transfer_journal> journal;

  /// Where content goes when `answer_offer` or the policy names no sink of its own.
  struct sink_order {
    core::transfer_id id{};
    std::string user;
    std::string folder;     ///< Empty: the usual one.
    std::string conflicts;  ///< "rename", "skip", "overwrite"; empty: the usual policy.
    core::block_set finished;
  };
  std::function<std::shared_ptr<core::transfer_sink>(const sink_order&)> make_sink;

  /// Opens again what an earlier start of the program was sending.
  std::function<std::shared_ptr<core::transfer_source>(const std::vector<std::string>&)>
      open_source;

  /// Removes what transfers have left that will not go on. Called once, at the start, with all that
  /// is remembered and the Unix time.
  std::function<void(const std::vector<core::transfer_record>&, std::int64_t now_ms)> clean_up;

  /// Where one transfer's content is read, written and hashed; empty: a thread for each running
  /// one.
  std::function<std::unique_ptr<background>()> make_background;
};

}  // namespace hobnob
