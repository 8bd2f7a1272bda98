#include "actors/testing/sim_relay.hpp"

#include "actors/storage/data_directory.hpp"
#include "actors/storage/identity_file.hpp"
#include "actors/testing/sqlite_files.hpp"
#include "transport/sim/simulation.hpp"

#include <utility>

namespace hobnob::testing {
namespace {

/// A database, and what leads it to its disk; freed in this order.
struct accounts_on_disk {
  explicit accounts_on_disk(const std::shared_ptr<disk>& data) : files(data) {}

  sqlite_files files;
  std::unique_ptr<account_database> database;
};

}  // namespace

sim_relay::sim_relay(program_surroundings around, sim::node& host, const sim::random_source& keys,
                     relay_config config)
    : program(around, host),
      key_source_(std::make_unique<sim::random_source>(keys)),
      config_(std::move(config)) {
  config_.detached_store = false;
}

sim_relay::~sim_relay() = default;

relay_stats sim_relay::stats() const { return relay_ ? relay_->stats() : relay_stats{}; }

std::string sim_relay::load(const std::shared_ptr<disk>& data, network&) {
  const auto folder = data_directory::open(data_folder, *data);
  if (!folder) return folder.error();
  const auto draw = [this](auto out) {
    key_source_->fill(out);
    return true;
  };
  auto self = load_or_create_identity(folder->file("identity"), *data, draw, self_);
  if (!self) return self.error();
  self_ = *std::move(self);
  show_key(self_->fingerprint());

  const auto opened = std::make_shared<accounts_on_disk>(data);
  auto result = account_database::open(folder->file("accounts.sqlite"), opened->files.name());
  if (!result.database) return result.error;
  opened->database = std::move(result.database);
  auto found = opened->database->list();
  if (!found.error.empty()) return found.error;
  found_.push_back({around().simulation.now(), std::move(found.accounts)});
  accounts_ = {opened, opened->database.get()};
  return {};
}

std::string sim_relay::launch(sim_process& process) {
  auto config = config_;
  if (!config.accounts) config.accounts = std::exchange(accounts_, nullptr);
  relay_ = std::make_shared<hobnob::relay>(process.system(), process.net(), *self_, config);
  const auto started = relay_->start();
  if (started.error) return started.detail.empty() ? started.error.message() : started.detail;
  uri_ = relay_->uri();
  return {};
}

void sim_relay::ask_to_quit() { relay_->stop(); }
bool sim_relay::has_quit() { return relay_->wait(std::chrono::milliseconds{0}); }

std::shared_ptr<void> sim_relay::take_leftover() {
  using both = std::pair<std::shared_ptr<hobnob::relay>, std::shared_ptr<account_database>>;
  return std::make_shared<both>(std::exchange(relay_, nullptr), std::exchange(accounts_, nullptr));
}

}  // namespace hobnob::testing
