#pragma once

#include "transport/connection_handle.hpp"

namespace hobnob {

namespace wire {
class Control;
}

/// `message` as the payload of a control frame.
shared_slice encode_control(const wire::Control& message);

/// False if `payload` is no Control, or one of an unknown kind.
bool decode_control(byte_view payload, wire::Control& message);

/// Queues `message` ahead of everything that is less urgent than control.
send_status send_control(connection_handle& connection, const wire::Control& message);

}  // namespace hobnob
