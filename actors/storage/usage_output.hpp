#pragma once

#include <string_view>

namespace hobnob {

/// Whether the command line or the environment asks for `--json`; for faults that keep the settings
/// from being read as a whole.
bool asks_for_json(int argc, const char* const* argv, const char* const* environment);

/// Tells what is wrong with the settings, as every error is told: in words on standard error, with
/// `json` also as an event on standard output. Answers the exit code.
int show_usage_fault(std::string_view detail, bool json);

/// Prints help, a version, a script. Answers the exit code.
int show_text(std::string_view text);

}  // namespace hobnob
