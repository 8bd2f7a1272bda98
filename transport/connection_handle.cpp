#include "transport/connection_handle.hpp"

namespace hobnob {

std::size_t frame_batch::wire_size() const noexcept {
  std::size_t result = 0;
  for (const auto& e : entries_) result += frame_header_size + e.size;
  return result;
}

}  // namespace hobnob
