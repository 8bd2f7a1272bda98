#include "transport/frame_observer.hpp"

namespace hobnob {

std::string_view to_string(frame_type type) noexcept {
  switch (type) {
    case frame_type::control:
      return "control";
    case frame_type::ping:
      return "ping";
    case frame_type::pong:
      return "pong";
    case frame_type::envelope:
      return "envelope";
    case frame_type::envelope_from:
      return "envelope_from";
    case frame_type::envelope_refused:
      return "envelope_refused";
    case frame_type::message:
      return "message";
    case frame_type::receipt:
      return "receipt";
    case frame_type::transfer:
      return "transfer";
    case frame_type::blocks:
      return "blocks";
  }
  return "unknown";
}

}  // namespace hobnob
