#pragma once

#include "actors/loop_driver.hpp"

#include <memory>

namespace hobnob::sim {
class simulation;
}

namespace hobnob::testing {

/// Drives the actors of one simulated process in the virtual time of a simulation. What they have
/// to do goes through the simulation's run queue, at the end of the turn that it came in, as in
/// production.
class sim_loop_driver : public loop_driver {
 public:
  /// Nothing runs until `resume`: a process that was sent SIGSTOP. What became due runs then.
  virtual void pause() = 0;
  virtual void resume() = 0;

  /// Nothing ever runs again: a process that was sent SIGKILL.
  virtual void halt() = 0;
};

/// `owner` must live until the driver is detached.
std::shared_ptr<sim_loop_driver> make_sim_loop_driver(sim::simulation& owner);

}  // namespace hobnob::testing
