#include "actors/relay/user_session.hpp"

#include "actors/control_frame.hpp"
#include "actors/core/protocol_version.hpp"
#include "actors/heartbeat_monitor.hpp"
#include "actors/relay/login_check.hpp"
#include "actors/request.hpp"
#include "actors/signed_record.hpp"
#include "actors/spawn.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hobnob {
namespace {

// What the others are told. The other side's own words count only where they are plausible: it may
// not, for instance, claim to have been replaced.
close_reason reason_to_tell(const close_info& why) {
  if (!why.by_remote) return why.reason;
  return why.reason == close_reason::protocol ? why.reason : close_reason::goodbye;
}

bool is_fault(close_reason reason) {
  return reason == close_reason::protocol || reason == close_reason::refused ||
         reason == close_reason::overflow;
}

/// A lookup has exactly one key.
std::optional<directory_lookup> read_lookup(const wire::Lookup& query) {
  directory_lookup result;
  result.user = query.user();
  result.session = query.session();
  const auto& key = query.fingerprint();
  if (!key.empty()) {
    if (key.size() != result.id.octets.size()) return std::nullopt;
    std::copy(key.begin(), key.end(), result.id.octets.begin());
  }
  const int keys = !result.user.empty() + (result.session != 0) + !key.empty();
  return keys == 1 ? std::optional{std::move(result)} : std::nullopt;
}

}  // namespace

user_session_actor::behavior_type user_session_state::make_behavior() {
  self->set_down_handler(
      [this](caf::scheduled_actor*, caf::down_msg& down) { router.forget(down.source); });
  return {
      // CAF tries them in this order: first what comes often.
      [this](const connection_frames& frames) { take_frames(frames); },
      [this](const forward_envelopes& envelopes_in) { deliver(envelopes_in); },
      [this](connection_drained) { drained(); },
      [this](const connection_closed& end) { connection_ended(end.why); },
      [this](const silence_suspected& news) {
        if (stage == phase::online) self->send(directory, session_suspected{id, news.suspect});
      },
      [this](silence_lost) {
        close({close_reason::heartbeat, "nothing was heard for three heartbeat intervals"});
      },
      [this](const directory_notice& notice) { pass_on(notice); },
      [this](const route_found& route) { learn_route(route); },
      [this](const envelopes_refused& refused) { tell_refused(refused); },
      [this](const circuit_offered& offer) { offer_circuit(offer); },
      [this](const end_session& order) { close(order.why); },
  };
}

// --- What the other side sends ---

void user_session_state::take_frames(const connection_frames& frames) {
  const auto& batch = *frames.batch;
  for (std::uint32_t i = 0; i < batch.entries().size(); ++i) {
    if (stage == phase::closing) return;
    const auto& entry = batch.entries()[i];
    if (entry.type == frame_type::envelope && stage == phase::online) {
      const auto header = wire::envelope_header::decode(batch.view(entry));
      if (!header) return protocol_error("an envelope without its header");
      router.add(header->session, i);
    } else if (entry.type == frame_type::control) {
      take_control(batch.view(entry));
    } else {
      return protocol_error(stage == phase::online ? "a frame that only a relay or a link may send"
                                                   : "a frame before the login");
    }
  }
  if (stage == phase::closing) return;
  route_envelopes(frames.batch);
  const auto size = batch.wire_size();
  if (router.nothing_waits()) {
    connection->acknowledge(size);
  } else {
    unacknowledged += size;
  }
}

void user_session_state::take_control(byte_view payload) {
  wire::Control message;
  if (!decode_control(payload, message)) return protocol_error("a malformed control message");
  if (!controls.take(1, self->clock().now())) {
    return close({close_reason::refused, "too many control messages", "rate"});
  }
  const auto kind = message.kind_case();
  if (stage == phase::connected && kind == wire::Control::kLogin) return log_in(message.login());
  if (stage != phase::online) return protocol_error("a control message that is no login");
  switch (kind) {
    case wire::Control::kLookup:
      return look_up(message.lookup());
    case wire::Control::kRecordUpdate:
      return change_record(message.record_update());
    case wire::Control::kCircuitRequest:
      return ask_for_circuit(message.circuit_request());
    case wire::Control::kLogin:
      return protocol_error("a second login");
    default:
      return protocol_error("a control message that a peer may not send to a relay");
  }
}

void user_session_state::log_in(const wire::Login& login) {
  auto checked = check_login(login, connection->info());
  if (!checked.login) {
    count(config->counters->logins_refused);
    config->log->session_closed(connection->info().remote_endpoint, {}, checked.refusal.detail,
                                self->clock().now());
    return close(std::move(checked.refusal));
  }
  stage = phase::registering;
  user = checked.login->user;
  record_serial = checked.login->record_serial;
  request(self, directory, config->directory_timeout,
          register_session{std::move(*checked.login), self})
      .then([this](const login_verdict& verdict) { logged_in(verdict); },
            [this](caf::error&) {
              close({close_reason::refused, "the directory does not answer; try again later",
                     "busy"});
            });
}

