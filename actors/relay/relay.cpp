#include "actors/relay/relay.hpp"

#include "actors/core/path_class.hpp"
#include "actors/core/relay_uri.hpp"
#include "actors/link_bridge.hpp"
#include "actors/relay/circuit_desk.hpp"
#include "actors/relay/directory.hpp"
#include "actors/relay/relay_environment.hpp"
#include "actors/relay/session_acceptor.hpp"
#include "actors/runtime.hpp"
#include "actors/runtime_network.hpp"
#include "actors/spawn.hpp"
#include "actors/storage/account_store.hpp"
#include "actors/storage/small_file.hpp"
#include "transport/network.hpp"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <caf/send.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace hobnob {
namespace {

std::vector<endpoint> default_listen() {
  return {{ip_address::v4({0, 0, 0, 0}), relay_config::default_port},
          {ip_address{}, relay_config::default_port}};
}

}  // namespace

struct relay::impl {
  impl(caf::actor_system& s, network& n, identity key, relay_config settings)
      : system(s),
        net(n),
        config(std::move(settings)),
        bridge(std::make_shared<link_bridge>(n, std::move(key))) {}

  std::string open_accounts();
  void offer_circuits();
  void spawn_actors(account_list accounts);
  void compose_uri(const std::vector<endpoint>& listening);

  /// Tells `wait` when the last actor has ended, whatever ended them.
  template <class Handle>
  static void watch_end(const std::shared_ptr<impl>& self, const Handle& actor);
  void end_actors();

  caf::actor_system& system;
  network& net;
  relay_config config;
  std::shared_ptr<link_bridge> bridge;
  std::shared_ptr<relay_counters> counters = std::make_shared<relay_counters>();
  std::shared_ptr<relay_log> log = std::make_shared<relay_log>(config.log_logins);
  std::shared_ptr<circuit_desk> circuits;  // Null: none are offered.
  std::shared_ptr<account_database> database;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::string uri;
  account_store_actor store;
  directory_actor directory;
  session_acceptor_actor acceptor;
  int actors_alive = 0;
};

std::string relay::impl::open_accounts() {
  database = config.accounts;
  if (database) return {};
  std::filesystem::path file;
  if (!config.data_dir.empty()) {
    if (const auto error = make_directories(config.data_dir, 0700))
      return config.data_dir.string() + ": " + error.message();
    file = config.data_dir / "accounts.sqlite";
  }
  auto opened = account_database::open(file);
  database = std::move(opened.database);
  return opened.error;
}

void relay::impl::offer_circuits() {
  if (!config.circuits.offered) return;
  auto limits = config.circuits;
  limits.idle_limit = std::max(limits.idle_limit, 4 * config.heartbeat);
  circuits = std::make_shared<circuit_desk>(net, limits, counters, log);
  bridge->take_circuits([desk = circuits](std::unique_ptr<stream> arrived,
                                          const circuit_token& token, std::shared_ptr<void> place) {
    desk->take(std::move(arrived), token, std::move(place));
  });
}

void relay::impl::spawn_actors(account_list accounts) {
  const auto world = make_relay_environment(net);
  const account_store_actor new_store =
      config.detached_store && !config.data_dir.empty() && !config.accounts
          ? spawn<caf::detached>(system, account_store, database, world.unix_time)
          : spawn(system, account_store, database, world.unix_time);
  const directory_actor new_directory =
      spawn(system, hobnob::directory, directory_config{.admission = config.admission}, world,
            new_store, std::move(accounts));

  user_session_config session;
  session.heartbeat = config.heartbeat;
  session.limits = config.limits;
  session.counters = counters;
  session.log = log;
  session.circuits = circuits;
  session_acceptor_config accepting;
  accepting.session = std::make_shared<const user_session_config>(std::move(session));
  accepting.connections_max = config.connections_max;
  accepting.attach = [to = bridge](const connection_ptr& connection,
                                   connection_consumer_actor consumer) {
    to->attach(connection, std::move(consumer));
  };
  const auto new_acceptor = spawn(system, session_acceptor, std::move(accepting), new_directory);

  const std::lock_guard guard{mutex};
  store = new_store;
  directory = new_directory;
  acceptor = new_acceptor;
}

