#pragma once

#include "actors/peer/peer_environment.hpp"
#include "transport/tls/identity.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace hobnob {

/// What this peer says of itself, signed anew whenever it is asked for: the machine's addresses may
/// have changed meanwhile. Copies are independent; serials follow the time of day, so that a later
/// record has the higher one whoever made it, and after a restart too.
class own_record {
 public:
  own_record(identity self, std::string user, std::array<std::uint8_t, 32> box_key,
             std::uint64_t epoch, peer_environment_ptr environment);

  void set_listening(std::vector<endpoint> listening) { listening_ = std::move(listening); }

  /// Where others may dial us.
  std::vector<endpoint> endpoints() const;

  /// A serialised wire::SignedRecord.
  std::string sign();

  const std::string& user() const { return user_; }
  const identity& self() const { return self_; }

 private:
  identity self_;
  std::string user_;
  std::array<std::uint8_t, 32> box_key_;
  std::uint64_t epoch_;
  peer_environment_ptr environment_;
  std::vector<endpoint> listening_;
  std::uint64_t last_serial_ = 0;
};

}  // namespace hobnob
