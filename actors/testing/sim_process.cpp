#include "actors/testing/sim_process.hpp"

#include "actors/asio_scheduler.hpp"
#include "actors/testing/sim_loop_driver.hpp"
#include "transport/sim/plain_handshaker.hpp"
#include "transport/sim/sim_network.hpp"
#include "transport/sim/simulation.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <optional>
#include <utility>

namespace hobnob::testing {

namespace {

class process_network final : public sim::sim_network {
 public:
  process_network(sim::host_stack& host, bool plain) : sim_network(host), plain_(plain) {}

  std::shared_ptr<const handshaker> make_handshaker(const identity& self) override {
    if (plain_) return std::make_shared<const sim::plain_handshaker>(self);
    return sim_network::make_handshaker(self);
  }

 private:
  const bool plain_;
};

}  // namespace

struct sim_process::impl {
  impl(sim::host_stack& host, bool plain, frame_observer& frames)
      : owner(host.owner()), net(host, plain), driver(make_sim_loop_driver(owner)) {
    net.set_observer(&frames);
    use_loop_scheduler(config, driver);
    system.emplace(config);
  }

  sim::simulation& owner;
  process_network net;
  std::shared_ptr<sim_loop_driver> driver;
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
};

sim_process::sim_process(sim::host_stack& host, handshake kind, frame_observer& frames)
    : impl_(std::make_unique<impl>(host, kind == handshake::plain, frames)) {}

sim_process::~sim_process() = default;

caf::actor_system& sim_process::system() noexcept { return *impl_->system; }
network& sim_process::net() noexcept { return impl_->net; }

void sim_process::pause() {
  impl_->net.pause();
  impl_->driver->pause();
}

void sim_process::resume() {
  impl_->net.resume();
  impl_->driver->resume();
}

// Three steps, each after everything that the one before made ready: the coroutines leave their
// waits, the actors and what they hold go, and only then the network that all of them used.
void sim_process::end(std::unique_ptr<sim_process> process, sim::process_end how,
                      std::shared_ptr<void> leftover) {
  auto& owner = process->impl_->owner;
  process->impl_->driver->halt();
  process->impl_->net.end(how);
  owner.after({}, [shared = std::shared_ptr<sim_process>(std::move(process)),
                   left = std::move(leftover)]() mutable {
    left.reset();
    shared->impl_->system.reset();
    shared->impl_->owner.after({}, [last = std::move(shared)]() mutable { last.reset(); });
  });
}

}  // namespace hobnob::testing
