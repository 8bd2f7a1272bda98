#include "actors/peer/relay_session.hpp"

#include "actors/control_frame.hpp"
#include "actors/core/protocol_version.hpp"
#include "actors/heartbeat_monitor.hpp"
#include "actors/peer/wire_users.hpp"
#include "actors/spawn.hpp"
#include "transport/wire/control.pb.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace hobnob {
namespace {

constexpr std::chrono::milliseconds heartbeat_min{10};

// What `deadline_passed` is about; the rest of its token is the number of the attempt or ping.
enum class wake_for : std::uint64_t { retry, login, ping };

std::uint64_t token_of(wake_for kind, std::uint64_t number) {
  return number << 2 | static_cast<std::uint64_t>(kind);
}

/// What was tried and how it failed: "relay.example:7440 (203.0.113.7:7440): connection refused".
std::string tried(const core::relay_uri& relay, const dial_finished& result) {
  auto text = (relay.host.find(':') == std::string::npos ? relay.host : '[' + relay.host + ']') +
              ':' + std::to_string(relay.port);
  if (const auto met = to_string(result.remote); result.remote.port != 0 && met != text)
    text += " (" + met + ')';
  return text + ": " + (result.error.empty() ? "failed" : result.error);
}

// Trying again would not help until a person has done something about it.
bool is_final_refusal(const close_info& why) {
  static constexpr std::array<std::string_view, 8> codes{
      "name-taken", "registration-closed", "bad-name", "bad-record", "version", "key", "removed",
      "kicked"};
  return why.reason == close_reason::refused && why.by_remote &&
         std::find(codes.begin(), codes.end(), why.code) != codes.end();
}

}  // namespace

relay_session_actor::behavior_type relay_session_state::make_behavior(
    relay_session_config settings, peer_environment_ptr surroundings, peer_hub_actor owner,
    message_store_actor messages) {
  config.emplace(std::move(settings));
  environment = std::move(surroundings);
  hub = std::move(owner);
  const auto& own = config->record;
  envelopes.emplace(self, own.self(), own.box_keys(), hub, std::move(messages));
  dial();
  return {[this](const connection_frames& frames) { take(frames); },
          [this](connection_drained) { envelopes->drained(); },
          [this](const connection_closed& closed) { connection_ended(closed.why); },
          [this](const dial_finished& result) { dialled(result); },
          [](const silence_suspected&) {},
          [this](silence_lost) {
            close({close_reason::heartbeat, "the relay was silent for three heartbeats"});
          },
          [this](const carry_messages& order) { envelopes->carry(order); },
          [this](const carry_receipts& order) { envelopes->carry(order); },
          [this](const contact_changed& change) { envelopes->change_contact(change); },
          [this](addresses_changed) { update_record(); },
          [this](const lookup_user& query) { look_up(query); },
          [this](const request_circuit& order) { ask_for_circuit(order.with); },
          [this](const ping_user& order) {
            auto [answer, token] = envelopes->ping(order.user);
            if (token != 0)
              self->delayed_send(self, round_trips::timeout,
                                 deadline_passed{token_of(wake_for::ping, token)});
            return answer;
          },
          [this](const deadline_passed& d) { woken(d.token); },
          [this](const end_session& order) {
            stopping = true;
            tell(session_state::stopped, order.why);
            if (!connection) return self->quit();
            close(order.why);
          }};
}

// --- Connecting ---

void relay_session_state::dial() {
  ++attempt;
  tell(session_state::connecting);
  dial_order order;
  order.ticket = attempt;
  order.host = config->relay.host;
  order.port = config->relay.port;
  order.local_port = any_port ? 0 : config->local_port;
  order.expected = config->relay.id;
  environment->dial(std::move(order),
                    caf::actor_cast<dial_client_actor>(relay_session_actor{self}));
}

