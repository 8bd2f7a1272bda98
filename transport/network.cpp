#include "transport/network.hpp"

#include "transport/tls/tls_context.hpp"

namespace hobnob {

std::shared_ptr<const handshaker> network::make_handshaker(const identity& self) {
  return std::make_shared<const tls_context>(self, time());
}

}  // namespace hobnob
