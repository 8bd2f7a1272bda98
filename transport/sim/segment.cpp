#include "transport/sim/segment.hpp"

namespace hobnob::sim {

network_interface* segment::find(const ip_address& address) const {
  const auto found = attached_.find(address);
  return found == attached_.end() ? nullptr : found->second;
}

}  // namespace hobnob::sim
