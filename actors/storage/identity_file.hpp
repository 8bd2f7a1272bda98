#pragma once

#include "actors/core/checked.hpp"
#include "actors/storage/disk.hpp"
#include "transport/tls/identity.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

namespace hobnob {

/// Fills a span with random bytes fit for keys; false if there are none.
using random_bytes = std::function<bool(std::span<std::byte>)>;

/// From the system's generator: keys are made before there is a network, whose generator serves
/// everything else.
bool fill_from_system(std::span<std::byte> out);

/// The identity kept in `path`: 32 raw bytes, the Ed25519 seed (RFC 8032), readable by its owner
/// only. Made from random bytes if there is no such file. What is returned survives a power cut. A
/// file that is damaged or that others can read is an error and is never replaced: the key in it
/// may be known to others by its fingerprint. Who has started before may give the identity of then
/// as `known`: then it need not be derived again, if it is the same.
core::checked<identity> load_or_create_identity(const std::filesystem::path& path,
                                                disk& where = *machine_disk(),
                                                const random_bytes& random = fill_from_system,
                                                const std::optional<identity>& known = {});

}  // namespace hobnob
