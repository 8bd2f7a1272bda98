#pragma once

#include "transport/fingerprint.hpp"

#include <cstdint>
#include <map>

namespace hobnob::sim {
enum class host_id : std::uint32_t;
}

namespace hobnob::testing {

/// On which host of a world a key was used last.
using key_owners = std::map<fingerprint, sim::host_id>;

}  // namespace hobnob::testing
