#pragma once

#include "actors/relay/relay.hpp"
#include "actors/storage/account_database.hpp"
#include "actors/testing/program.hpp"
#include "transport/tls/identity.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hobnob::sim {
class random_source;
}

namespace hobnob::testing {

/// A relay on a simulated host. Its identity and accounts are on the host's disk.
class sim_relay final : public program {
 public:
  /// `keys`: where an identity comes from when the disk holds none.
  sim_relay(program_surroundings around, sim::node& host, const sim::random_source& keys,
            relay_config config);
  ~sim_relay() override;

  /// What peers are given; the same after each start.
  const std::string& uri() const noexcept { return uri_; }

  const relay_config& config() const noexcept { return config_; }

  struct start_with_accounts {
    time_point at;
    std::vector<account> accounts;
  };

  /// What it found on the disk, each time it was started.
  const std::vector<start_with_accounts>& starts() const noexcept { return found_; }

  /// Of the running relay; zeros if there is none.
  relay_stats stats() const;

  /// Null if it does not run.
  hobnob::relay* facade() const noexcept { return relay_.get(); }

 protected:
  std::string load(const std::shared_ptr<disk>& data, network& net) override;
  std::string launch(sim_process& process) override;
  void ask_to_quit() override;
  bool has_quit() override;
  std::shared_ptr<void> take_leftover() override;

 private:
  std::unique_ptr<sim::random_source> key_source_;
  std::optional<identity> self_;
  relay_config config_;
  std::shared_ptr<account_database> accounts_;  // Of the present run.
  std::vector<start_with_accounts> found_;
  std::shared_ptr<hobnob::relay> relay_;
  std::string uri_;
};

}  // namespace hobnob::testing
