#pragma once

#include "actors/core/block_plan.hpp"
#include "actors/core/block_set.hpp"
#include "actors/transfer/transfer_sender.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hobnob {

/// The receiver is at fault.
inline core::transfer_fault asked_wrongly(std::string detail) {
  return {"protocol", "the receiver asked for " + std::move(detail)};
}

/// Blocks `first` to `end - 1` of an entry; or, with `end` 0, everything of `entries` entries.
struct transfer_sender::asked_range {
  std::uint32_t entry = 0;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint32_t entries = 0;
  bool runs_on = false;  ///< With the blocks behind it that are holes.
};

/// Entries `next` to `end - 1`, or the hashes of these blocks of a file.
struct transfer_sender::question {
  bool of_hashes = false;
  std::uint32_t entry = 0;
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  std::uint64_t end = 0;
  std::uint64_t read_of_block = 0;  ///< Of the next one.
  std::string hashes;               ///< Of those before.
};

struct transfer_sender::open_file {
  explicit open_file(const core::transfer_entry& entry)
      : kind(entry.kind), plan(entry.size), hashes(plan.count()) {}

  void note(std::uint64_t block, const core::content_hash& hash) {
    hashes[block] = hash;
    hashed.add({block, block + 1});
  }

  core::entry_kind kind;
  core::block_plan plan;
  std::vector<core::content_hash> hashes;
  core::block_set hashed;
  std::uint64_t run_on_end = 0;  ///< Holes before it were sent without having been asked for.
};

}  // namespace hobnob
