#pragma once

#include "relay_main/options.hpp"

namespace hobnob {

/// Does what the options say; answers the exit code.
int run_relay_program(const relay_options& options);

}  // namespace hobnob
