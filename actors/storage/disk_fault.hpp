#pragma once

#include "actors/core/transfer_content.hpp"

#include <string>

namespace hobnob {

/// What a failed call means for a transfer. `error` is a number of errno(3), `attempt` what was
/// tried, for people: "write photos/a.jpg".
core::transfer_fault sink_fault(int error, const std::string& attempt);
core::transfer_fault source_fault(int error, const std::string& attempt);

/// Any other fault.
core::transfer_fault transfer_fault_of(std::string code, std::string detail, bool passing = false);

}  // namespace hobnob
