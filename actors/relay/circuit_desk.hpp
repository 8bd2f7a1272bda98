#pragma once

#include "actors/relay/relay_config.hpp"
#include "actors/relay/relay_counters.hpp"
#include "actors/relay/relay_log.hpp"
#include "transport/circuit_pass.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string_view>

namespace hobnob {

class network;
class stream;

/// The circuits of one relay: gives out tokens, and joins the connections that come with them. It
/// knows who asked for a circuit, and nothing of what is carried. `net` must outlive it.
class circuit_desk {
 public:
  circuit_desk(network& net, circuit_limits limits, std::shared_ptr<relay_counters> counters,
               std::shared_ptr<relay_log> log);
  ~circuit_desk();

  circuit_desk(const circuit_desk&) = delete;
  circuit_desk& operator=(const circuit_desk&) = delete;

  /// Tokens for both ends of a new circuit, the first one for who asked; nothing if `user` has too
  /// many, or all have. Any thread.
  std::optional<std::array<circuit_token, 2>> open(std::string_view user);

  /// Loop thread: a connection that came with `token`. It waits for the other end, or is joined
  /// with it, or closed. `place` is given up when it is joined or closed.
  void take(std::unique_ptr<stream> arrived, const circuit_token& token,
            std::shared_ptr<void> place);

  /// Closes all: on the loop's thread at once, else as soon as the loop runs. Any thread.
  void stop();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace hobnob
