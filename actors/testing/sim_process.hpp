#pragma once

#include <cstdint>
#include <memory>

namespace caf {
class actor_system;
}
namespace hobnob {
class frame_observer;
class network;
}  // namespace hobnob
namespace hobnob::sim {
class host_stack;
enum class process_end : std::uint8_t;
}  // namespace hobnob::sim

namespace hobnob::testing {

/// One run of a simulated program: an actor system of its own on the simulation's loop, and the
/// sockets that its host's kernel holds for it.
class sim_process {
 public:
  enum class handshake { tls, plain };

  /// On a host that has power. `frames` sees those of its connections.
  sim_process(sim::host_stack& host, handshake kind, frame_observer& frames);
  ~sim_process();

  sim_process(const sim_process&) = delete;
  sim_process& operator=(const sim_process&) = delete;

  caf::actor_system& system() noexcept;
  network& net() noexcept;

  /// As SIGSTOP and SIGCONT.
  void pause();
  void resume();

  /// Nothing of it runs after this. `leftover` is what the program kept in it (a peer, a relay):
  /// freed with it, as soon as nobody is in the middle of it.
  static void end(std::unique_ptr<sim_process> process, sim::process_end how,
                  std::shared_ptr<void> leftover);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace hobnob::testing
