#pragma once

#include "transport/bytes.hpp"
#include "transport/stream.hpp"

#include <filesystem>
#include <string>

namespace hobnob::bench {

/// What `tar -C .. -c` says of `source`, in stretches that fit into `buffer`, each with its size
/// before it; the last one is empty. Throws if tar fails.
awaitable<void> pour_tar(stream& to, const std::filesystem::path& source, bytes& buffer);

/// Into `tar -C folder -x`, until that has ended. False if it failed.
awaitable<bool> receive_tar(stream& with, const std::string& folder, bool synced, bytes& buffer);

}  // namespace hobnob::bench