void user_session_state::logged_in(const login_verdict& verdict) {
  const auto& observed = connection->info().remote_endpoint;
  if (verdict.session == 0) {
    count(config->counters->logins_refused);
    config->log->session_closed(observed, user, verdict.code, self->clock().now());
    return close({close_reason::refused, verdict.detail, verdict.code});
  }
  id = verdict.session;
  if (stage == phase::closing) return leave(close_reason::reset);  // It ended meanwhile.
  stage = phase::online;
  config->log->logged_in(observed, user, verdict.newly_bound, self->clock().now());
  count(config->counters->logins);
  count(config->counters->sessions);

  wire::Control answer;
  auto& ok = *answer.mutable_login_ok();
  ok.set_version(protocol_version);
  ok.set_session(id);
  ok.set_heartbeat_ms(static_cast<std::uint32_t>(config->heartbeat.count()));
  ok.set_observed_endpoint(to_string(observed));
  ok.set_newly_bound(verdict.newly_bound);
  connection->set_authenticated();
  send_control(*connection, answer);
  spawn(self->system(), heartbeat_monitor, connection,
        heartbeat_config{.interval = config->heartbeat, .turn = core::heartbeat::turn::second},
        caf::actor_cast<heartbeat_owner_actor>(self));
}

void user_session_state::look_up(const wire::Lookup& query) {
  auto order = read_lookup(query);
  if (!order) return protocol_error("a lookup without exactly one key");
  request(self, directory, config->directory_timeout, std::move(*order))
      .then(
          [this, number = query.query()](const directory_lookup_result& found) {
            wire::Control message;
            auto& result = *message.mutable_lookup_result();
            result.set_query(number);
            result.set_known(found.known);
            if (!found.entry.empty()) result.mutable_entry()->ParseFromString(found.entry);
            answer(message);
          },
          [](caf::error&) {});  // The peer has a time-out of its own.
}

void user_session_state::answer(const wire::Control& message) {
  if (stage != phase::online) return;
  const auto status = send_control(*connection, message);
  if (status == send_status::full) blocked = true;
  if (status == send_status::overflow)
    close({close_reason::overflow, "too slow for the answers to its own questions"});
}

void user_session_state::change_record(const wire::RecordUpdate& update) {
  const auto checked = read_record(update.record());
  if (!checked.record) return protocol_error(std::string{checked.fault});
  if (checked.record->key != connection->info().remote_key || checked.record->user != user) {
    return protocol_error("a record of another user");
  }
  if (checked.record->serial <= record_serial) return;  // An old one, overtaken.
  record_serial = checked.record->serial;
  self->send(directory,
             session_record_changed{id, update.record().SerializeAsString(), record_serial});
}

// --- Its end ---

void user_session_state::protocol_error(std::string detail) {
  count(config->counters->protocol_errors);
  log_fault(detail);
  close({close_reason::protocol, std::move(detail), "protocol"});
}

/// The one line about its end.
void user_session_state::log_fault(std::string_view detail) {
  fault_logged = true;
  config->log->session_closed(connection->info().remote_endpoint, user, detail,
                              self->clock().now());
}

void user_session_state::close(close_info why) {
  if (stage == phase::closing) return;
  leave(why.reason, why.detail);
  stage = phase::closing;
  connection->close(std::move(why));
}

/// Tells the directory, once.
void user_session_state::leave(close_reason reason, std::string_view detail) {
  if (id == 0) return;
  self->send(directory, session_ended{id, reason});
  if (stage == phase::online) {
    config->counters->sessions.fetch_sub(1, std::memory_order_relaxed);
    if (!fault_logged) config->log->logged_out(user, reason, detail, self->clock().now());
  }
  id = 0;
}

void user_session_state::connection_ended(const close_info& why) {
  // Noticed by the connection itself (a bad frame, no login in time): nobody else logs it.
  if (stage != phase::closing && !why.by_remote && is_fault(why.reason)) {
    if (why.reason == close_reason::protocol) count(config->counters->protocol_errors);
    log_fault(why.detail);
  } else if (stage == phase::connected || stage == phase::registering) {
    log_fault("it was gone before its login was done");
  }
  leave(reason_to_tell(why));
  // A verdict that is still to come finds its session gone: the directory watches us.
  stage = phase::closing;
  forget_routes();
  self->quit();
}

// --- What the directory tells ---

void user_session_state::pass_on(const directory_notice& notice) {
  if (stage != phase::online) return;
  if (blocked || !waiting_notices.empty()) {
    waiting_notices.push_back(notice.payload);
    if (waiting_notices.size() > config->limits.waiting_notices_max) {
      close({close_reason::overflow, "too slow for the changes of the directory"});
    }
    return;
  }
  const auto status = connection->send(
      outgoing_frame{frame_type::control, frame_priority::interactive, {}, notice.payload});
  if (status == send_status::full) blocked = true;
  if (status == send_status::overflow) {
    close({close_reason::overflow, "too slow for the changes of the directory"});
  }
}

void user_session_state::drained() {
  blocked = false;
  auto waiting = std::exchange(waiting_notices, {});
  for (auto& payload : waiting) pass_on(directory_notice{std::move(payload)});
}

user_session_actor::behavior_type user_session(
    user_session_actor::stateful_pointer<user_session_state> self, user_session_config_ptr config,
    connection_ptr connection, directory_actor directory) {
  auto& state = self->state;
  const auto& limits = config->limits;
  const auto start = self->clock().now();
  state.controls = core::token_bucket{limits.controls_per_second, limits.controls_burst, start};
  state.envelopes = core::token_bucket{limits.envelopes_per_second, limits.envelopes_burst, start};
  count(config->counters->connections);
  state.config = std::move(config);
  state.connection = std::move(connection);
  state.directory = std::move(directory);
  return state.make_behavior();
}

}  // namespace hobnob
