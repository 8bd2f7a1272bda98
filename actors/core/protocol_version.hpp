#pragma once

#include <cstdint>

namespace hobnob {

/// The version of docs/protocol.md that this program speaks, in logins and on links.
inline constexpr std::uint32_t protocol_version = 1;

}  // namespace hobnob
