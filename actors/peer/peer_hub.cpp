#include "actors/peer/peer_hub.hpp"

#include "actors/core/memory_known_keys.hpp"
#include "actors/peer/relay_session.hpp"
#include "actors/request.hpp"
#include "actors/spawn.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

// How long goodbyes may take.
constexpr std::chrono::milliseconds stop_grace{2000};

// Well within what a relay allows (relay_config's session_limits).
constexpr double lookups_per_second = 20;
constexpr double lookups_burst = 40;
constexpr double own_lookups_per_second = 20;
constexpr double own_lookups_burst = 100;
// Log lines that others can cause.
constexpr double refusals_per_second = 10;
constexpr double refusals_burst = 100;

std::string address_of(const core::relay_uri& relay) {
  return relay.host + ":" + std::to_string(relay.port);
}

}  // namespace

peer_hub_actor::behavior_type peer_hub_state::make_behavior(peer_config settings, own_record own,
                                                            peer_environment_ptr surroundings,
                                                            message_store_actor messages,
                                                            link_transfers_actor files) {
  config.emplace(std::move(settings));
  if (!config->known) config->known = std::make_shared<core::memory_known_keys>();
  record.emplace(std::move(own));
  environment = std::move(surroundings);
  store = std::move(messages);
  transfers = std::move(files);
  table.emplace(record->self().fingerprint());
  strangers.emplace(lookups_per_second, lookups_burst, now());
  questions.emplace(own_lookups_per_second, own_lookups_burst, now());
  refusals.emplace(refusals_per_second, refusals_burst, now());
  started_at = now();
  for (const auto& known : config->known->users()) user_named(known.user);
  self->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) {
    std::erase_if(subscribers, [&](const auto& s) { return s.address() == down.source; });
    if (session && session.address() == down.source) session = nullptr;
    if (stopping && !session && links.empty()) finish_stop();
  });
  // CAF tries them in this order: first what comes often.
  return {[this](send_application_message& message) { send(std::move(message)); },
          [this](send_text& message) { send(std::move(message)); },
          [this](const add_subscriber& order) { subscribe(order.subscriber); },
          [this](get_users) { return list_users(); },
          [this](get_status) { return report(); },
          [this](const ping_user& query) { return ping(query); },
          [this](const verify_user& query) { return verify(query); },
          [this](stop_peer) { stop(); },
          [this](const start_peer& order) { start(order); },
          [this](const connection_accepted& news) { accepted(news.connection); },
          [this](const dial_finished& result) { dial_result(result); },
          [this](const session_changed& news) { session_told(news); },
          [this](const directory_news& news) { directory_told(news); },
          [this](const user_looked_up& answer) { answered(answer); },
          [this](const unknown_sender& news) { sender_unknown(news); },
          [this](const session_vanished& news) { vanished(news.session); },
          [this](const want_link& wish) { want(wish); },
          [this](const circuit_offered& offer) { offered_circuit(offer); },
          [this](const circuit_refused& news) { refused_circuit(news); },
          [this](const link_introduced& news) { introduced(news); },
          [this](const link_opened& news) { opened(news.link); },
          [this](const link_suspected& news) { suspected(news); },
          [this](const link_ended& news) { ended(news); },
          [this](const deadline_passed& d) { woken(d.token); }};
}

void peer_hub_state::start(const start_peer& order) {
  if (std::exchange(started, true) || stopping) return;
  listening = order.listening;
  record->set_listening(listening);
  own_endpoints = record->endpoints();
  watch_addresses();
  if (!config->relay) {
    status.state = session_state::stopped;
    status.code = "no-relay";
    return tell(status);
  }
  relay_session_config settings{.relay = *config->relay, .record = *record};
  if (settings.relay.id.is_null())
    settings.relay.id = config->known->relay(address_of(settings.relay)).value_or(fingerprint{});
  if (!listening.empty()) settings.local_port = listening.front().port;
  settings.hidden = config->hidden;
  settings.follow_directory = follows_directory();
  settings.software = config->software;
  session = spawn(self->system(), relay_session, std::move(settings), environment,
                  peer_hub_actor{self}, store);
  self->monitor(session);
}

void peer_hub_state::subscribe(const peer_subscriber_actor& subscriber) {
  subscribers.push_back(subscriber);
  self->monitor(subscriber);
  self->send(store, tell_subscriber{subscriber});
  self->send(subscriber, status);
  for (const auto& [name, user] : users) {
    if (user.state != presence::offline) {
      presence_changed news{name, user.id, user.state};
      news.key_changed = user.offered.has_value();
      self->send(subscriber, std::move(news));
    }
    if (const auto* link = current_link(user)) {
      self->send(subscriber, link_changed{name,
                                          user.id,
                                          user.link,
                                          link->path,
                                          link->remote,
                                          link->dialled,
                                          close_reason::goodbye,
                                          {}});
    }
  }
}

// --- The end ---

void peer_hub_state::stop() {
  if (std::exchange(stopping, true)) return;
  const close_info why{close_reason::goodbye, "stopped"};
  for (auto& [name, user] : users) {
    user.dial.pause();
    fail_waiting(user, "stopped", "the peer has stopped");
  }
  to_dial.clear();
  end_links([](const auto&) { return true; }, why);
  if (session) self->send(session, end_session{why});
  at(now() + stop_grace, [this] { finish_stop(); });
  if (!session && links.empty()) finish_stop();
}

void peer_hub_state::finish_stop() {
  if (std::exchange(finishing, true)) return;
  later.clear();
  // Now no receipt can come any more.
  request(self, store, stop_grace, settle_messages{})
      .then([this](const message_count&) { say_stopped(); },
            [this](caf::error&) { say_stopped(); });
}

void peer_hub_state::say_stopped() {
  if (session) self->send_exit(session, caf::exit_reason::user_shutdown);
  for (const auto& [number, link] : links)
    self->send_exit(link.actor, caf::exit_reason::user_shutdown);
  self->send_exit(store, caf::exit_reason::user_shutdown);
  tell(peer_stopped{});
  self->quit();
}

// --- Time ---

void peer_hub_state::at(time_point when, std::function<void()> what) {
  if (later.add(when, std::move(what))) arm(when);
}

void peer_hub_state::arm(time_point when) {
  if (armed && *armed <= when) return;
  armed = when;
  const auto wait = std::max(when - now(), std::chrono::steady_clock::duration::zero());
  self->delayed_send(self, wait, deadline_passed{++timer});
}

void peer_hub_state::woken(std::uint64_t token) {
  if (token != timer) return;  // An earlier one took its place.
  armed.reset();
  later.run(now());
  if (const auto next = later.next()) arm(*next);
}

peer_hub_actor::behavior_type peer_hub(peer_hub_actor::stateful_pointer<peer_hub_state> self,
                                       peer_config config, own_record record,
                                       peer_environment_ptr environment, message_store_actor store,
                                       link_transfers_actor transfers) {
  return self->state.make_behavior(std::move(config), std::move(record), std::move(environment),
                                   std::move(store), std::move(transfers));
}

}  // namespace hobnob
