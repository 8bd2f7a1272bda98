#include "actors/link_bridge.hpp"

#include "actors/dial_race.hpp"
#include "transport/acceptor.hpp"
#include "transport/handshaker.hpp"

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <caf/send.hpp>
#include <optional>
#include <utility>

namespace hobnob {
namespace {

/// Speaks to the actor that consumes a connection.
class consumer_handler final : public connection_handler {
 public:
  explicit consumer_handler(connection_consumer_actor consumer) : consumer_(std::move(consumer)) {}

  void on_frames(frame_batch batch) override {
    caf::anon_send(consumer_,
                   connection_frames{std::make_shared<const frame_batch>(std::move(batch))});
  }
  void on_drained() override { caf::anon_send(consumer_, connection_drained{}); }
  void on_closed(const close_info& why) override {
    caf::anon_send(consumer_, connection_closed{why});
  }

 private:
  connection_consumer_actor consumer_;
};

acceptor_config make_acceptor_config(const accept_limits& limits) {
  acceptor_config config;
  config.admission.total_max = limits.unauthenticated_max;
  config.admission.per_group_max = limits.unauthenticated_per_address_max;
  config.login_timeout = limits.login_timeout;
  return config;
}

bool is_v6_wildcard(const endpoint& local) {
  return !local.address.is_v4() && local.address.is_wildcard();
}

bool lacks_v6(const error_code& error) {
  return error == boost::system::errc::address_family_not_supported ||
         error == boost::system::errc::address_not_available;
}

std::string listen_fault(const endpoint& local, const error_code& error) {
  if (error == boost::asio::error::address_in_use) {
    return to_string(local) + " is in use by another program";
  }
  return to_string(local) + ": " + describe(error);
}

dial_finished to_message(std::uint64_t ticket, dial_race::outcome outcome) {
  dial_finished message;
  message.ticket = ticket;
  message.remote = outcome.remote;
  message.met = outcome.result.met;
  message.awaits_accept = outcome.result.awaits_accept;
  message.key_mismatch = outcome.result.error.error == errc::key_mismatch;
  message.connection = std::move(outcome.result.connection);
  if (!message.connection) message.error = outcome.result.error.text();
  return message;
}

}  // namespace

/// Everything but construction happens on the loop's thread.
struct link_bridge::impl : std::enable_shared_from_this<link_bridge::impl> {
  impl(network& n, const identity& self) : net(n), secure(n.make_handshaker(self)) {}

  network& net;
  std::shared_ptr<const handshaker> secure;
  std::vector<std::unique_ptr<acceptor>> acceptors;
  circuit_taker take_circuit;
  bool stopped = false;
  std::atomic<bool> stop_asked = false;  // Any thread.

  /// At once on the loop's thread, posted from others.
  template <class Work>
  void on_loop(Work work) {
    boost::asio::dispatch(net.executor(), [self = shared_from_this(),
                                           work = std::move(work)]() mutable { work(*self); });
  }

  struct opened {
    listen_result told;
    std::vector<std::unique_ptr<listener>> listeners;
  };
  opened open_all(const std::vector<endpoint>& locals, bool shared_with_dials);
};

link_bridge::impl::opened link_bridge::impl::open_all(const std::vector<endpoint>& locals,
                                                      bool shared_with_dials) {
  opened result;
  for (auto local : locals) {
    auto& told = result.told;
    if (local.port == 0 && !told.endpoints.empty()) local.port = told.endpoints.front().port;
    auto listening = net.listen(local, {.shared_with_dials = shared_with_dials});
    if (listening.error) {
      if (is_v6_wildcard(local) && lacks_v6(listening.error) && locals.size() > 1) continue;
      told.error = listening.error;
      told.detail = listen_fault(local, listening.error);
      break;
    }
    told.endpoints.push_back(listening.value->local_endpoint());
    result.listeners.push_back(std::move(listening.value));
  }
  return result;
}

link_bridge::link_bridge(network& net, identity self) : impl_(std::make_shared<impl>(net, self)) {}

link_bridge::~link_bridge() { stop(); }

link_bridge::listen_result link_bridge::listen(const std::vector<endpoint>& locals,
                                               bool shared_with_dials, const accept_limits& limits,
                                               connection_acceptor_actor acceptor_actor) {
  // A port that the system chose for one family may be taken in the other: then another is drawn.
  constexpr int draws = 8;
  const bool drawn = !locals.empty() && locals.front().port == 0;
  impl::opened opened;
  for (int i = 0; i < (drawn ? draws : 1); ++i) {
    opened = impl_->open_all(locals, shared_with_dials);
    if (opened.told.error != std::errc::address_in_use) break;
  }
  if (opened.told.error) {
    opened.told.endpoints.clear();
    return opened.told;
  }
  auto tell = [to = std::move(acceptor_actor)](connection_ptr arrived) {
    caf::anon_send(to, connection_accepted{std::move(arrived)});
  };
  auto config = make_acceptor_config(limits);
  config.take_circuit = impl_->take_circuit;
  auto accepting =
      std::make_unique<acceptor>(impl_->net, impl_->secure, std::move(config), std::move(tell));
  for (auto& listening : opened.listeners) accepting->add(std::move(listening));
  impl_->acceptors.push_back(std::move(accepting));
  return opened.told;
}

void link_bridge::take_circuits(circuit_taker taker) { impl_->take_circuit = std::move(taker); }

void link_bridge::dial(dial_order order, dial_client_actor client) {
  impl_->on_loop([order = std::move(order), client = std::move(client)](impl& self) mutable {
    if (self.stopped) return;
    dial_race::order what{std::move(order.host), order.port,    order.local_port,
                          order.expected,        order.timeout, order.circuit};
    auto tell = [bridge = self.weak_from_this(), client = std::move(client),
                 ticket = order.ticket](dial_race::outcome outcome) {
      const auto alive = bridge.lock();
      if (!alive || alive->stopped) return;
      caf::anon_send(client, to_message(ticket, std::move(outcome)));
    };
    std::make_shared<dial_race>(self.net, self.secure, std::move(what), std::move(tell))->start();
  });
}

void link_bridge::attach(const connection_ptr& connection, connection_consumer_actor consumer) {
  impl_->on_loop([connection, consumer = std::move(consumer)](impl&) {
    start_connection(connection, std::make_shared<consumer_handler>(consumer));
  });
}

void link_bridge::stop() {
  // Whoever is the last to let go of a stopped bridge may do so when the network is gone.
  if (impl_->stop_asked.exchange(true)) return;
  impl_->on_loop([](impl& self) {
    if (self.stopped) return;
    self.stopped = true;
    for (auto& accepting : self.acceptors) accepting->stop();
    self.acceptors.clear();
    self.take_circuit = nullptr;
  });
}

const identity& link_bridge::self() const noexcept { return impl_->secure->self(); }

network& link_bridge::net() noexcept { return impl_->net; }

}  // namespace hobnob
