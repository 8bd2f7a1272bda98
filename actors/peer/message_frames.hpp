#pragma once

#include "actors/core/message.hpp"
#include "actors/core/message_part.hpp"
#include "transport/connection_handle.hpp"
#include "transport/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hobnob {

// Messages and receipts as the frames that carry them (docs/protocol.md, "Hot frames"): the same on
// a link and inside an envelope.

/// Queues `message` on a link, cut into parts if it is large.
send_status send_message(connection_handle& link, const core::message& message);

/// Queues receipts on a link.
send_status send_receipts(connection_handle& link, std::span<const core::receipt> receipts);

/// What one envelope carries.
struct envelope_body {
  bytes body;
  std::vector<std::array<std::uint8_t, 16>> messages;  ///< Those that are, at least in part, in it.
};

/// Packs messages, in order, into as few bodies of `envelope_body_size_max` as possible.
std::vector<envelope_body> pack_messages(std::span<const core::message> messages);

/// The same for receipts.
std::vector<envelope_body> pack_receipts(std::span<const core::receipt> receipts);

/// The frames of an opened envelope. Nothing unless the body consists of whole `message` and
/// `receipt` frames.
std::optional<std::vector<frame>> unpack_body(const shared_slice& body);

/// Is `payload` a `message` or `receipt` frame whose fields fit each other? Whoever brings anything
/// else breaks the protocol. (Whether its text is text, and whether its numbers make sense, is
/// judged where messages are remembered.)
bool is_well_formed(frame_type type, byte_view payload) noexcept;

/// Reads a `message` frame; the content is not copied. Nothing unless it is well-formed.
std::optional<core::message_part> read_message_part(const shared_slice& payload);

/// Reads a `receipt` frame. Nothing unless it is well-formed; a status of a later version counts as
/// `unsupported`.
std::optional<std::vector<core::receipt>> read_receipts(byte_view payload);

}  // namespace hobnob
