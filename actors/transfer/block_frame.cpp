#include "actors/transfer/block_frame.hpp"

#include "transport/wire/big_endian.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t hash_size = sizeof(core::content_hash);
constexpr std::size_t size_place = 4;
constexpr std::uint32_t block_ends = 0x8000'0000;
constexpr std::uint32_t is_hole = 0x4000'0000;

}  // namespace

std::optional<core::transfer_id> block_frame_owner(byte_view payload) {
  if (payload.size() < block_frame_header_size) return std::nullopt;
  return wire::field_reader{payload.data()}.octets<std::tuple_size_v<core::transfer_id>>();
}

std::optional<block_piece> block_frame_reader::next() {
  if (rest_.size() < block_piece::header_size) return std::nullopt;
  wire::field_reader in{rest_.data()};
  block_piece piece;
  piece.entry = in.number<std::uint32_t>();
  const auto size_and_marks = in.number<std::uint32_t>();
  piece.offset = in.number<std::uint64_t>();
  rest_ = rest_.subspan(block_piece::header_size);
  piece.size = size_and_marks & ~(block_ends | is_hole);
  piece.hole = (size_and_marks & is_hole) != 0;
  const bool ends = (size_and_marks & block_ends) != 0;
  const std::size_t data_size = piece.hole ? 0 : piece.size;
  if (piece.size == 0 || data_size + (ends ? hash_size : 0) > rest_.size()) return std::nullopt;
  piece.data = rest_.first(data_size);
  rest_ = rest_.subspan(data_size);
  if (ends) {
    piece.hash = wire::field_reader{rest_.data()}.octets<hash_size>();
    rest_ = rest_.subspan(hash_size);
  }
  return piece;
}

block_frame_writer::block_frame_writer(const core::transfer_id& transfer, std::size_t size_max)
    : buffer_(std::make_shared_for_overwrite<std::byte[]>(size_max)),
      size_max_(size_max),
      used_(block_frame_header_size) {
  wire::field_writer{buffer_.get()}.octets(transfer);
}

std::size_t block_frame_writer::room() const noexcept {
  const auto left = size_max_ - used_;
  constexpr auto overhead = block_piece::header_size + hash_size;
  return left > overhead ? left - overhead : 0;
}

void block_frame_writer::add_header(std::uint32_t entry, std::uint32_t size, std::uint64_t offset) {
  wire::field_writer{buffer_.get() + used_}.number(entry).number(size).number(offset);
  last_piece_ = used_;
  used_ += block_piece::header_size;
}

std::span<std::byte> block_frame_writer::add(std::uint32_t entry, std::uint64_t offset,
                                             std::size_t size) {
  add_header(entry, static_cast<std::uint32_t>(size), offset);
  const std::span data{buffer_.get() + used_, size};
  used_ += size;
  return data;
}

void block_frame_writer::add_hole(std::uint32_t entry, std::uint64_t offset, std::uint64_t size) {
  add_header(entry, static_cast<std::uint32_t>(size) | is_hole, offset);
}

void block_frame_writer::add_hash(const core::content_hash& hash) {
  buffer_[last_piece_ + size_place] |= std::byte{block_ends >> 24};
  wire::field_writer{buffer_.get() + used_}.octets(hash);
  used_ += hash_size;
}

shared_slice block_frame_writer::take() {
  const byte_view frame{buffer_.get(), used_};
  // Little content does not keep a large buffer while it waits to be sent.
  if (used_ < size_max_ / 2) return shared_slice::copy_of(frame);
  return {std::move(buffer_), frame};
}

}  // namespace hobnob
