#pragma once

#include "transport/handshaker.hpp"
#include "transport/tls/identity.hpp"

#include <memory>

namespace hobnob::sim {

/// Says who it is and believes what it is told: no proof, no encryption. Takes the place of TLS in
/// big simulated worlds, where handshakes would cost most of the time; as many round trips as TLS
/// 1.3, the same errors for a wrong key, the same way to settle crossing dials. Bytes go on the
/// stream as they are, behind a line that names this handshake.
///
/// Only simulated networks make it (`sim_network`); it is in no library that programs are made of.
class plain_handshaker final : public handshaker,
                               public std::enable_shared_from_this<plain_handshaker> {
 public:
  explicit plain_handshaker(identity self) : self_(std::move(self)) {}

  const identity& self() const noexcept override { return self_; }

  awaitable<handshake_result> connect(std::unique_ptr<stream> lower, watchdog& deadlines,
                                      handshake_connect_options options) const override;
  awaitable<handshake_result> accept(std::unique_ptr<stream> lower, watchdog& deadlines,
                                     handshake_accept_options options) const override;

 private:
  identity self_;
};

}  // namespace hobnob::sim
