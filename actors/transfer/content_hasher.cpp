#if defined(__SANITIZE_ADDRESS__)
#define XXH_INLINE_ALL  // what it reads is looked at
#include <xxhash.h>
#else
#define XXH_STATIC_LINKING_ONLY  // the type of its state
#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // from here on the same names use AVX2 or AVX-512 where it is there
#endif
#endif

#include "actors/transfer/content_hasher.hpp"

#include "actors/core/block_plan.hpp"
#include "actors/core/zeros.hpp"
#include "transport/wire/big_endian.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>

namespace hobnob {
namespace {

core::content_hash canonical(XXH128_hash_t hash) noexcept {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  core::content_hash result;
  std::copy_n(bytes.digest, result.size(), result.begin());
  return result;
}

/// Blocks that are not the last of their file: their sizes are powers of two.
constexpr bool is_full_block_size(std::uint64_t size) noexcept {
  return std::has_single_bit(size) && size >= core::block_size_min && size <= core::block_size_max;
}

core::content_hash hash_many_zeros(std::uint64_t size) {
  content_hasher hash;
  hash.add_zeros(size);
  return hash.value();
}

}  // namespace

struct content_hasher::state {
  XXH3_state_t of;
};

content_hasher::content_hasher() = default;

content_hasher::~content_hasher() = default;

void content_hasher::add(byte_view data) {
  if (!state_) {
    state_ = std::make_unique<state>();
    XXH3_128bits_reset(&state_->of);
  }
  XXH3_128bits_update(&state_->of, data.data(), data.size());
}

void content_hasher::add_zeros(std::uint64_t size) {
  core::for_each_zeros(size, [this](byte_view zeros) {
    add(zeros);
    return true;
  });
}

core::content_hash content_hasher::value() const noexcept {
  return state_ ? canonical(XXH3_128bits_digest(&state_->of)) : hash_content({});
}

void content_hasher::reset() noexcept {
  if (state_) XXH3_128bits_reset(&state_->of);
}

core::content_hash hash_content(byte_view data) noexcept {
  return canonical(XXH3_128bits(data.data(), data.size()));
}

core::content_hash hash_zeros(std::uint64_t size) {
  struct known_hash {
    std::once_flag once;
    core::content_hash hash;
  };
  constexpr auto least = std::countr_zero(core::block_size_min);
  static std::array<known_hash, std::countr_zero(core::block_size_max) - least + 1> of_blocks;
  if (!is_full_block_size(size)) return hash_many_zeros(size);
  auto& known = of_blocks[static_cast<std::size_t>(std::countr_zero(size) - least)];
  std::call_once(known.once, [&] { known.hash = hash_many_zeros(size); });
  return known.hash;
}

core::content_hash hash_root(std::span<const core::content_hash> blocks) noexcept {
  return hash_content(std::as_bytes(blocks));
}

void add_entry(content_hasher& manifest, const core::transfer_entry& entry) {
  std::array<std::byte, 8 + 1 + 8 + 8> fixed;
  wire::field_writer{fixed.data()}
      .number(std::uint64_t{entry.path.size()})
      .number(static_cast<std::uint8_t>(entry.kind))
      .number(entry.size)
      .number(static_cast<std::uint64_t>(entry.modified_ns));
  manifest.add(fixed);
  manifest.add(as_byte_view(entry.path));
}

}  // namespace hobnob
