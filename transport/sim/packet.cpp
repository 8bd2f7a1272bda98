#include "transport/sim/packet.hpp"

namespace hobnob::sim {

std::string_view to_string(packet_kind kind) {
  switch (kind) {
    case packet_kind::syn:
      return "syn";
    case packet_kind::syn_ack:
      return "syn_ack";
    case packet_kind::data:
      return "data";
    case packet_kind::ack:
      return "ack";
    case packet_kind::reset:
      return "reset";
    case packet_kind::unreachable:
      return "unreachable";
  }
  return "?";
}

std::string_view to_string(unreachable_cause cause) {
  switch (cause) {
    case unreachable_cause::network:
      return "network";
    case unreachable_cause::host:
      return "host";
    case unreachable_cause::port:
      return "port";
  }
  return "?";
}

packet reset_answering(const packet& cause) {
  packet answer;
  answer.kind = packet_kind::reset;
  answer.from = cause.to;
  answer.to = cause.from;
  answer.sequence = cause.acknowledged;
  answer.acknowledged = cause.sequence + cause.payload.size() + (cause.fin ? 1 : 0);
  answer.start = cause.answers;
  answer.answers = cause.start;
  return answer;
}

packet unreachable_answering(const packet& cause, const ip_address& reporter,
                             unreachable_cause why) {
  packet answer;
  answer.kind = packet_kind::unreachable;
  answer.from = {reporter, 0};
  answer.to = {cause.from.address, 0};
  answer.about.local = cause.from;
  answer.about.remote = cause.to;
  answer.about.cause = why;
  return answer;
}

}  // namespace hobnob::sim
