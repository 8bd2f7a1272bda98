#include "actors/control_frame.hpp"

#include "transport/wire/control.pb.h"

#include <string>

namespace hobnob {

shared_slice encode_control(const wire::Control& message) {
  bytes data(message.ByteSizeLong());
  message.SerializeToArray(data.data(), static_cast<int>(data.size()));
  return shared_slice::of(std::move(data));
}

bool decode_control(byte_view payload, wire::Control& message) {
  if (payload.size() > control_frame_size_max) return false;
  return message.ParseFromArray(payload.data(), static_cast<int>(payload.size())) &&
         message.kind_case() != wire::Control::KIND_NOT_SET;
}

send_status send_control(connection_handle& connection, const wire::Control& message) {
  return connection.send(outgoing_frame{
      frame_type::control, frame_priority::interactive, {}, encode_control(message)});
}

}  // namespace hobnob
