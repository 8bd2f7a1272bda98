#include "transport/frame.hpp"

namespace hobnob {

std::size_t payload_size_max(frame_type type) noexcept {
  switch (type) {
    case frame_type::control:
      return control_frame_size_max;
    case frame_type::ping:
    case frame_type::pong:
      return 8;
    case frame_type::envelope:
    case frame_type::envelope_from:
      return data_frame_size_max;
    case frame_type::envelope_refused:
      return 17;
    case frame_type::message:
      return data_frame_size_max;
    case frame_type::receipt:
    case frame_type::transfer:
      return control_frame_size_max;
    case frame_type::blocks:
      return data_frame_size_max;
  }
  return 0;
}

}  // namespace hobnob
