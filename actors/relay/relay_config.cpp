#include "actors/relay/relay_config.hpp"

namespace hobnob {

std::string relay_config::validate() const {
  using namespace std::chrono_literals;
  if (heartbeat < 100ms || heartbeat > 1h) return "heartbeat must be between 0.1 s and one hour";
  if (login_timeout < 100ms) return "login_timeout must be at least 0.1 s";
  if (connections_max == 0) return "connections_max must not be 0";
  if (unauthenticated_max == 0 || unauthenticated_per_address_max == 0) {
    return "the limits on connections without login must not be 0";
  }
  if (limits.controls_per_second <= 0 || limits.controls_burst < 1) {
    return "a session must be allowed some control messages";
  }
  if (limits.envelopes_per_second < 0 || limits.envelopes_burst < 1) {
    return "the limit on envelopes must not be negative";
  }
  if (circuits.offered && (circuits.total_max == 0 || circuits.per_user_max == 0 ||
                           circuits.pending_per_user_max == 0)) {
    return "the limits on circuits must not be 0";
  }
  constexpr double slowest = 16 * 1024;
  for (const double rate : {circuits.bytes_per_second, circuits.user_bytes_per_second}) {
    if (rate != 0 && rate < slowest) return "a rate of circuits must be at least 16 KiB a second";
  }
  for (const auto& local : listen) {
    if (local.address.is_multicast()) return to_string(local) + ": cannot listen on multicast";
  }
  return {};
}

}  // namespace hobnob
