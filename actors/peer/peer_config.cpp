#include "actors/peer/peer_config.hpp"

#include "actors/core/user_name.hpp"

namespace hobnob {

std::string peer_config::validate() const {
  if (!core::is_user_name(user)) {
    return "the user name \"" + user +
           "\" is not valid: " + std::string{core::user_name_fault(user)};
  }
  if (link_heartbeat < std::chrono::milliseconds{10}) return "the heartbeat is below 10 ms";
  const bool listens = direct == direct_mode::both || direct == direct_mode::accept_only;
  if (listens && listen.empty()) return "no endpoint to listen on";
  if (dials_max == 0) return "no dial is allowed (dials_max is 0)";
  if (transfers.running_max == 0) return "no transfer may run (running_max is 0)";
  if (relay && relay->port == 0) return "the relay's port is 0";
  return {};
}

}  // namespace hobnob
