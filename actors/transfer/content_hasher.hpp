#pragma once

#include "actors/core/transfer_content.hpp"
#include "transport/bytes.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace hobnob {

/// Computes a `core::content_hash` piece by piece (XXH3-128, https://xxhash.com, canonical byte
/// order). Half a KiB of memory once anything is added.
class content_hasher {
 public:
  content_hasher();
  ~content_hasher();

  void add(byte_view data);

  /// So many zeros.
  void add_zeros(std::uint64_t size);

  /// Of everything added so far.
  core::content_hash value() const noexcept;

  /// As made new.
  void reset() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

core::content_hash hash_content(byte_view data) noexcept;

/// Of so many zeros. Known at once for a full block of any size.
core::content_hash hash_zeros(std::uint64_t size);

/// The hash of a file: over the hashes of its blocks, in order.
core::content_hash hash_root(std::span<const core::content_hash> blocks) noexcept;

/// Takes the next entry into the hash of a manifest.
void add_entry(content_hasher& manifest, const core::transfer_entry& entry);

}  // namespace hobnob
