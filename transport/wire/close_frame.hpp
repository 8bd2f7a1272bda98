#pragma once

#include "transport/bytes.hpp"
#include "transport/close_reason.hpp"

#include <optional>

namespace hobnob::wire {

/// The payload of the control frame that ends a connection in good order. The detail is cut to 200
/// bytes.
bytes encode_close(const close_info& why);

/// Nothing if `control` (the payload of a control frame) is another message, or none at all: that
/// is for the connection's consumer to judge. A number that names no reason is read as `goodbye`.
std::optional<close_info> decode_close(byte_view control);

}  // namespace hobnob::wire
