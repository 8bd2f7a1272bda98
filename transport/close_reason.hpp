#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hobnob {

/// Why a session, a link or a connection ended. The numbers travel on the wire (docs/protocol.md).
enum class close_reason : std::uint8_t {
  goodbye = 1,    ///< The other side, or we, ended it in good order.
  heartbeat = 2,  ///< Nothing was heard for three heartbeat intervals.
  reset = 3,      ///< The byte stream broke: closed socket, network error.
  replaced = 4,   ///< A newer login of the same user took its place.
  overflow = 5,   ///< A consumer too slow for what was sent to it.
  protocol = 6,   ///< The other side broke the protocol.
  refused = 7,    ///< Not allowed: key, name, limit or version.
};

std::string_view to_string(close_reason reason) noexcept;

/// Nothing if `number` names no reason.
std::optional<close_reason> close_reason_from(std::uint32_t number) noexcept;

/// A reason with a sentence for people (never text of another user; may be empty).
struct close_info {
  close_reason reason = close_reason::goodbye;
  std::string detail = {};
  std::string code = {};   ///< Stable, for programs: "name-taken", "version", ...; may be empty.
  bool by_remote = false;  ///< The other side said so; else this side found it out or decided it.
};

}  // namespace hobnob
