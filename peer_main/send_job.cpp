#include "peer_main/send_job.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/request.hpp"
#include "peer_main/login_fault.hpp"
#include "peer_main/transfer_events.hpp"

#include <caf/error.hpp>
#include <utility>

namespace hobnob {

send_job_actor::behavior_type send_job_state::make_behavior(send_job_config settings,
                                                            peer_actor of) {
  config = std::move(settings);
  peer = std::move(of);
  self->delayed_send(self, config.request.timeout, job_tick{true});
  self->send(peer, add_subscriber{self});
  return {
      [this](const session_changed& news) { session_told(news); },
      [](const presence_changed&) {},
      [](const link_changed&) {},
      [](const text_received&) {},
      [](const application_message_received&) {},
      [](const message_progress&) {},
      [this](const peer_stopped&) {
        if (config.alone) return finish(exit_unexpected);  // Who stopped it says why.
        fail("stopped", "the peer was stopped; the files go on with its next start");
      },
      [](const transfer_offered&) {},
      [this](const transfer_progress& news) {
        if (!finished && under_way.contains(news.info.id)) config.emit(event_of(news));
      },
      [this](const transfer_ended& news) { ended(news.info); },
      [this](const job_tick&) {
        if (config.alone && !started)
          return fail("relay-unreachable", "the relay " + config.relay + " did not answer in time");
        if (!config.request.until_done) time_is_up();
      },
  };
}

void send_job_state::session_told(const session_changed& news) {
  if (finished || started) return;
  if (!config.alone) return start();
  switch (news.state) {
    case session_state::online:
      return start();
    case session_state::waiting:
      return fail("relay-unreachable",
                  news.code == "unreachable"
                      ? login_fault(news)
                      : "no session with the relay " + config.relay + ": " + news.detail);
    case session_state::refused:
      return fail(news.code.empty() ? "refused" : news.code, login_fault(news));
    case session_state::replaced:
      return fail("replaced", "a newer login of this user took over");
    default:
      return;
  }
}

void send_job_state::start() {
  started = true;
  self->send(config.transfers, add_transfer_subscriber{self});
  sought.insert(config.request.users.begin(), config.request.users.end());
  for (const auto& user : std::set{sought}) {
    if (config.alone)
      look_for(user);
    else
      look_up(user);
  }
}

/// A running program knows without asking whom it has met, and who of them is online. Who has just
/// gone would not answer.
void send_job_state::look_up(const std::string& user) {
  request(self, peer, config.request.timeout, verify_user{user, false})
      .then(
          [this, user](const verify_result& result) {
            if (finished) return;
            if (!result.known || result.key_changed) return look_for(user);
            if (result.offered.is_null()) return wait_for(user);
            send_to(user, true);
          },
          [this, user](caf::error&) { give_up(user, "unexpected", "the peer did not answer"); });
}

/// What is sent to nobody would wait without a word.
void send_job_state::look_for(const std::string& user) {
  request(self, peer, config.request.timeout, ping_user{user})
      .then(
          [this, user](const ping_result& result) {
            if (finished) return;
            if (result.path != path_kind::none) return send_to(user, true);
            if (result.code == "offline") return wait_for(user);
            if (result.code == "unknown-user") return recall(user, result);
            give_up(user, result.code.empty() ? "timeout" : result.code,
                    result.detail.empty() ? "no answer" : result.detail);
          },
          [this, user](caf::error&) { give_up(user, "timeout", "no answer"); });
}

/// Whom the relay does not know may have been met at another one, or before it lost its accounts.
void send_job_state::recall(const std::string& user, const ping_result& answer) {
  request(self, peer, config.request.timeout, verify_user{user, false})
      .then(
          [this, user, answer](const verify_result& result) {
            if (finished) return;
            if (result.known) return wait_for(user);
            give_up(user, answer.code, answer.detail);
          },
          [this, user](caf::error&) { give_up(user, "unexpected", "the peer did not answer"); });
}

void send_job_state::wait_for(const std::string& user) {
  config.emit(notice_event(user, "offline",
                           user + " is not online; the files are offered when " + user + " comes"));
  send_to(user, false);
}

void send_job_state::send_to(const std::string& user, bool online) {
  send_files order;
  order.to = user;
  order.source = config.make_source();
  order.name = config.request.name;
  order.note = config.request.note;
  if (config.request.name.empty()) order.sources = config.request.paths;
  order.expires = std::chrono::ceil<std::chrono::seconds>(config.request.expires);
  order.limits.bytes_per_second = config.request.bytes_per_second;
  request(self, config.transfers, config.request.timeout, std::move(order))
      .then(
          [this, user, online](const transfer_started& answer) {
            if (!answer.code.empty()) return give_up(user, answer.code, answer.detail);
            sought.erase(user);
            if (const auto early = ended_early.find(answer.id); early != ended_early.end()) {
              note_end(early->second);
            } else if (online || !config.typed) {
              under_way.insert(answer.id);
            }
            finish_when_all_ended();
          },
          [this, user](caf::error&) {
            give_up(user, "unexpected", "the transfer could not be started");
          });
}

void send_job_state::ended(const transfer_info& info) {
  if (finished) return;
  if (under_way.erase(info.id) == 0) {
    ended_early.emplace(info.id, info);
  } else {
    note_end(info);
  }
  finish_when_all_ended();
}

/// The first fault decides.
void send_job_state::note_end(const transfer_info& info) {
  config.emit(event_of(transfer_ended{info}));
  if (info.state == transfer_state::failed && exit_code == exit_done)
    exit_code = exit_code_for(info.code);
}

/// A user cannot be served: others still are.
void send_job_state::give_up(const std::string& user, std::string_view code,
                             std::string_view detail) {
  if (finished) return;
  sought.erase(user);
  note_fault(code, user + ": " + std::string{detail});
  finish_when_all_ended();
}

void send_job_state::time_is_up() {
  if (finished) return;
  for (const auto& user : sought) note_fault("timeout", user + ": no answer; nothing is sent");
  const bool lost = config.alone && !config.request.name.empty();
  const std::string_view rest = lost ? "it is not done, and what was read of standard input is lost"
                                : config.alone
                                    ? "it is not done yet; it goes on with the next start"
                                    : "it is not done yet; the running program goes on with it";
  if (!under_way.empty()) note_fault("timeout", rest);
  finish(exit_code);
}

void send_job_state::note_fault(std::string_view code, std::string_view detail) {
  config.emit(error_event(code, detail));
  if (exit_code == exit_done) exit_code = exit_code_for(code);
}

void send_job_state::fail(std::string_view code, std::string_view detail) {
  if (finished) return;
  config.emit(error_event(code, detail));
  finish(exit_code_for(code));
}

void send_job_state::finish_when_all_ended() {
  if (!finished && started && sought.empty() && under_way.empty()) finish(exit_code);
}

void send_job_state::finish(int code) {
  if (std::exchange(finished, true)) return;
  config.finish(code);
  self->quit();
}

send_job_actor::behavior_type send_job(send_job_actor::stateful_pointer<send_job_state> self,
                                       send_job_config config, peer_actor peer) {
  return self->state.make_behavior(std::move(config), std::move(peer));
}

}  // namespace hobnob
