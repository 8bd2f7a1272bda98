#include "actors/peer/own_record.hpp"

#include "actors/core/path_class.hpp"
#include "actors/signed_record.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace hobnob {

struct own_record::history {
  std::mutex mutex;
  std::uint64_t serial = 0;         // Guarded by mutex, as are:
  std::vector<endpoint> endpoints;  // of the last one,
  std::string record;               // which is this.
};

own_record::own_record(identity self, std::string user, box_key_pair box_keys, std::uint64_t epoch,
                       peer_environment_ptr environment)
    : self_(std::move(self)),
      user_(std::move(user)),
      box_keys_(std::move(box_keys)),
      epoch_(epoch),
      environment_(std::move(environment)),
      history_(std::make_shared<history>()) {}

std::vector<endpoint> own_record::endpoints() const {
  return core::advertised_endpoints(listening_, environment_->interface_addresses());
}

std::string own_record::sign() const {
  directory_record record;
  record.user = user_;
  record.box_key = box_keys_.public_key();
  record.endpoints = endpoints();
  record.epoch = epoch_;
  const std::lock_guard guard{history_->mutex};
  auto& last = history_->serial;
  last = std::max(last + 1, static_cast<std::uint64_t>(environment_->wall_ms()));
  record.serial = last;
  history_->record = sign_record(self_, record);
  history_->endpoints = std::move(record.endpoints);
  return history_->record;
}

std::string own_record::latest() const {
  {
    const auto present = endpoints();
    const std::lock_guard guard{history_->mutex};
    if (!history_->record.empty() && history_->endpoints == present) return history_->record;
  }
  return sign();
}

}  // namespace hobnob
