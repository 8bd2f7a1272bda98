#pragma once

#include "transport/sim/fabric.hpp"

#include <cstdint>
#include <vector>

namespace hobnob::sim {

/// Moves the packets of a fabric from node to node: routing, NATs, links, and the answers of
/// routers. A part of `fabric`.
class packet_mover {
 public:
  explicit packet_mover(fabric& owner);

  /// Sends a packet that begins at `from`.
  void launch(node& from, packet what);

  /// Stalled links go on: what they held leaves now, in its order.
  void end_stalls();

  const fabric::counts& counted() const noexcept { return counts_; }
  const std::vector<fabric::lost_packet>& lost_packets() const noexcept { return lost_; }

 private:
  /// A packet on its way. Kept in a table, so that an event holds only its number.
  struct flight {
    packet what;
    std::uint64_t id = 0;
    unsigned hops = 0;
    bool own_answer = false;  // Made by the node it is at: that node's guards let it out.
    node* origin = nullptr;
    node* previous = nullptr;
    network_interface* source = nullptr;
    network_interface* target = nullptr;
    link_direction* held_by = nullptr;  // A stalled link; `event` is the end of the way over it.
    event_id event;
  };
  using slot = std::uint32_t;

  slot take_off(node& from, packet what);
  packet land(slot which);

  void set_out(node& here, slot which);
  void transmit(node& here, slot which, const node::next_hop& hop);
  void over_cable(slot which, const link_options& link);
  void reach(slot which);
  void down_cable(slot which, const link_options& link);
  void arrive(slot which);
  void enter(node& here, slot which, network_interface* in);
  void pass_on(node& here, slot which, network_interface* in);
  void turn_round(node& here, slot which, network_interface* in);
  void deliver(node& here, slot which);
  void nobody_there(node& here, slot which, const node::next_hop& hop);

  bool pass_inward(node& here, slot which, network_interface* in);
  bool pass_outward(node& here, slot which, network_interface* in, network_interface* out);
  void refuse(node& here, slot which, const nat::result& verdict);
  void answer(node& here, packet answer);
  void answer_later(node& here, network_interface* through, packet answer, duration delay);
  void lose(host_id where, slot which, std::string_view why);
  void drop(host_id where, slot which, std::string_view why);
  void log_mapping(const node& here, const nat& box, const endpoint& inside, const packet& now);

  fabric& fabric_;
  simulation& simulation_;
  random_source random_;
  std::vector<flight> flights_;
  std::vector<slot> free_;
  std::uint64_t last_id_ = 0;
  fabric::counts counts_;
  std::vector<fabric::lost_packet> lost_;
};

}  // namespace hobnob::sim
