#pragma once

#include "actors/testing/key_owners.hpp"
#include "transport/frame_observer.hpp"
#include "transport/sim/trace.hpp"

#include <cstddef>
#include <map>

namespace hobnob::testing {

/// Writes the frames of one host's programs into the trace, and counts their connections.
class frame_recorder final : public frame_observer {
 public:
  frame_recorder(sim::trace& log, sim::host_id here, const key_owners& owners)
      : log_(log), here_(here), owners_(owners) {}

  /// The most bytes that waited in a send queue of one of its connections.
  std::size_t queued_max() const noexcept { return queued_max_; }

  /// Open connections with the owner of this key, as it was proven.
  std::size_t connections_with(const fingerprint& key) const;

  /// The program has ended, and its connections with it.
  void forget_connections() { open_.clear(); }

  void connection_made(const connection_info& on) override { open_[&on] = on.remote; }
  void connection_ended(const connection_info& on) override { open_.erase(&on); }
  void frame_queued(const connection_info& on, frame_type type, std::size_t size,
                    std::size_t queued) override;
  void frame_taken(const connection_info& on, frame_type type, std::size_t size) override;

 private:
  sim::host_id owner_of(const fingerprint& key) const;

  sim::trace& log_;
  sim::host_id here_;
  const key_owners& owners_;
  std::size_t queued_max_ = 0;
  std::map<const connection_info*, fingerprint> open_;  // Counted only: never in pointer order.
};

}  // namespace hobnob::testing
