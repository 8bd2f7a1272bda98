#pragma once

#include "transport/bytes.hpp"

#include <string>

namespace hobnob {

/// Whether a stream that starts with `first` (at least one byte) may be TLS from a client or
/// server.
bool looks_like_tls(byte_view first) noexcept;

/// What a stream that is not TLS seems to be, for people: "HTTP", "SSH", ..., "unknown bytes 0x00
/// 0x01".
std::string guess_protocol(byte_view first);

}  // namespace hobnob
