#pragma once

#include "transport/sim/fabric.hpp"
#include "transport/sim/faults.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace hobnob::sim {

/// Applies faults to a network and knows how to undo what they left. Each fault is a record of the
/// trace.
class fault_injector {
 public:
  explicit fault_injector(fabric& target) : fabric_(target) {}

  /// Throws `std::invalid_argument` for a name that the network does not have, for a slow reader
  /// that is a router, and for a reboot of what has no NAT.
  void check(const fault& what) const;

  /// Throws what `check` does.
  void apply(const fault& what);

  /// Applies a line: `injector.apply("partition alice from bob")`.
  void apply(std::string_view line);

  /// Applies each at its time from now on. The injector must live until then.
  void schedule(std::span<const timed_fault> faults);

  /// The network as it was built: no partitions, all links as before their first change and without
  /// a stall, everything plugged in and powered, no slow readers. What NATs forgot stays forgotten.
  /// Not counted, but traced.
  void restore_everything();

  /// How often each kind (`kind_of`) was applied.
  const std::map<std::string, std::uint64_t, std::less<>>& counted() const { return counts_; }

 private:
  void inject(const partition& what);
  void inject(const block& what);
  void inject(const heal& what);
  void inject(const link_change& what);
  void inject(const link_restore& what);
  void inject(const stall& what);
  void inject(const cables& what);
  void inject(const power& what);
  void inject(const connection_reset& what);
  void inject(const nat_reboot& what);
  void inject(const slow_reader& what);

  void check_place(const std::string& name) const;

  node& node_named(const std::string& name) const;
  template <class F>
  void for_each_pair(const names& from, const names& to, const F& function) const;

  struct cable_options {
    link_options up, down;
  };

  fabric& fabric_;
  std::map<segment*, link_options> segments_before_;  // Looked up only: never in pointer order.
  std::map<network_interface*, cable_options> cables_before_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace hobnob::sim
