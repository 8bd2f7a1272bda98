#include "actors/peer/peer.hpp"

#include "actors/link_bridge.hpp"
#include "actors/peer/envelope.hpp"
#include "actors/peer/message_store.hpp"
#include "actors/peer/peer_hub.hpp"
#include "actors/runtime.hpp"
#include "actors/runtime_network.hpp"
#include "actors/spawn.hpp"
#include "actors/transfer/transfer_desk.hpp"
#include "transport/network.hpp"

#include <caf/send.hpp>

#include <array>
#include <condition_variable>
#include <mutex>
#include <span>
#include <utility>

namespace hobnob {
namespace {

peer_environment_ptr make_environment(network& net, const std::shared_ptr<link_bridge>& bridge) {
  peer_environment environment;
  environment.dial = [bridge](dial_order order, dial_client_actor client) {
    bridge->dial(std::move(order), std::move(client));
  };
  environment.attach = [bridge](const connection_ptr& connection,
                                connection_consumer_actor consumer) {
    bridge->attach(connection, std::move(consumer));
  };
  environment.random = [&net](std::span<std::byte> out) { net.random(out); };
  environment.wall_ms = [&net] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               net.time().wall().time_since_epoch())
        .count();
  };
  environment.interface_addresses = [&net] { return net.interface_addresses(); };
  return std::make_shared<const peer_environment>(std::move(environment));
}

/// Random ids for messages, drawn many at a time: a draw for each costs more than to send the
/// message. Any thread.
class message_id_source {
 public:
  explicit message_id_source(peer_environment_ptr environment)
      : environment_(std::move(environment)) {}

  message_id next() {
    const std::lock_guard guard{mutex_};
    if (used_ == ids_.size()) {
      environment_->random(std::as_writable_bytes(std::span{ids_}));
      used_ = 0;
    }
    return ids_[used_++];
  }

 private:
  const peer_environment_ptr environment_;
  std::mutex mutex_;
  std::array<message_id, 64> ids_;  // Guarded by mutex_.
  std::size_t used_ = ids_.size();  // Guarded by mutex_.
};

/// What is remembered of transfers is read here and now.
transfer_desk_config desk_config(const peer_config& config, const peer_environment& environment,
                                 std::shared_ptr<background> worker) {
  transfer_desk_config result;
  result.worker = std::move(worker);
  result.settings = config.transfers;
  result.own_user = config.user;
  if (config.known) {
    for (const auto& known : config.known->users()) result.met_before.insert(known.key.id);
  }
  if (config.transfers.journal) result.remembered = config.transfers.journal->load();
  result.random = environment.random;
  result.wall_ms = environment.wall_ms;
  return result;
}

/// Most peers never have a transfer: nothing is made before the first work.
class background_on_demand final : public background {
 public:
  explicit background_on_demand(std::function<std::unique_ptr<background>()> make)
      : make_(std::move(make)) {}

  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    const std::lock_guard guard{mutex_};
    if (!made_) made_ = make_ ? make_() : make_background_thread();
    made_->after(delay, std::move(work));
  }

 private:
  const std::function<std::unique_ptr<background>()> make_;
  std::mutex mutex_;
  std::unique_ptr<background> made_;  // Guarded by mutex_.
};

bool listens(const peer_config& config) {
  return config.direct == direct_mode::both || config.direct == direct_mode::accept_only;
}

}  // namespace

struct peer::impl {
  impl(caf::actor_system& system, network& n, identity self, peer_config settings)
      : net(n),
        config(std::move(settings)),
        bridge(std::make_shared<link_bridge>(net, self)),
        environment(make_environment(net, bridge)),
        transfer_worker(std::make_shared<background_on_demand>(config.transfers.make_background)),
        ids(environment) {
    const auto epoch = environment->random_number();
    message_store_config store_config;
    store_config.epoch = epoch;
    store_config.wall_ms = environment->wall_ms;
    own_record record{self, config.user, box_key_pair{self}, epoch, environment};
    auto store = spawn(system, message_store, std::move(store_config));
    desk = spawn(system, transfer_desk, desk_config(config, *environment, transfer_worker),
                 peer_actor{store});
    hub = spawn(system, peer_hub, config, std::move(record), environment, store,
                link_transfers_actor{desk});
    caf::anon_send(store, serve_hub{hub});
    front = store;
  }

