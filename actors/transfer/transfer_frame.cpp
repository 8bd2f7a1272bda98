#include "actors/transfer/transfer_frame.hpp"

#include "transport/wire/transfer.pb.h"

#include <algorithm>

namespace hobnob {
namespace {

/// Ids and hashes are 16 octets.
template <class Octets>
std::optional<Octets> octets_of(std::string_view field) {
  Octets result;
  if (field.size() != result.size()) return std::nullopt;
  std::transform(field.begin(), field.end(), result.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return result;
}

}  // namespace

wire::Transfer transfer_message(const core::transfer_id& id) {
  wire::Transfer message;
  message.set_id(id.data(), id.size());
  return message;
}

shared_slice encode_transfer(const wire::Transfer& message) {
  bytes payload(message.ByteSizeLong());
  message.SerializeToArray(payload.data(), static_cast<int>(payload.size()));
  return shared_slice::of(std::move(payload));
}

std::optional<core::transfer_id> decode_transfer(byte_view payload, wire::Transfer& message) {
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size())))
    return std::nullopt;
  return octets_of<core::transfer_id>(message.id());
}

std::string hash_text(const core::content_hash& hash) { return {hash.begin(), hash.end()}; }

std::optional<core::content_hash> parse_hash(std::string_view field) {
  return octets_of<core::content_hash>(field);
}

}  // namespace hobnob
