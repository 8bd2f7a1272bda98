#pragma once

#include "actors/core/transfer_content.hpp"
#include "transport/bytes.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace hobnob {

/// A stretch of one block, as it travels in a `blocks` frame. Big-endian: entry (u32), size (u32;
/// its highest bit is set if the block ends here, the next one if it is a hole), offset in the file
/// (u64), the data unless it is a hole, and if the block ends here the 16 bytes of its hash.
struct block_piece {
  static constexpr std::size_t header_size = 16;

  std::uint32_t entry = 0;
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  byte_view data;                          ///< Of this size; nothing of a hole,
  bool hole = false;                       ///< ... which is zeros.
  std::optional<core::content_hash> hash;  ///< Of the block that ends here.
};

/// A `blocks` frame: the id of the transfer, then pieces.
inline constexpr std::size_t block_frame_header_size = 16;

/// Whose frame it is; nothing if it is too short.
std::optional<core::transfer_id> block_frame_owner(byte_view payload);

/// Takes a `blocks` frame apart.
class block_frame_reader {
 public:
  /// A whole payload: the id is passed over.
  explicit block_frame_reader(byte_view payload)
      : rest_(payload.subspan(block_frame_header_size)) {}

  bool at_end() const noexcept { return rest_.empty(); }

  /// The next piece; nothing if it is cut or empty.
  std::optional<block_piece> next();

 private:
  byte_view rest_;
};

/// Puts a `blocks` frame together in one buffer, into which content is read without a copy.
class block_frame_writer {
 public:
  /// The frame may grow to `size_max` bytes.
  block_frame_writer(const core::transfer_id& transfer, std::size_t size_max);

  /// Bytes of data that a further piece could have, its hash included; 0: the frame is full.
  std::size_t room() const noexcept;

  /// Room for the data of a piece, at most `room()`, to be filled at once.
  std::span<std::byte> add(std::uint32_t entry, std::uint64_t offset, std::size_t size);

  /// A piece that is a hole; while there is room.
  void add_hole(std::uint32_t entry, std::uint64_t offset, std::uint64_t size);

  /// The block ends with the piece added last. At once after it.
  void add_hash(const core::content_hash& hash);

  bool empty() const noexcept { return used_ == block_frame_header_size; }

  shared_slice take();

 private:
  void add_header(std::uint32_t entry, std::uint32_t size, std::uint64_t offset);

  std::shared_ptr<std::byte[]> buffer_;
  std::size_t size_max_;
  std::size_t used_ = 0;
  std::size_t last_piece_ = 0;  ///< Where it begins.
};

}  // namespace hobnob
