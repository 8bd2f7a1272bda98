#pragma once

#include "peer_main/options.hpp"

namespace hobnob {

/// Does what the options say; answers the exit code.
int run_peer_program(const peer_options& options);

}  // namespace hobnob
