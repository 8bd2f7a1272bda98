#pragma once

#include "actors/core/checked.hpp"
#include "actors/peer/peer_config.hpp"
#include "transport/sim/nat.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::testing {

class world;
struct world_options;

/// A world and what happens in it, as a text file of one statement a line; `#` begins a comment.
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
///     at 13s ann sends bob notes hello   # an application message on the channel `notes`
///     at 14s ann pours bob notes 50 20000   # 50 such messages of 20000 bytes at once
///     at 15s ann gives bob report 300000  # a file of this name and size, in memory
///     every 30s bob says ann still here
///     run 5min
///
/// On `also=...` as on `at`, sites must have been named before. Properties of a site are those of
/// `sim::nat_options`: `translate` (no: a firewall), `mapping`, `filtering`, `ports`,
/// `unsolicited`, `hairpin`, `timeout`.
struct topology {
  using duration = std::chrono::nanoseconds;

  struct site {
    std::string name;
    sim::nat_options nat;
    std::string behind;  ///< Another site; empty: the internet.
  };

  struct program {
    enum class kind { relay, peer };
    kind what = kind::peer;
    std::string name;
    std::string site;    ///< Empty: on the internet.
    std::string direct;  ///< Of a peer: `both`, `accept_only`, `dial_only`, `off`.
    std::string user;    ///< Of a peer; empty: its name.
    std::string relay;   ///< Of a peer; empty: the first one.
    std::optional<circuit_mode> circuits{};  ///< Of a peer.
    std::vector<std::string> also{};         ///< Of a peer: further sites, or `internet`.
    bool v6 = false;                         ///< Of a peer.
    bool hidden = false;                     ///< Of a peer.
  };

  /// A fault, or something said.
  struct event {
    duration at{};
    std::optional<duration> every{};  ///< Again and again; first after this time.
    std::string line;                 ///< As written after the time.
  };

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
  /// `std::invalid_argument` if a name is used twice or stands for nothing. A fault that makes no
  /// sense is told by the same exception when its time has come, out of `run`.
  void build(world& into) const;
};

}  // namespace hobnob::testing
