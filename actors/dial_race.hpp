#pragma once

#include "transport/dialler.hpp"
#include "transport/watchdog.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hobnob {

/// One dial to a host that may have several addresses: the next address is tried when one fails or
/// has kept us waiting a little (RFC 8305, "happy eyeballs"); the first to be secured wins, and the
/// others are closed. Loop thread only; lives until it has told its outcome and its last try ended.
class dial_race : public std::enable_shared_from_this<dial_race> {
 public:
  struct order {
    std::string host;
    std::uint16_t port = 0;
    std::uint16_t local_port = 0;
    fingerprint expected;
    duration timeout{};
    std::optional<circuit_pass> circuit = {};
  };

  struct outcome {
    dial_result result;
    endpoint remote;  ///< The one that won, or whose failure says most.
  };

  /// Called once.
  using on_outcome = std::function<void(outcome)>;

  dial_race(network& net, std::shared_ptr<const handshaker> secure, order what, on_outcome tell);

  void start();

 private:
  static constexpr duration head_start = std::chrono::milliseconds{300};

  awaitable<void> resolve();
  awaitable<void> try_address(endpoint remote);
  void next_address();
  void ended(const endpoint& remote, dial_result result);
  void fail(error_code error);
  void finish(outcome what);

  network& net_;
  std::shared_ptr<const handshaker> secure_;
  order order_;
  on_outcome tell_;  // Empty once told.
  time_point until_;
  std::vector<endpoint> remotes_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::optional<outcome> failure_;
  deadline patience_;  // With the address tried last.
  deadline limit_;     // With all of it.
};

}  // namespace hobnob
