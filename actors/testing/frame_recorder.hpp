#pragma once

#include "actors/testing/key_owners.hpp"
#include "transport/frame_observer.hpp"
#include "transport/sim/trace.hpp"

#include <cstddef>

namespace hobnob::testing {

/// Writes the frames of one host's programs into the trace.
class frame_recorder final : public frame_observer {
 public:
  frame_recorder(sim::trace& log, sim::host_id here, const key_owners& owners)
      : log_(log), here_(here), owners_(owners) {}

  /// The most bytes that waited in a send queue of one of its connections.
  std::size_t queued_max() const noexcept { return queued_max_; }

  void frame_queued(const connection_info& on, frame_type type, std::size_t size,
                    std::size_t queued) override;
  void frame_taken(const connection_info& on, frame_type type, std::size_t size) override;

 private:
  sim::host_id owner_of(const fingerprint& key) const;

  sim::trace& log_;
  sim::host_id here_;
  const key_owners& owners_;
  std::size_t queued_max_ = 0;
};

}  // namespace hobnob::testing
