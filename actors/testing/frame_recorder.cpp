#include "actors/testing/frame_recorder.hpp"

#include <algorithm>

namespace hobnob::testing {

sim::host_id frame_recorder::owner_of(const fingerprint& key) const {
  const auto found = owners_.find(key);
  return found == owners_.end() ? sim::host_id::none : found->second;
}

std::size_t frame_recorder::connections_with(const fingerprint& key) const {
  return static_cast<std::size_t>(
      std::ranges::count(open_, key, [](const auto& entry) { return entry.second; }));
}

void frame_recorder::frame_queued(const connection_info& on, frame_type type, std::size_t size,
                                  std::size_t queued) {
  queued_max_ = std::max(queued_max_, queued);
  log_.frame(sim::record_kind::frame_sent, here_, owner_of(on.remote), to_string(type), size);
}

void frame_recorder::frame_taken(const connection_info& on, frame_type type, std::size_t size) {
  log_.frame(sim::record_kind::frame_received, here_, owner_of(on.remote), to_string(type), size);
}

}  // namespace hobnob::testing
