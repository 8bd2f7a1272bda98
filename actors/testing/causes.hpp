#pragma once

#include "actors/testing/world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hobnob::testing {

/// Why something may have been lost: what a run has really done to its programs and its network. A
/// loss without a cause is a bug. All spans of time include their ends.
class causes {
 public:
  using time_point = world::time_point;

  struct span {
    time_point from, to;
  };

  /// `after_effect`: so long after a fault of the network is undone it may still show.
  causes(const world& w, world::duration after_effect);
  ~causes();

  causes(const causes&) = delete;
  causes& operator=(const causes&) = delete;

  /// The program did not run at some moment of it.
  static bool was_down(const program& which, span when);

  /// It did not run, or was not logged in, by what it told itself.
  static bool was_away(const sim_peer& which, span when);

  /// Since when it has not run; nothing if it runs.
  static std::optional<time_point> down_since(const program& which);

  /// Packets between the two hosts were lost or late, or connections between them reset. Delays and
  /// losses as every network has them (200 ms, 2 %) do not count.
  bool was_broken(const std::string& one, const std::string& other, span when) const;

  /// A link lost a packet of one of the two, by chance or for want of room: its retransmission
  /// takes seconds where the first round trip was measured badly, and more if that is lost, too.
  bool lost_packets(const std::string& one, const std::string& other, span when) const;

  /// What a round trip can have taken where every place on the way had its longest usual delay.
  world::duration slowest_round_trip() const;

  /// A link of one of the two was narrow, or it read slowly: what was sent before may come for
  /// long after.
  bool was_narrow(const std::string& one, const std::string& other, span when) const;

  /// When the last fault of the network has ended whose end is known: what waited for the rate of a
  /// narrow link has left by then.
  time_point last_end() const;

  /// A relay did not run, or the way to it was broken for this host.
  bool was_cut_off(const sim_peer& which, span when) const;

 private:
  struct trouble;  ///< A fault and how long it lasted.

  bool was_out_of_power(const program& which, span when) const;
  void begin(const trouble& news);
  void end_all(time_point at);
  bool is_program(const std::string& host) const;
  bool concerns(const trouble& which, const std::string& one, const std::string& other) const;

  const world& world_;
  world::duration after_effect_;
  std::vector<trouble> troubles_;
  std::map<std::string, world::duration> delays_;  // By place: the longest usual one.
};

}  // namespace hobnob::testing
