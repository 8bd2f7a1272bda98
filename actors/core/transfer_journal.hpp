#pragma once

#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "transport/fingerprint.hpp"

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace hobnob::core {

enum class transfer_direction : std::uint8_t { sending = 1, receiving = 2 };

/// What one side remembers of a transfer from one start of the program to the next.
struct transfer_record {
  transfer_id id{};
  transfer_direction direction = transfer_direction::sending;
  std::string user;  ///< The other side.
  fingerprint key;   ///< Its key: a transfer goes on with nobody else.
  transfer_summary summary;
  std::string note;                    ///< Of the sender.
  std::uint64_t bytes_per_second = 0;  ///< That it may take at most; 0: whatever there is.
  content_hash manifest{};             ///< Of all entries: what is offered again must be the same.
  std::string state;      ///< How far it is, in a word: "offered", "running", "paused", ...
  std::string detail;     ///< Of one that failed: a sentence, or empty.
  std::string conflicts;  ///< What becomes of files whose names are taken, in a word; or empty.
  std::string folder;     ///< Where it is received to.
  std::vector<std::string> sources;  ///< What is sent: absolute paths.
  std::int64_t expires_ms = 0;       ///< Unix time; 0 is never.

  /// Entries that need nothing more, as `block_set` of their places in the manifest. Only what a
  /// sink has settled. What is held of the others is not remembered: it is verified anyway.
  block_set finished;
  std::uint64_t omitted = 0;  ///< So many of them are files that were not taken,
  std::uint64_t renamed = 0;  ///< and so many have other names at this side.

  bool operator==(const transfer_record&) const = default;
};

/// Where the transfers of a peer are remembered. Calls may wait for a disk; one at a time.
class transfer_journal {
 public:
  struct loaded {
    std::vector<transfer_record> records;
    std::vector<std::string> problems;  ///< Sentences on what could not be read and is forgotten.
  };

  virtual ~transfer_journal() = default;

  virtual loaded load() = 0;

  /// Adds the record or replaces the one of the same id. When it returns without an error, it
  /// outlasts a power cut.
  virtual std::error_code save(const transfer_record& record) = 0;

  /// No error if there is none.
  virtual std::error_code remove(const transfer_id& id) = 0;
};

}  // namespace hobnob::core
