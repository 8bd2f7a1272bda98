#pragma once

#include "actors/interfaces.hpp"
#include "actors/transfer/transfer_messages.hpp"

namespace hobnob {

// clang-format off: one handler a line.

/// All transfers of one peer: what comes for them on links is handed to the right one.
using transfer_desk_actor = transfers_actor::extend_with<link_transfers_actor>;

// clang-format on

}  // namespace hobnob
