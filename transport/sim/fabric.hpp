#pragma once

#include "transport/sim/node.hpp"
#include "transport/sim/segment.hpp"
#include "transport/sim/simulation.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hobnob::sim {

class packet_mover;

/// The simulated network: nodes on segments, and the packets between them. Each hop is an event.
///
///     fabric net{simulation};
///     auto& internet = net.add_segment("internet", {.link = {.latency = 20ms}});
///     auto& lan = net.add_segment("lan");
///     auto& home = net.add_router("home");
///     home.attach(internet, "203.0.113.1/8");
///     home.attach(lan, "10.0.0.1/24");
///     home.add_nat(internet, {});
///     auto& alice = net.add_host("alice", lan, "10.0.0.2/24", "10.0.0.1");
class fabric {
 public:
  explicit fabric(simulation& owner);
  ~fabric();

  fabric(const fabric&) = delete;
  fabric& operator=(const fabric&) = delete;

  simulation& owner() noexcept { return simulation_; }

  // Building. Names are unique among nodes and segments; std::invalid_argument otherwise.

  segment& add_segment(std::string name, segment_options options = {});
  node& add_host(std::string name);
  node& add_router(std::string name);

  /// A host with one address and, if not empty, a gateway.
  node& add_host(std::string name, segment& where, std::string_view prefix,
                 std::string_view gateway = {});

  /// Nothing of that name: nullptr.
  node* find_node(std::string_view name) const;
  segment* find_segment(std::string_view name) const;

  /// In the order in which they were made.
  const std::vector<std::unique_ptr<node>>& nodes() const noexcept { return nodes_; }
  const std::vector<std::unique_ptr<segment>>& segments() const noexcept { return segments_; }

  // Moving packets.

  /// Sends `what`, whose `from` is one of the host's addresses (or loopback). What becomes of it
  /// shows only in what arrives: also an ICMP answer comes later, as an event.
  void send(node& from, packet what);

  // Cutting. Packets die at the first node that should not have got them: a hop from one to the
  // other as well as the last hop of a way that began at the other, through whatever NATs.

  /// Nothing gets from `from` to `to` any more.
  void cut(const node& from, const node& to);
  void mend(const node& from, const node& to);
  void mend_all();
  bool is_cut(const node& from, const node& to) const;

  /// Stalled links go on: what they held leaves now, in its order.
  void end_stalls();

  /// The addresses by which others may know this host: its own and those of the NATs on its way
  /// out.
  std::vector<ip_address> known_as(const node& host) const;

  struct counts {
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    std::uint64_t bytes = 0;  ///< Delivered, with headers.
  };
  const counts& counted() const noexcept;

  /// What links lost by chance or for want of room, in the order of time: at least the last
  /// million. What is done about it (TCP's retransmission) takes from a tenth of a second to
  /// minutes.
  struct lost_packet {
    time_point at;
    const node* from;
  };
  const std::vector<lost_packet>& lost_packets() const noexcept;

 private:
  friend class node;
  friend class packet_mover;

  void check_name(std::string_view name) const;
  node& make_node(std::string name);

  simulation& simulation_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<std::unique_ptr<segment>> segments_;
  std::map<std::string, node*, std::less<>> nodes_by_name_;
  std::map<std::string, segment*, std::less<>> segments_by_name_;
  std::set<std::pair<host_id, host_id>> cuts_;
  std::unique_ptr<packet_mover> mover_;
};

}  // namespace hobnob::sim
