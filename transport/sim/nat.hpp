#pragma once

#include "transport/clock.hpp"
#include "transport/sim/nat_options.hpp"
#include "transport/sim/packet.hpp"
#include "transport/sim/random_source.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace hobnob::sim {

/// A NAT or a stateful firewall: decides about packets and rewrites them. A pure class: it sends
/// nothing, and knows the time by being told.
class nat {
 public:
  /// `external` is the outer address (unused by a firewall).
  nat(nat_options options, ip_address external, random_source random);

  enum class verdict : std::uint8_t { pass, drop, reset, port_unreachable };

  struct result {
    verdict what = verdict::pass;
    const char* why = "";      ///< For any but `pass`.
    bool new_mapping = false;  ///< `outbound` made a mapping to get it through.
  };

  /// A packet on its way out: `from` becomes its outer endpoint.
  result outbound(packet& what, time_point now);

  /// A packet that came from outside: `to` becomes the inner endpoint.
  result inbound(packet& what, time_point now);

  /// Whether this packet from inside is meant for an inside host by its outer endpoint; then
  /// `outbound` and `inbound` in this order turn it round, if `options().hairpin`.
  bool is_hairpin(const packet& what) const;

  /// Port forwarding: connections from anywhere to the outer `port` go to `inside`. Survives
  /// `reboot`.
  void forward(std::uint16_t port, const endpoint& inside);

  /// A firewall's rule: connections from anywhere to `inside` pass.
  void admit(const endpoint& inside);

  /// Forgets all mappings.
  void reboot();

  /// The outer endpoint that `inside` has towards `remote` now.
  std::optional<endpoint> mapped(const endpoint& inside, const endpoint& remote,
                                 time_point now) const;

  std::size_t mappings(time_point now) const;

  const nat_options& options() const noexcept { return options_; }
  const ip_address& external() const noexcept { return external_; }

 private:
  /// One TCP connection through a mapping.
  struct session {
    time_point expires;
    bool opened_outbound = false;  // A SYN or SYN-ACK was seen in this direction.
    bool opened_inbound = false;
    bool fin_outbound = false;
    bool fin_inbound = false;
  };

  struct mapping_key {
    endpoint inside;
    endpoint remote;  // Cut down to what the kind of mapping depends on.
    friend auto operator<=>(const mapping_key&, const mapping_key&) = default;
  };

  struct mapping {
    endpoint outside;
    time_point expires = time_point::min();  // Not before the last of its sessions.
    std::map<endpoint, session> sessions;    // By remote endpoint.
  };

  using mappings_by_key = std::map<mapping_key, mapping>;
  using found = mappings_by_key::value_type*;

  // Tables (nat_table.cpp).
  mapping_key key_of(const endpoint& inside, const endpoint& remote) const;
  found find(const mapping_key& key, time_point now);
  found find_outside(const endpoint& outside, const endpoint& remote, time_point now);
  found make(const mapping_key& key, time_point now);
  void forget(const mapping_key& key);
  void purge(time_point now);
  std::optional<endpoint> outside_for(const endpoint& inside, time_point now);
  std::optional<std::uint16_t> choose_port(std::uint16_t wanted, time_point now);
  bool port_free(std::uint16_t port, time_point now);

  bool admits(const mapping& through, const endpoint& remote, time_point now) const;
  static session* live_session(mapping& through, const endpoint& remote, time_point now);
  void seen(found through, const endpoint& remote, const packet& what, bool outward,
            time_point now);
  void settle(found through, time_point now);
  result refuse(const packet& what, const char* why) const;
  result outbound_unreachable(packet& what, time_point now);
  result inbound_unreachable(packet& what, time_point now);

  nat_options options_;
  ip_address external_;
  random_source random_;
  mappings_by_key mappings_;
  std::map<endpoint, mapping_key> by_outside_;
  std::map<endpoint, endpoint> forwarded_;  // Outer endpoint to inner; a firewall's are equal.
  std::uint16_t next_port_;
  std::size_t purge_at_ = 64;
};

}  // namespace hobnob::sim
