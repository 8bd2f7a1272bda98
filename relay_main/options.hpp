#pragma once

#include "actors/core/checked.hpp"
#include "actors/relay/relay_config.hpp"
#include "actors/runtime.hpp"
#include "transport/fingerprint.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace hobnob {

/// Everything relay_main was told, by flags, environment and config file.
struct relay_options {
  std::string command = "run";  ///< `run`, or `admit`, `rebind`, `remove`, `kick`, `users`,
                                ///< `completion`; with `help` the one that was named, or nothing.
  std::string user;
  fingerprint id;

  relay_config relay;
  bool json = false;
  std::string log_level = "info";
  scheduler_kind scheduler{};  ///< Only the environment sets it: HOBNOB_SCHEDULER.

  bool help = false;
  bool version = false;
};

/// Reads the command line, then `environment` (as `environ`), then the config file (`--config`, or
/// the default one if it exists). The first to name a setting wins. The error is for people.
core::checked<relay_options> read_relay_options(int argc, const char* const* argv,
                                                const char* const* environment);

/// The text of `--help`: of the program, or of one of its commands where that was named.
std::string relay_help(std::string_view command = {});

/// The text of `--version`.
std::string relay_version_text();

/// The completion script for bash.
std::string relay_bash_completion();

}  // namespace hobnob
