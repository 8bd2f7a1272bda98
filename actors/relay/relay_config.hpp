#pragma once

#include "transport/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

class account_database;

/// Whether a name that is bound to no key yet may be taken by whoever logs in with it first.
enum class registration : std::uint8_t { open, closed };

/// What one session may ask of a relay.
struct session_limits {
  /// Control messages (lookups, record updates) of one session; beyond them it is closed.
  double controls_per_second = 50;
  double controls_burst = 200;

  /// Envelopes of one session; beyond them they are refused with `rate`. 0: no limit, the default.
  /// A sender is held back by its connection's credit anyhow, and crowds nobody out.
  double envelopes_per_second = 0;
  double envelopes_burst = 1000;

  /// Directory notices that wait for a slow reader; beyond them it is closed (`overflow`).
  std::size_t waiting_notices_max = 4096;
};

/// What a relay gives for circuits: connections of two peers that it joins.
struct circuit_limits {
  bool offered = true;
  std::size_t total_max = 256;           ///< At once; each takes six file descriptors.
  std::size_t per_user_max = 16;         ///< Of one user, who asked for them.
  std::size_t pending_per_user_max = 8;  ///< Of these, not joined yet.
  std::chrono::seconds token_lifetime{30};
  /// Without a byte either way; four heartbeats at least.
  std::chrono::milliseconds idle_limit{60000};
  double bytes_per_second = 0;       ///< Of all together, both ways; 0: no limit.
  double user_bytes_per_second = 0;  ///< Of the circuits that one user asked for.
};

struct relay_config {
  static constexpr std::uint16_t default_port = 7440;

  /// Port 0 lets the system choose. Empty: the default port of both wildcards (IPv6 if there is
  /// any).
  std::vector<endpoint> listen;

  /// Where bindings of names to keys are kept; empty: in memory, gone with the relay.
  std::filesystem::path data_dir;

  /// The bindings, already open, instead of those in `data_dir`. No other relay may use them at the
  /// same time.
  std::shared_ptr<account_database> accounts;

  registration admission = registration::open;

  /// Told to every peer: ping after one interval of silence, suspect after two, lost after three.
  std::chrono::milliseconds heartbeat{5000};

  /// The host in `uri()`; empty: an address of this machine.
  std::string advertise;

  /// Logged-in or logging-in connections at once.
  std::size_t connections_max = 18'000;

  /// Connections that have not logged in: in all, and per IPv4 /24 or IPv6 /64.
  std::size_t unauthenticated_max = 512;
  std::size_t unauthenticated_per_address_max = 64;
  std::chrono::milliseconds login_timeout{8000};  ///< From accept to a complete login.

  session_limits limits;
  circuit_limits circuits;

  /// A line in the log (level info) for each login and its end, at most 10 a second. What goes
  /// wrong is always logged.
  bool log_logins = false;

  /// Commits accounts on a thread of their own. Off in simulation, where one thread does
  /// everything.
  bool detached_store = true;

  /// What is wrong with these settings, for people; empty if nothing is.
  std::string validate() const;
};

}  // namespace hobnob
