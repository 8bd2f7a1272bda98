#pragma once

#include "actors/core/transfer_content.hpp"
#include "transport/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hobnob {

namespace wire {
class Transfer;
}

/// An empty message of that transfer.
wire::Transfer transfer_message(const core::transfer_id& id);

/// `message` as the payload of a `transfer` frame.
shared_slice encode_transfer(const wire::Transfer& message);

/// Which transfer a payload speaks of; nothing if it is no Transfer.
std::optional<core::transfer_id> decode_transfer(byte_view payload, wire::Transfer& message);

/// A hash as a field of a message.
std::string hash_text(const core::content_hash& hash);

/// Nothing unless it is 16 bytes.
std::optional<core::content_hash> parse_hash(std::string_view field);

}  // namespace hobnob
