#include "transport/close_reason.hpp"

namespace hobnob {

std::string_view to_string(close_reason reason) noexcept {
  switch (reason) {
    case close_reason::goodbye:
      return "goodbye";
    case close_reason::heartbeat:
      return "heartbeat";
    case close_reason::reset:
      return "reset";
    case close_reason::replaced:
      return "replaced";
    case close_reason::overflow:
      return "overflow";
    case close_reason::protocol:
      return "protocol";
    case close_reason::refused:
      return "refused";
  }
  return "unknown";
}

std::optional<close_reason> close_reason_from(std::uint32_t number) noexcept {
  if (number < 1 || number > 7) return std::nullopt;
  return static_cast<close_reason>(number);
}

}  // namespace hobnob
