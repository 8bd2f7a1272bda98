#pragma once

#include "actors/peer/peer.hpp"
#include "actors/runtime.hpp"
#include "peer_main/front.hpp"
#include "peer_main/live_peer.hpp"

#include <memory>
#include <string>

namespace hobnob {

class tcp_network;

/// The runtime, the network and the peer of this program, in the order in which they must end.
class peer_host {
 public:
  /// `config.user`, `relay` and `known` are filled in from the surroundings.
  peer_host(const peer_surroundings& all, peer_config config);
  ~peer_host();

  struct result {
    int exit_code = 0;  ///< Of the fault, if there is one.
    std::string code;
    std::string detail;
    std::vector<endpoint> listening;
  };

  /// Opens logs and known keys, and makes the peer. To be called first; a fault ends the program.
  result prepare();

  /// The front actor, subscribed to the peer.
  front_actor add_front(front_config config);

  /// Listens, and logs in as soon as everything runs.
  result start();

  /// From here on everything runs.
  void run();

  /// Ends peer and runtime.
  void stop();

  runtime& loop() { return *loop_; }
  peer& user() { return *peer_; }

 private:
  std::vector<endpoint> where_to_listen() const;
  void remember_port(const std::vector<endpoint>& listening) const;

  const peer_surroundings& all_;
  peer_config config_;
  bool relay_is_pinned_ = true;
  std::shared_ptr<p2p_log> log_;
  std::unique_ptr<runtime> loop_;
  std::unique_ptr<tcp_network> network_;
  std::unique_ptr<peer> peer_;
  bool running_ = false;
};

}  // namespace hobnob
