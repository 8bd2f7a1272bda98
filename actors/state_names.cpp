#include "actors/state_names.hpp"

namespace hobnob {

std::string_view to_string(path_kind path) noexcept {
  switch (path) {
    case path_kind::none:
      return "none";
    case path_kind::lan:
      return "lan";
    case path_kind::wan:
      return "wan";
    case path_kind::mapped:
      return "mapped";
    case path_kind::punched:
      return "punched";
    case path_kind::circuit:
      return "circuit";
    case path_kind::relay:
      return "relay";
  }
  return "none";
}

std::string_view to_string(session_state state) noexcept {
  switch (state) {
    case session_state::connecting:
      return "connecting";
    case session_state::online:
      return "online";
    case session_state::waiting:
      return "waiting";
    case session_state::refused:
      return "refused";
    case session_state::replaced:
      return "replaced";
    case session_state::stopped:
      return "stopped";
  }
  return "stopped";
}

std::string_view to_string(presence state) noexcept {
  switch (state) {
    case presence::offline:
      return "offline";
    case presence::online:
      return "online";
    case presence::suspect:
      return "suspect";
  }
  return "offline";
}

std::string_view to_string(link_state state) noexcept {
  switch (state) {
    case link_state::down:
      return "down";
    case link_state::up:
      return "up";
    case link_state::suspect:
      return "suspect";
  }
  return "down";
}

std::string_view to_string(message_state state) noexcept {
  switch (state) {
    case message_state::queued:
      return "queued";
    case message_state::sent:
      return "sent";
    case message_state::delivered:
      return "delivered";
    case message_state::failed:
      return "failed";
  }
  return "failed";
}

std::string to_string(const message_id& id) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto octet : id) {
    text += digits[octet >> 4];
    text += digits[octet & 0xF];
  }
  return text;
}

}  // namespace hobnob
