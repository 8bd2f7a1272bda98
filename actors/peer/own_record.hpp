#pragma once

#include "actors/peer/envelope.hpp"
#include "actors/peer/peer_environment.hpp"
#include "transport/tls/identity.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

/// What this peer says of itself. Copies listen where each was told to, and share what they have
/// signed; serials follow the time of day, so that a later record has the higher one whoever made
/// it, and after a restart too. Any thread.
class own_record {
 public:
  own_record(identity self, std::string user, box_key_pair box_keys, std::uint64_t epoch,
             peer_environment_ptr environment);

  void set_listening(std::vector<endpoint> listening) { listening_ = std::move(listening); }

  /// Where others may dial us.
  std::vector<endpoint> endpoints() const;

  /// A serialised wire::SignedRecord, with a serial of its own: whoever has an older one takes
  /// this.
  std::string sign() const;

  /// The last one, as long as it says what is true: the machine's addresses may have changed
  /// meanwhile. Who knows it already need not check it again.
  std::string latest() const;

  const std::string& user() const { return user_; }
  const identity& self() const { return self_; }
  const box_key_pair& box_keys() const { return box_keys_; }

 private:
  identity self_;
  std::string user_;
  box_key_pair box_keys_;
  std::uint64_t epoch_;
  peer_environment_ptr environment_;
  std::vector<endpoint> listening_;
  struct history;
  std::shared_ptr<history> history_;
};

}  // namespace hobnob
