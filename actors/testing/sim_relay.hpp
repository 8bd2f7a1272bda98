#pragma once

#include "actors/relay/relay.hpp"
#include "actors/testing/program.hpp"

#include <memory>
#include <string>

namespace hobnob {
class account_database;
}

namespace hobnob::testing {

/// A relay on a simulated host. Its accounts survive its ends.
class sim_relay final : public program {
 public:
  sim_relay(program_surroundings around, sim::node& host, identity self, relay_config config);
  ~sim_relay() override;

  /// What peers are given; the same after each start.
  const std::string& uri() const noexcept { return uri_; }

  const relay_config& config() const noexcept { return config_; }

  /// Of the running relay; zeros if there is none.
  relay_stats stats() const;

  /// Null if it does not run.
  hobnob::relay* facade() const noexcept { return relay_.get(); }

 protected:
  std::string launch(sim_process& process) override;
  void ask_to_quit() override;
  bool has_quit() override;
  std::shared_ptr<void> take_leftover() override;

 private:
  identity self_;
  relay_config config_;
  std::shared_ptr<hobnob::relay> relay_;
  std::string uri_;
};

}  // namespace hobnob::testing