void relay_session_state::dialled(const dial_finished& result) {
  if (result.ticket != attempt || connection || stopping) {
    if (result.connection) result.connection->close({close_reason::goodbye, "not needed any more"});
    return;
  }
  if (result.connection) return log_in(result.connection);
  if (result.key_mismatch) {
    status.relay = result.met;
    return end_for_good(session_state::refused,
                        {close_reason::refused,
                         "the relay shows another key than its address names or was known before",
                         "relay-key-changed"});
  }
  if (result.awaits_accept && !any_port) {
    // An earlier connection from our port to this relay is not quite over (TIME_WAIT). Logging in
    // matters more than the port; the next session tries it again.
    any_port = true;
    return dial();
  }
  wait_and_retry({close_reason::reset, tried(config->relay, result), "unreachable"});
}

void relay_session_state::log_in(connection_ptr opened) {
  connection = std::move(opened);
  end.reset();
  any_port = false;
  status.relay = connection->info().remote;
  config->relay.id = status.relay;  // From now on it must be this one.
  environment->attach(connection,
                      caf::actor_cast<connection_consumer_actor>(relay_session_actor{self}));
  wire::Control message;
  auto& login = *message.mutable_login();
  login.mutable_versions()->set_lowest(protocol_version);
  login.mutable_versions()->set_highest(protocol_version);
  login.set_user(config->record.user());
  login.mutable_record()->ParseFromString(config->record.sign());
  login.set_subscription(config->follow_directory ? wire::ALL : wire::NONE);
  login.set_hidden(config->hidden);
  login.set_software(config->software);
  send_control(*connection, message);
  self->delayed_send(self, config->login_timeout,
                     deadline_passed{token_of(wake_for::login, attempt)});
}

void relay_session_state::login_accepted(const wire::LoginOk& answer) {
  if (answer.version() != protocol_version)
    return close({close_reason::protocol, "the relay chose a version that was not offered"});
  connection->set_authenticated();
  backoff.reset();
  snapshot_begins = true;
  const auto heartbeat = std::max(heartbeat_min, std::chrono::milliseconds{answer.heartbeat_ms()});
  monitor =
      spawn(self->system(), heartbeat_monitor, connection, heartbeat_config{.interval = heartbeat},
            caf::actor_cast<heartbeat_owner_actor>(relay_session_actor{self}));
  status.session = answer.session();
  status.heartbeat = heartbeat;
  status.observed = endpoint::parse(answer.observed_endpoint()).value_or(endpoint{});
  envelopes->session_began(connection, answer.session());
  tell(session_state::online);
}

void relay_session_state::wait_and_retry(close_info why) {
  status.retry_in = backoff.next(environment->random_number());
  self->delayed_send(self, status.retry_in, deadline_passed{token_of(wake_for::retry, attempt)});
  tell(session_state::waiting, why);
}

void relay_session_state::end_for_good(session_state how, const close_info& why) {
  ++attempt;  // Voids whatever is under way.
  tell(how, why);
}

void relay_session_state::close(close_info why) {
  if (!connection || end) return;
  end = why;
  connection->close(std::move(why));
}

void relay_session_state::connection_ended(const close_info& reported) {
  const auto why = end.value_or(reported);
  connection.reset();
  status.session = 0;
  status.observed = {};
  envelopes->session_ended();
  if (monitor) self->send_exit(std::exchange(monitor, nullptr), caf::exit_reason::user_shutdown);
  if (stopping) return self->quit();
  if (why.reason == close_reason::replaced) return end_for_good(session_state::replaced, why);
  if (is_final_refusal(why)) return end_for_good(session_state::refused, why);
  wait_and_retry(why);
}

void relay_session_state::tell(session_state state, const close_info& why) {
  status.state = state;
  status.code = why.code;
  status.detail = why.detail;
  if (status.detail.empty() && !why.code.empty()) status.detail = why.code;
  if (state != session_state::waiting) status.retry_in = {};
  self->send(hub, status);
}

