#pragma once

#include <string_view>

namespace hobnob {

/// What the program tells its caller; part of the stable contract.
enum exit_code : int {
  exit_done = 0,
  exit_usage = 1,       ///< Wrong options, arguments or config file.
  exit_unexpected = 2,  ///< A bug, a full disk, an output nobody reads.
  exit_network = 3,     ///< No network, or the relay cannot be reached.
  exit_key = 4,         ///< An identity or key was refused, by us or by the relay.
  exit_refused = 5,     ///< Not allowed, over a limit, or the user is not there.
  exit_timeout = 6,
  exit_signal_base = 128,  ///< + number of the signal.
};

/// The exit code that goes with an error code of docs/events.md.
inline int exit_code_for(std::string_view error_code) {
  for (const auto code :
       {"name-taken", "key-changed", "key-not-trusted", "relay-key-changed", "identity", "bad-key"})
    if (error_code == code) return exit_key;
  for (const auto code : {"relay-unreachable", "listen"})
    if (error_code == code) return exit_network;
  for (const auto code : {"timeout", "expired", "silent"})
    if (error_code == code) return exit_timeout;
  for (const auto code : {"usage", "bad-name", "unknown-command", "no-conversation", "no-relay"})
    if (error_code == code) return exit_usage;
  for (const auto code : {"unexpected", "output", "not-stored", "source-unreadable",
                          "source-changed", "disk-full", "disk-error", "folder-changed",
                          "bad-path", "not-verified", "protocol"})
    if (error_code == code) return exit_unexpected;
  return exit_refused;
}

}  // namespace hobnob
