#pragma once

#include "actors/core/block_plan.hpp"
#include "actors/core/block_set.hpp"
#include "actors/core/transfer_content.hpp"
#include "actors/transfer/content_hasher.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace hobnob {

/// What a receiver knows of a file that is on its way.
struct receiving_file {
  explicit receiving_file(core::transfer_entry entry)
      : declared(std::move(entry)), plan(declared.size), hashes(plan.count()) {}

  /// Block `block` is in the sink, and verified.
  void hold(std::uint64_t block, const core::content_hash& hash) {
    held.add({block, block + 1});
    covered.add({block, block + 1});
    hashes[block] = hash;
  }

  bool all_held() const noexcept { return held.count() == plan.count(); }

  core::transfer_entry declared;
  core::block_plan plan;
  std::vector<core::content_hash> hashes;
  core::block_set held;
  core::block_set covered;  ///< What is held, and what is asked for.
  bool candidate = false;   ///< It is the sink's candidate that is compared.
  unsigned damaged = 0;     ///< Blocks that came with another hash than announced.

  // Blocks below `compare_end` may stand in the sink already.
  std::uint64_t compared = 0;
  std::uint64_t compare_asked = 0;
  std::uint64_t compare_end = 0;

  // The block that is coming in.
  std::uint64_t block = 0;
  std::uint64_t block_come = 0;  ///< Its first bytes: how many are in the sink.
  content_hasher block_hash;     ///< Of these.
};

}  // namespace hobnob