void relay_session_state::woken(std::uint64_t token) {
  const auto number = token >> 2;
  switch (static_cast<wake_for>(token & 3)) {
    case wake_for::retry:
      if (number == attempt && !connection && !stopping) dial();
      break;
    case wake_for::login:
      if (number == attempt && connection && status.state == session_state::connecting)
        close({close_reason::reset, "the relay did not answer the login"});
      break;
    case wake_for::ping:
      envelopes->ping_expired(number);
      break;
  }
}

// --- Frames ---

void relay_session_state::take(const connection_frames& frames) {
  if (!connection) return;
  for (const auto& entry : frames.batch->entries()) {
    if (end) return;
    if (!take_frame(*frames.batch, entry))
      return close({close_reason::protocol, "a frame that may not come now"});
  }
  envelopes->flush_received();
  connection->acknowledge(frames.batch->wire_size());
}

bool relay_session_state::take_frame(const frame_batch& batch, const frame_batch::entry& entry) {
  switch (entry.type) {
    case frame_type::control: {
      wire::Control message;
      return decode_control(batch.view(entry), message) && take_control(message);
    }
    case frame_type::ping:
      connection->send(
          outgoing_frame{frame_type::pong, frame_priority::urgent, batch.view(entry), {}});
      return true;
    case frame_type::pong:
      return true;
    case frame_type::envelope_from:
      return envelopes->take_envelope(batch.payload(entry));
    case frame_type::envelope_refused:
      return envelopes->take_refusal(batch.view(entry));
    default:
      return false;
  }
}

bool relay_session_state::take_control(const wire::Control& message) {
  switch (message.kind_case()) {
    case wire::Control::kLoginOk:
      if (status.state != session_state::connecting) return false;
      login_accepted(message.login_ok());
      return true;
    case wire::Control::kDirectoryChange: {
      auto news = read_news(message.directory_change());
      news.snapshot_begin = std::exchange(snapshot_begins, false);
      self->send(hub, std::move(news));
      return true;
    }
    case wire::Control::kLookupResult:
      self->send(hub, read_lookup(message.lookup_result()));
      return true;
    case wire::Control::kCircuitReady: {
      const auto& ready = message.circuit_ready();
      circuit_offered news{ready.session(), {}, ready.asked()};
      if (ready.token().size() != news.token.size()) return false;
      std::ranges::copy(std::as_bytes(std::span{ready.token()}), news.token.begin());
      self->send(hub, news);
      return true;
    }
    case wire::Control::kCircuitRefused:
      self->send(hub, circuit_refused{message.circuit_refused().session(),
                                      message.circuit_refused().code()});
      return true;
    default:
      return false;
  }
}

void relay_session_state::look_up(const lookup_user& query) {
  if (status.state != session_state::online) {
    // The hub asks again once there is a session.
    return;
  }
  wire::Control message;
  auto& lookup = *message.mutable_lookup();
  lookup.set_query(static_cast<std::uint32_t>(query.query));
  if (!query.user.empty()) lookup.set_user(query.user);
  if (!query.id.is_null()) lookup.set_fingerprint(query.id.octets.data(), query.id.octets.size());
  if (query.session != 0) lookup.set_session(query.session);
  send_control(*connection, message);
}

void relay_session_state::ask_for_circuit(session_id with) {
  if (status.state != session_state::online) return;  // The hub has a time-out of its own.
  wire::Control message;
  message.mutable_circuit_request()->set_session(with);
  send_control(*connection, message);
}

void relay_session_state::update_record() {
  if (status.state != session_state::online) return;  // The next login brings the new one.
  wire::Control message;
  message.mutable_record_update()->mutable_record()->ParseFromString(config->record.sign());
  send_control(*connection, message);
}

relay_session_actor::behavior_type relay_session(
    relay_session_actor::stateful_pointer<relay_session_state> self, relay_session_config config,
    peer_environment_ptr environment, peer_hub_actor hub, message_store_actor store) {
  return self->state.make_behavior(std::move(config), std::move(environment), std::move(hub),
                                   std::move(store));
}

}  // namespace hobnob
