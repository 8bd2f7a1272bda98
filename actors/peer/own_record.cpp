#include "actors/peer/own_record.hpp"

#include "actors/core/path_class.hpp"
#include "actors/signed_record.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {

own_record::own_record(identity self, std::string user, std::array<std::uint8_t, 32> box_key,
                       std::uint64_t epoch, peer_environment_ptr environment)
    : self_(std::move(self)),
      user_(std::move(user)),
      box_key_(box_key),
      epoch_(epoch),
      environment_(std::move(environment)) {}

std::vector<endpoint> own_record::endpoints() const {
  return core::advertised_endpoints(listening_, environment_->interface_addresses());
}

std::string own_record::sign() {
  directory_record record;
  record.user = user_;
  record.box_key = box_key_;
  record.endpoints = endpoints();
  last_serial_ = std::max(last_serial_ + 1, static_cast<std::uint64_t>(environment_->wall_ms()));
  record.serial = last_serial_;
  record.epoch = epoch_;
  return sign_record(self_, record);
}

}  // namespace hobnob
