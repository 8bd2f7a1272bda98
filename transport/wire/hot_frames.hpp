#pragma once

#include "transport/bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The fixed headers of hot frames (docs/protocol.md, "Hot frames"). All numbers are big-endian.
namespace hobnob::wire {

/// Starts `envelope` (session: the receiver's) and `envelope_from` (session: the sender's) frames;
/// sealed bytes follow.
struct envelope_header {
  static constexpr std::size_t size = 16;

  std::uint64_t session = 0;
  std::uint64_t tag = 0;  ///< Chosen by the sender; names the envelope in a refusal.

  void encode(std::span<std::byte, size> out) const noexcept;
  static std::optional<envelope_header> decode(byte_view data) noexcept;  ///< Nothing if too short.
};

enum class refusal_reason : std::uint8_t {
  unknown_session = 1,  ///< The receiver is not online.
  busy = 2,             ///< The receiver's queue is full: try again a little later.
  too_large = 3,
  rate = 4,         ///< The sender sends more than the relay allows: try again later.
  not_allowed = 5,  ///< To oneself, or to a session that may not be written to.
};

/// The whole of an `envelope_refused` frame.
struct envelope_refusal {
  static constexpr std::size_t size = 17;

  std::uint64_t session = 0;
  std::uint64_t tag = 0;
  refusal_reason reason = refusal_reason::unknown_session;

  std::array<std::byte, size> encode() const noexcept;
  /// Nothing unless exactly well-formed.
  static std::optional<envelope_refusal> decode(byte_view data) noexcept;
};

/// Starts a `message` frame; the channel name and then a part of the content follow.
struct message_header {
  static constexpr std::size_t size = 60;
  static constexpr std::uint8_t flag_acknowledged = 1;

  std::uint8_t kind = 0;  ///< 1 text, 2 application
  std::uint8_t flags = 0;
  std::uint8_t channel_size = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t floor = 0;
  std::array<std::uint8_t, 16> id{};
  std::int64_t sent_at_ms = 0;
  std::uint32_t total_size = 0;  ///< Of the whole content.
  std::uint32_t offset = 0;      ///< Of this part in it.

  void encode(std::span<std::byte, size> out) const noexcept;

  /// Nothing if too short or the reserved byte is not zero; what the fields mean is judged by the
  /// receiver.
  static std::optional<message_header> decode(byte_view data) noexcept;
};

struct receipt_entry {
  static constexpr std::size_t size = 17;

  std::array<std::uint8_t, 16> id{};
  std::uint8_t status = 0;  ///< 1 delivered, 2 refused, 3 too large, 4 unsupported
};

/// At most this many entries fit a `receipt` frame.
inline constexpr std::size_t receipt_entries_max = 3000;

/// A `receipt` frame: count (u16), then the entries. `entries` must not exceed
/// `receipt_entries_max`.
bytes encode_receipt(std::span<const receipt_entry> entries);

/// Nothing unless exactly well-formed.
std::optional<std::vector<receipt_entry>> decode_receipt(byte_view data);

}  // namespace hobnob::wire
