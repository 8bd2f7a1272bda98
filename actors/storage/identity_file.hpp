#pragma once

#include "actors/core/checked.hpp"
#include "transport/tls/identity.hpp"

#include <filesystem>

namespace hobnob {

/// The identity kept in `path`: 32 raw bytes, the Ed25519 seed (RFC 8032), readable by its owner
/// only. Made from the system's random generator if there is no such file. A file that is damaged
/// or that others can read is an error and is never replaced: the key in it may be known to others
/// by its fingerprint.
core::checked<identity> load_or_create_identity(const std::filesystem::path& path);

}  // namespace hobnob
