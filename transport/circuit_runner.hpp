#pragma once

#include "transport/circuit.hpp"

#include <functional>
#include <memory>

namespace hobnob {

/// Runs circuits: those between real sockets on a thread of their own, so that bulk never waits for
/// decisions nor they for it; all others (a simulated network's) on the thread of `net`.
class circuit_runner {
 public:
  /// `net` must outlive it.
  explicit circuit_runner(network& net);

  /// As `stop()`, and waits for the circuits' own thread, which waits for nobody.
  ~circuit_runner();

  circuit_runner(const circuit_runner&) = delete;
  circuit_runner& operator=(const circuit_runner&) = delete;

  /// Thread of `net`. `tell` is called on any thread, once, unless `stop` came before.
  void run(circuit::ends joined, circuit_terms terms, std::function<void(circuit_outcome)> tell);

  /// Thread of `net`: closes all circuits; nothing is told any more.
  void stop();

 private:
  class own_thread;
  struct live_circuits;
  network& net_;
  std::unique_ptr<live_circuits> here_;
  std::unique_ptr<own_thread> there_;
  bool stopped_ = false;
};

}  // namespace hobnob