  /// Tells `wait` when the hub and the transfers have ended, whatever ended them.
  static void watch_end(const std::shared_ptr<impl>& watched) {
    watched->hub->attach_functor([watched] {
      watched->bridge->stop();
      watched->note_end();
    });
    watched->desk->attach_functor([watched] { watched->note_end(); });
  }

  void note_end() {
    const std::lock_guard guard{mutex};
    if (--alive == 0) changed.notify_all();
  }

  network& net;
  peer_config config;
  std::shared_ptr<link_bridge> bridge;
  peer_environment_ptr environment;
  // Held here so that the loop never waits for its end.
  const std::shared_ptr<background> transfer_worker;
  message_id_source ids;
  peer_hub_actor hub;
  transfer_desk_actor desk;
  peer_actor front;  // The message store: what is sent needs no detour by the hub.
  std::mutex mutex;
  std::condition_variable changed;
  int alive = 2;  // Hub and desk. Guarded by mutex.
};

peer::peer(caf::actor_system& system, network& net, identity self, peer_config config)
    : impl_(std::make_shared<impl>(system, net, std::move(self), std::move(config))) {
  impl::watch_end(impl_);
}

peer::peer(runtime& loop, identity self, peer_config config)
    : peer(loop.system(), network_of(loop), std::move(self), std::move(config)) {}

peer::~peer() { stop(); }

peer::start_result peer::start() {
  start_result result;
  if (auto fault = impl_->config.validate(); !fault.empty()) {
    result.error = std::make_error_code(std::errc::invalid_argument);
    result.detail = std::move(fault);
    return result;
  }
  if (listens(impl_->config)) {
    // A whole team may sit on one network and come at once: no tighter limit for one address.
    accept_limits limits;
    limits.unauthenticated_per_address_max = limits.unauthenticated_max;
    auto opened = impl_->bridge->listen(impl_->config.listen, true, limits, impl_->hub);
    if (opened.error) {
      result.error = opened.error;
      result.detail = std::move(opened.detail);
      return result;
    }
    result.listening = std::move(opened.endpoints);
  }
  caf::anon_send(impl_->hub, start_peer{result.listening});
  return result;
}

peer_actor peer::handle() const { return impl_->front; }

transfers_actor peer::transfers() const { return impl_->desk; }

void peer::subscribe(peer_subscriber_actor subscriber) {
  caf::anon_send(impl_->front, add_subscriber{std::move(subscriber)});
}

message_id peer::send_text(std::string to, std::string text) {
  hobnob::send_text message;
  message.to = std::move(to);
  message.id = make_message_id();
  message.text = std::move(text);
  const auto id = message.id;
  caf::anon_send(impl_->front, std::move(message));
  return id;
}

message_id peer::send(std::string to, std::string channel, shared_slice content,
                      frame_priority priority, bool acknowledged) {
  send_application_message message;
  message.to = std::move(to);
  message.id = make_message_id();
  message.channel = std::move(channel);
  message.content = std::move(content);
  message.priority = priority;
  message.acknowledged = acknowledged;
  const auto id = message.id;
  caf::anon_send(impl_->front, std::move(message));
  return id;
}

message_id peer::make_message_id() { return impl_->ids.next(); }

void peer::want_link(std::string user) {
  caf::anon_send(impl_->front, hobnob::want_link{std::move(user)});
}

void peer::stop() { caf::anon_send(impl_->front, stop_peer{}); }

bool peer::wait(std::chrono::milliseconds timeout) {
  std::unique_lock guard{impl_->mutex};
  const auto ended = [this] { return impl_->alive == 0; };
  // To wait for no time at all still costs a call of the kernel.
  return timeout.count() <= 0 ? ended() : impl_->changed.wait_for(guard, timeout, ended);
}

}  // namespace hobnob
