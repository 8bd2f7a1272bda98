#pragma once

#include "transport/bytes.hpp"

#include <cstdint>

namespace hobnob {

/// What a frame carries. The numbers travel on the wire (docs/protocol.md).
enum class frame_type : std::uint8_t {
  control = 0x01,  ///< A protobuf `hobnob.wire.Control`.
  ping = 0x02,     ///< 8 bytes, echoed by a `pong`.
  pong = 0x03,
  /// Peer to relay: `envelope_header` with the receiver's session, then sealed bytes.
  envelope = 0x10,
  envelope_from = 0x11,     ///< Relay to peer: the same with the sender's session.
  envelope_refused = 0x12,  ///< Relay to peer: `envelope_refusal`.
  message = 0x20,           ///< Peer to peer: `message_header`, then the content (or a part of it).
  receipt = 0x21,           ///< Peer to peer: ids of messages taken (or refused) by the receiver.
  transfer = 0x30,          ///< Peer to peer: a protobuf `hobnob.wire.Transfer`.
  blocks = 0x31,            ///< Peer to peer: content of a transfer (`block_frame`).
};

/// Urgency on one connection: lower goes first; within one priority the order is kept.
enum class frame_priority : std::uint8_t { urgent = 0, interactive = 1, normal = 2, bulk = 3 };

inline constexpr std::size_t frame_priorities = 4;

/// Wire form: payload length (u32), type (u8), flags (u8, zero), reserved (u16, zero); big-endian.
inline constexpr std::size_t frame_header_size = 8;
inline constexpr std::size_t control_frame_size_max = 64 * 1024;
inline constexpr std::size_t data_frame_size_max = 256 * 1024;

/// A received or outgoing frame; its payload without the header.
struct frame {
  frame_type type{};
  shared_slice payload;
};

/// The largest payload allowed for `type`; 0 for an unknown type.
std::size_t payload_size_max(frame_type type) noexcept;

}  // namespace hobnob
