#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/relay_uri.hpp"
#include "actors/messages.hpp"
#include "actors/peer/peer_config.hpp"
#include "actors/runtime.hpp"
#include "peer_main/transfer_settings.hpp"
#include "transport/endpoint.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// Everything peer_main was told, by flags, environment and config file.
struct peer_options {
  std::string command = "chat";        ///< With `help` the one that was named, or nothing.
  std::vector<std::string> arguments;  ///< What follows the command.

  std::optional<core::relay_uri> relay;
  std::string user;
  bool user_named = false;  ///< `user` was told, not taken from the login name.
  std::filesystem::path data_dir;
  std::vector<endpoint> listen;  ///< Empty: the default, with the port of last time.
  direct_mode direct = direct_mode::both;
  circuit_mode circuits = circuit_mode::on_demand;
  bool require_direct = false;
  scheduler_kind scheduler{};  ///< Only the environment sets it: HOBNOB_SCHEDULER.

  transfer_settings transfers;
  std::string name;  ///< send: what it is offered as; empty: as it is called.
  std::string note;  ///< send: for the receiver.
  std::chrono::milliseconds expires = std::chrono::hours{24 * 7};  ///< send: without an answer.
  std::filesystem::path to;  ///< accept: where it goes; empty: the download folder.

  message_state wait = message_state::delivered;
  std::chrono::milliseconds timeout{30000};
  bool timeout_told = false;
  bool accept = false;
  bool exit_on_eof = false;

  bool json = false;
  std::filesystem::path p2p_log;
  bool p2p_log_content = false;
  std::string log_level = "warn";

  bool help = false;
  bool version = false;
};

/// Reads the command line, then `environment` (as `environ`), then the config file (`--config`, or
/// the default one if it exists). The first to name a setting wins. The error is for people.
core::checked<peer_options> read_peer_options(int argc, const char* const* argv,
                                              const char* const* environment);

/// What is missing to log in at a relay, for people; empty if nothing is.
std::string what_login_lacks(const peer_options& options);

/// The text of `--help`: of the program, or of one of its commands where that was named.
std::string peer_help(std::string_view command = {});

/// The text of `--version`.
std::string version_text();

/// The completion script for bash, made from the same tables as `--help`.
std::string bash_completion();

}  // namespace hobnob
