#pragma once

#include "actors/messages.hpp"

#include <string>
#include <string_view>

namespace hobnob {

// The stable names of states, as docs/events.md lists them: for logs, events and tests.

std::string_view to_string(path_kind path) noexcept;
std::string_view to_string(session_state state) noexcept;
std::string_view to_string(presence state) noexcept;
std::string_view to_string(link_state state) noexcept;
std::string_view to_string(message_state state) noexcept;

/// 32 hexadecimal digits.
std::string to_string(const message_id& id);

}  // namespace hobnob
