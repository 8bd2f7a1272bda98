#pragma once

#include "actors/core/checked.hpp"
#include "actors/peer/peer_config.hpp"
#include "actors/testing/program_fault.hpp"
#include "actors/testing/traffic.hpp"
#include "transport/sim/faults.hpp"
#include "transport/sim/nat_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hobnob::testing {

class world;
struct world_options;

/// A world and what happens in it, as a text file of one statement a line. `#` begins a comment at
/// the beginning of a line and after two blanks; anywhere else it is a letter like others.
///
///     seed 42                            # unless another is given
///     handshake plain                    # or tls, the default
///     shuffle yes                        # actors' turns in an order drawn from the seed
///     heartbeat 5s
///     site home                          # a LAN behind a router; `home-router` is the router
///     site cafe mapping=address_and_port_dependent ports=random
///     site corner behind cafe            # its router is in the cafe: two NATs
///     relay relay                        # on the internet, or: relay relay at home
///     peer ann at home
///     peer bob at cafe direct=dial_only
///     peer annes-phone at cafe user=ann  # the same user once more: one login replaces the other
///     peer cara v6=yes also=home,cafe    # an IPv6 address too; further interfaces
///     peer dave circuits=always hidden=yes relay=other
///     at 0s change internet latency=20ms loss=0.01
///     at 10s partition ann from bob      # any fault of a world
///     at 12s ann says bob hello there
///     at 13s ann gives bob report 300000  # traffic.hpp has the other verbs
///     every 30s bob says ann still here  # first after 30s; at most every 1ms
///     run 5min
///
/// Every name must stand for something; a message may also go to `nobody`, a user who is not there.
/// On `also=...` as on `at`, sites must have been named before. Properties of a site are those of
/// `sim::nat_options`: `translate` (no: a firewall), `mapping`, `filtering`, `ports`,
/// `unsolicited`, `hairpin`, `timeout`.
struct topology {
  using duration = std::chrono::nanoseconds;

  // `line`: the number of their line in the file; 0: they are of no file.

  struct site {
    std::string name;
    sim::nat_options nat;
    std::string behind;  ///< Another site; empty: the internet.
    std::size_t line = 0;
  };

  struct program {
    enum class kind { relay, peer };
    kind what = kind::peer;
    std::string name;
    std::string site;                        ///< Empty: on the internet.
    std::string user;                        ///< Of a peer; empty: its name.
    std::string relay;                       ///< Of a peer; empty: the first one.
    std::optional<direct_mode> direct{};     ///< Of a peer.
    std::optional<circuit_mode> circuits{};  ///< Of a peer.
    std::vector<std::string> also{};         ///< Of a peer: further sites, or `internet`.
    bool v6 = false;                         ///< Of a peer.
    bool hidden = false;                     ///< Of a peer.
    std::size_t line = 0;
  };

  struct event {
    duration at{};
    std::optional<duration> every{};  ///< Again and again; first after this time.
    std::variant<traffic, sim::fault, program_fault> what;
    std::size_t line = 0;
  };

  /// As whom a message may be addressed that nobody is to get.
  static constexpr std::string_view nobody = "nobody";

  std::uint64_t seed = 1;
  bool plain_handshake = false;
  bool shuffle = false;
  std::chrono::milliseconds heartbeat{5000};
  duration length = std::chrono::minutes{2};
  std::vector<site> sites;
  std::vector<program> programs;
  std::vector<event> events;

  /// Says which line is wrong, and why.
  static core::checked<topology> parse(std::string_view text);

  world_options options() const;

  /// Makes sites and programs, and puts the events on the world's clock. Throws
  /// `std::invalid_argument`, which says which line is wrong, if a name is used twice or stands for
  /// nothing. What it returns is counted as the world runs.
  std::shared_ptr<const traffic_counts> build(world& into) const;
};

}  // namespace hobnob::testing
