#include "actors/testing/sim_relay.hpp"

#include "actors/storage/account_database.hpp"

#include <stdexcept>
#include <utility>

namespace hobnob::testing {

sim_relay::sim_relay(program_surroundings around, sim::node& host, identity self,
                     relay_config config)
    : program(around, host), self_(std::move(self)), config_(std::move(config)) {
  config_.detached_store = false;
  if (config_.accounts || !config_.data_dir.empty()) return;
  auto opened = account_database::open({});
  if (!opened.database) throw std::runtime_error{"accounts in memory: " + opened.error};
  config_.accounts = std::move(opened.database);
}

sim_relay::~sim_relay() = default;

relay_stats sim_relay::stats() const { return relay_ ? relay_->stats() : relay_stats{}; }

std::string sim_relay::launch(sim_process& process) {
  relay_ = std::make_shared<hobnob::relay>(process.system(), process.net(), self_, config_);
  const auto started = relay_->start();
  if (started.error) return started.detail.empty() ? started.error.message() : started.detail;
  uri_ = relay_->uri();
  return {};
}

void sim_relay::ask_to_quit() { relay_->stop(); }
bool sim_relay::has_quit() { return relay_->wait(std::chrono::milliseconds{0}); }
std::shared_ptr<void> sim_relay::take_leftover() { return std::exchange(relay_, nullptr); }

}  // namespace hobnob::testing
