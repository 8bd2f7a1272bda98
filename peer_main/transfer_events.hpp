#pragma once

#include "actors/transfer/transfer_messages.hpp"
#include "peer_main/events.hpp"

namespace hobnob {

// Events of file transfers: docs/events.md.

std::string_view to_string(transfer_state state) noexcept;
std::string_view to_string(transfer_direction direction) noexcept;

event_object event_of(const transfer_offered& news);
event_object event_of(const transfer_progress& news);

/// `transfer-done` or `transfer-failed`.
event_object event_of(const transfer_ended& news);

/// `accept`, `pause` or another order was given to it.
event_object transfer_order_event(std::string_view order, const transfer_info& about);

/// A row of `transfers`.
event_object event_of(const transfer_info& row);
/// The end of `transfers`: how many rows there were.
event_object transfers_event(std::size_t count);

}  // namespace hobnob