void relay::impl::compose_uri(const std::vector<endpoint>& listening) {
  const auto reachable = core::reachable_endpoint(listening, net.interface_addresses());
  core::relay_uri result;
  result.host = config.advertise.empty() ? to_string(reachable.address) : config.advertise;
  result.port = reachable.port;
  result.id = bridge->self().fingerprint();
  const std::lock_guard guard{mutex};
  uri = to_string(result);
}

template <class Handle>
void relay::impl::watch_end(const std::shared_ptr<impl>& self, const Handle& actor) {
  {
    const std::lock_guard guard{self->mutex};
    ++self->actors_alive;
  }
  actor->attach_functor([self] {
    const std::lock_guard guard{self->mutex};
    --self->actors_alive;
    self->changed.notify_all();
  });
}

/// After the sessions, who still use them.
void relay::impl::end_actors() {
  bridge->stop();
  if (circuits) circuits->stop();
  const std::lock_guard guard{mutex};
  caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
}

relay::relay(caf::actor_system& system, network& net, identity self, relay_config config)
    : impl_(std::make_shared<impl>(system, net, std::move(self), std::move(config))) {}

relay::relay(runtime& loop, identity self, relay_config config)
    : relay(loop.system(), network_of(loop), std::move(self), std::move(config)) {}

relay::~relay() { stop(); }

relay::start_result relay::start() {
  auto& self = *impl_;
  start_result result;
  const auto failed = [&result](std::error_code error, std::string detail) {
    result.error = error;
    result.detail = std::move(detail);
    return result;
  };
  if (auto fault = self.config.validate(); !fault.empty()) {
    return failed(std::make_error_code(std::errc::invalid_argument), std::move(fault));
  }
  const auto io_error = std::make_error_code(std::errc::io_error);
  if (auto fault = self.open_accounts(); !fault.empty()) return failed(io_error, std::move(fault));
  auto accounts = self.database->list();
  if (!accounts.error.empty()) return failed(io_error, std::move(accounts.error));

  self.offer_circuits();
  self.spawn_actors(to_account_list(std::move(accounts.accounts)));
  impl::watch_end(impl_, self.store);
  impl::watch_end(impl_, self.directory);
  impl::watch_end(impl_, self.acceptor);
  self.acceptor->attach_functor([shared = impl_] { shared->end_actors(); });

  const accept_limits limits{self.config.unauthenticated_max,
                             self.config.unauthenticated_per_address_max,
                             self.config.login_timeout};
  auto opened =
      self.bridge->listen(self.config.listen.empty() ? default_listen() : self.config.listen, false,
                          limits, self.acceptor);
  if (opened.error) {
    stop();
    return failed(opened.error, std::move(opened.detail));
  }
  self.compose_uri(opened.endpoints);
  result.listening = std::move(opened.endpoints);
  return result;
}

std::string relay::uri() const {
  const std::lock_guard guard{impl_->mutex};
  return impl_->uri;
}

directory_actor relay::directory() const {
  const std::lock_guard guard{impl_->mutex};
  return impl_->directory;
}

relay_stats relay::stats() const {
  const auto& now = *impl_->counters;
  relay_stats result;
  result.connections = now.connections;
  result.sessions = now.sessions;
  result.logins = now.logins;
  result.logins_refused = now.logins_refused;
  result.protocol_errors = now.protocol_errors;
  result.envelopes_forwarded = now.envelopes_forwarded;
  result.envelopes_refused = now.envelopes_refused;
  result.circuits = now.circuits;
  result.circuits_joined = now.circuits_joined;
  result.circuits_refused = now.circuits_refused;
  result.circuit_bytes = now.circuit_bytes;
  return result;
}

void relay::stop() {
  impl_->bridge->stop();
  const std::lock_guard guard{impl_->mutex};
  if (!impl_->acceptor) return;
  caf::anon_send(impl_->acceptor, end_session{{close_reason::goodbye, "the relay stops"}});
}

bool relay::wait(std::chrono::milliseconds timeout) {
  std::unique_lock guard{impl_->mutex};
  const auto ended = [this] { return impl_->actors_alive == 0; };
  // To wait for no time at all still costs a call of the kernel.
  return timeout.count() <= 0 ? ended() : impl_->changed.wait_for(guard, timeout, ended);
}

}  // namespace hobnob
