#include "peer_main/peer_host.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/spawn.hpp"
#include "actors/storage/known_keys_file.hpp"
#include "actors/storage/small_file.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <charconv>
#include <chrono>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

runtime_options options_of_runtime(scheduler_kind scheduler) {
  runtime_options options;
  options.scheduler = scheduler;
  options.adjust = [](caf::actor_system_config& config) {
    config.add_message_types<caf::id_block::peer_main>();
  };
  return options;
}

std::string address_of(const core::relay_uri& relay) {
  return relay.host + ":" + std::to_string(relay.port);
}

}  // namespace

peer_host::peer_host(const peer_surroundings& all, peer_config config)
    : all_(all), config_(std::move(config)) {}

peer_host::~peer_host() { stop(); }

peer_host::result peer_host::prepare() {
  auto known = known_keys_file::open(all_.data.file("known_keys"));
  if (!known) return {exit_key, "identity", known.error(), {}};
  loop_ = std::make_unique<runtime>(options_of_runtime(all_.options.scheduler));
  network_ = std::make_unique<tcp_network>(loop_->context());
  if (!all_.options.p2p_log.empty()) {
    auto wall_ms = [net = network_.get()] {
      const auto since = net->time().wall().time_since_epoch();
      return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    };
    auto log =
        p2p_log::open(all_.options.p2p_log, all_.options.p2p_log_content, std::move(wall_ms));
    if (!log) return {exit_unexpected, "unexpected", log.error(), {}};
    log_ = std::move(*log);
  }

  config_.user = all_.options.user;
  config_.relay = all_.options.relay;
  config_.known = *known;
  auto files = all_.options.transfers;
  // That is of its own transfers, and not of those that go on beside them.
  if (all_.options.command == "send" && files.limit_told) files.bytes_per_second = 0;
  config_.transfers = make_transfer_config(files, all_.data);
  if (config_.relay && config_.relay->id.is_null())
    relay_is_pinned_ = (*known)->relay(address_of(*config_.relay)).has_value();
  config_.listen = where_to_listen();
  peer_ = std::make_unique<peer>(loop_->system(), *network_, all_.self, config_);
  return {};
}

/// What was asked for; else all addresses, with the port of last time if it is free: firewalls and
/// routers may have been opened for it.
std::vector<endpoint> peer_host::where_to_listen() const {
  if (!all_.options.listen.empty()) return all_.options.listen;
  const auto file = read_small_file(all_.data.file("port"), 16);
  std::uint16_t port = 0;
  std::from_chars(file.content.data(), file.content.data() + file.content.size(), port);
  const endpoint v4{ip_address::v4({0, 0, 0, 0}), port};
  if (port == 0 || network_->listen(v4, {}).error) return config_.listen;
  return {v4, {ip_address{}, port}};
}

void peer_host::remember_port(const std::vector<endpoint>& listening) const {
  if (!all_.options.listen.empty() || listening.empty()) return;
  // Without it the next start takes another port: no reason to stop this one.
  static_cast<void>(
      replace_file(all_.data.file("port"), std::to_string(listening.front().port) + "\n", 0600));
}

front_actor peer_host::add_front(front_config config) {
  config.log = log_;
  config.transfers = peer_->transfers();
  config.make_message_id = [user = peer_.get()] { return user->make_message_id(); };
  if (config_.relay) config.relay_address = address_of(*config_.relay);
  config.relay_is_pinned = relay_is_pinned_;
  config.require_direct = all_.options.require_direct;
  config.message_timeout = all_.options.timeout;
  config.offer_expires = all_.options.expires;
  auto actor = spawn(loop_->system(), front, std::move(config), peer_->handle());
  peer_->subscribe(actor);
  caf::anon_send(peer_->transfers(), add_transfer_subscriber{actor});
  return actor;
}

peer_host::result peer_host::start() {
  auto started = peer_->start();
  if (started.error)
    return {exit_network,
            "listen",
            started.detail.empty() ? started.error.message() : started.detail,
            {}};
  remember_port(started.listening);
  return {0, {}, {}, std::move(started.listening)};
}

void peer_host::run() {
  running_ = true;
  loop_->start();
}

void peer_host::stop() {
  if (peer_) {
    peer_->stop();
    if (running_) peer_->wait(5s);
  }
  if (loop_) {
    loop_->stop();
    // The actors end on the loop, and still use the network: also those of a peer that never ran.
    if (!running_) loop_->run();
    loop_->wait();
    running_ = true;
  }
  peer_.reset();
  network_.reset();
  loop_.reset();
}

}  // namespace hobnob
