#pragma once

#include "transport/endpoint.hpp"
#include "transport/sim/ip_prefix.hpp"
#include "transport/sim/link.hpp"
#include "transport/sim/nat.hpp"
#include "transport/sim/packet.hpp"
#include "transport/sim/trace.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hobnob::sim {

class fabric;
class node;
class segment;

/// Where a host's packets go: its TCP. One for each host.
class packet_sink {
 public:
  virtual ~packet_sink() = default;

  /// A packet for one of the host's addresses. May send at once.
  virtual void receive(packet arrived) = 0;

  /// Every connection with one of these remote addresses ends as if an RST had come (the fault
  /// `reset_connections`).
  virtual void reset_connections(const std::vector<ip_address>& remotes) = 0;

  /// From now on its programs take at most so many bytes a second from each connection; 0: no limit
  /// (the fault `slow_reader`).
  virtual void limit_reading(std::uint64_t bytes_per_second) = 0;
};

/// One place where a node is plugged into a segment.
struct network_interface {
  node* owner = nullptr;
  segment* plugged_into = nullptr;
  std::vector<ip_prefix> addresses;
  bool up = true;
  link_options up_options;    ///< From the node to the segment, beside the segment's own.
  link_options down_options;  ///< From the segment to the node.
  link_direction up_link;
  link_direction down_link;
};

/// A host or a router, with or without NAT. Made by a fabric, which owns it.
class node {
 public:
  const std::string& name() const noexcept { return name_; }
  host_id id() const noexcept { return id_; }

  /// The host's TCP; nullptr takes it away. Packets for a host without one vanish.
  void set_sink(packet_sink* sink) noexcept { sink_ = sink; }
  packet_sink* sink() const noexcept { return sink_; }

  /// Plugs this node into a segment with an address there (`10.0.0.1/24`). A second address on the
  /// same segment joins the same interface. Throws `std::invalid_argument` for text that is no
  /// prefix and for an address that the segment has already.
  network_interface& attach(segment& where, std::string_view prefix);

  /// Takes it off the segment again; its addresses are gone at once.
  void detach(segment& where);

  /// Where packets for strangers go; one for each family. Must be on one of the node's segments.
  void set_gateway(const ip_address& address);

  /// Packets to `destination` go by `gateway`; the longest prefix wins.
  void add_route(const ip_prefix& destination, const ip_address& gateway);

  /// Passes on packets that are not its own.
  void set_forwarding(bool on) noexcept { forwarding_ = on; }
  bool forwards() const noexcept { return forwarding_; }

  /// Puts a NAT (or firewall) between everything else and the segment `outside`; the outer address
  /// is the node's own there. Packets of the address's family pass it, through a firewall those of
  /// both. Several on one node are passed on the way out in the order in which they were put.
  nat& add_nat(segment& outside, nat_options options);

  /// Address by which packets to `destination` would leave; nothing if there is no way.
  std::optional<ip_address> source_for(const ip_address& destination) const;

  /// All addresses of interfaces that are up, in order of attaching; without loopback.
  std::vector<ip_address> addresses() const;
  bool owns(const ip_address& address) const noexcept;

  /// Off: a host without power, as its neighbours see it. Packets to and from it vanish.
  void set_power(bool on);
  bool powered() const noexcept { return powered_; }

  const std::vector<std::unique_ptr<network_interface>>& interfaces() const { return interfaces_; }
  network_interface* interface_on(const segment& where) const noexcept;

  /// Each NAT on this node.
  std::vector<nat*> nats() const;

 private:
  friend class fabric;
  friend class packet_mover;

  struct route {
    ip_prefix destination;
    ip_address gateway;
  };

  struct guard {  // A NAT and the interface that it guards.
    network_interface* outside;
    std::unique_ptr<nat> box;
  };

  struct next_hop {
    network_interface* out = nullptr;
    ip_address address;
  };

  node(fabric& owner, std::string name, host_id id);

  std::optional<next_hop> route_to(const ip_address& destination) const;

  /// The interface whose prefix holds `destination`, and that prefix's length.
  std::pair<network_interface*, unsigned> on_link(const ip_address& destination) const;

  fabric& fabric_;
  std::string name_;
  host_id id_;
  packet_sink* sink_ = nullptr;
  bool forwarding_ = false;
  bool powered_ = true;
  std::vector<std::unique_ptr<network_interface>> interfaces_;
  std::vector<std::unique_ptr<network_interface>> detached_;  // Packets on their way name them.
  std::vector<route> routes_;                                 // Longest prefix first.
  std::vector<guard> guards_;
};

}  // namespace hobnob::sim
