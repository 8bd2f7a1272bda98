#include "peer_main/job.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/request.hpp"
#include "peer_main/login_fault.hpp"

#include <caf/error.hpp>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

// The peer's own time-out of a message answers first; this is for a peer that does not answer.
constexpr auto grace = 1s;
constexpr auto look_again = 50ms;

std::string advice_on(std::string_view code, const std::string& user) {
  if (code == "key-changed")
    return "; see `peer_main verify " + user + "`, and --accept there if the new key is right";
  if (code == "key-not-trusted")
    return "; ask " + user + " to look at `peer_main verify` with your name";
  return {};
}

}  // namespace

job_actor::behavior_type job_state::make_behavior(job_config settings, peer_actor of) {
  config = std::move(settings);
  peer = std::move(of);
  self->delayed_send(self, config.request.timeout + (config.request.command == "say" ? grace : 0s),
                     job_tick{true});
  self->send(peer, add_subscriber{self});
  return {
      [this](const session_changed& news) { session_told(news); },
      [](const presence_changed&) {},
      [](const link_changed&) {},
      [](const text_received&) {},
      [](const application_message_received&) {},
      [this](const message_progress& news) { progress_told(news); },
      [this](const peer_stopped&) {
        if (config.alone) return finish(exit_unexpected);  // Who stopped it says why.
        fail("stopped", "the peer was stopped");
      },
      [this](const job_tick& news) { tick(news); },
  };
}

void job_state::session_told(const session_changed& news) {
  if (finished) return;
  session = news.state;
  // The first news is the present state: from now on we are told how far a message has come.
  if (!config.alone) {
    const bool too_early = config.before_login && session == session_state::connecting;
    if (!too_early || !asks_about_others()) start();
    return;
  }
  switch (news.state) {
    case session_state::online:
      return start();
    case session_state::waiting:
      if (!started)
        fail("relay-unreachable",
             news.code == "unreachable"
                 ? login_fault(news)
                 : "no session with the relay " + config.relay + ": " + news.detail);
      return;
    case session_state::refused:
      return fail(news.code.empty() ? "refused" : news.code, login_fault(news));
    case session_state::replaced:
      return fail("replaced", "a newer login of this user took over");
    case session_state::connecting:
    case session_state::stopped:
      return;
  }
}

void job_state::start() {
  if (std::exchange(started, true)) return;
  const auto& command = config.request.command;
  if (command == "say") return say();
  if (command == "status" || command == "id") return show_status();
  if (command == "ping" && !config.before_login) return ping();
  look_up_users();
}

bool job_state::asks_about_others() const {
  const auto& command = config.request.command;
  return command == "who" || command == "ping" || command == "verify";
}

/// Who has just logged in waits for the directory to come in.
bool job_state::waits_for_users(const user_list& list) const {
  const bool just_online = config.before_login && session == session_state::online;
  return (config.alone || just_online) && !list.complete;
}

void job_state::look_up_users() {
  request(self, peer, config.request.timeout, get_users{})
      .then(
          [this](const user_list& list) {
            if (finished) return;
            const auto& command = config.request.command;
            if (waits_for_users(list)) {
              self->delayed_send(self, look_again, job_tick{});
            } else if (command == "who") {
              show_users(list);
            } else if (command == "ping") {
              ping();
            } else {
              verify();
            }
          },
          [this](caf::error&) { fail("timeout", "the peer did not answer"); });
}

void job_state::say() {
  const auto& asked = config.request;
  self->send(peer,
             send_text{asked.user, config.id, asked.text, asked.timeout, asked.require_direct});
}

void job_state::progress_told(const message_progress& news) {
  if (finished || news.id != config.id || config.request.command != "say") return;
  if (news.state == message_state::failed) {
    auto detail = news.detail.empty() ? "not delivered to " + news.to : news.detail;
    return fail(news.code, detail + advice_on(news.code, news.to));
  }
  config.emit(event_of(news));
  if (news.state >= config.request.wait) finish(exit_done);
}

void job_state::show_users(const user_list& list) {
  std::size_t count = 0;
  for (const auto& row : list.users) {
    if (row.state == presence::offline && row.link == link_state::down) continue;
    config.emit(event_of(row));
    ++count;
  }
  config.emit(who_event(count));
  finish(exit_done);
}

void job_state::show_status() {
  request(self, peer, config.request.timeout, get_status{})
      .then(
          [this](const peer_status& status) {
            if (finished) return;
            config.emit(config.request.command == "id"
                            ? id_event(status.user, status.id, status.relay_uri)
                            : event_of(status));
            finish(exit_done);
          },
          [this](caf::error&) { fail("timeout", "the peer did not answer"); });
}

void job_state::ping() {
  request(self, peer, config.request.timeout, ping_user{config.request.user})
      .then(
          [this](const ping_result& result) {
            if (finished) return;
            config.emit(event_of(result));
            if (result.path != path_kind::none) return finish(exit_done);
            fail(result.code.empty() ? "timeout" : result.code,
                 (result.detail.empty() ? "no answer from " + result.user : result.detail) +
                     advice_on(result.code, result.user));
          },
          [this](caf::error&) { fail("timeout", "no answer from " + config.request.user); });
}

void job_state::verify() {
  request(self, peer, config.request.timeout,
          verify_user{config.request.user, config.request.accept})
      .then(
          [this](const verify_result& result) {
            if (finished) return;
            if (!result.known)
              return fail("unknown-user", "no key of " + result.user + " is known, and " +
                                              result.user + " is not online");
            config.emit(event_of(result));
            if (result.not_stored.empty()) return finish(exit_done);
            fail("not-stored", "the key of " + result.user + " cannot be stored (" +
                                   result.not_stored + "); it is trusted for this run only");
          },
          [this](caf::error&) { fail("timeout", "the peer did not answer"); });
}

void job_state::tick(const job_tick& news) {
  if (finished) return;
  if (!news.timeout) return look_up_users();
  if (config.alone && !started)
    return fail("relay-unreachable", "the relay " + config.relay + " did not answer in time");
  fail("timeout", "nothing came of it in time");
}

void job_state::fail(std::string_view code, std::string_view detail) {
  if (finished) return;
  config.emit(error_event(code, detail));
  finish(exit_code_for(code));
}

void job_state::finish(int exit_code) {
  if (finished) return;
  finished = true;
  config.finish(exit_code);
  self->quit();
}

job_actor::behavior_type job(job_actor::stateful_pointer<job_state> self, job_config config,
                             peer_actor peer) {
  return self->state.make_behavior(std::move(config), std::move(peer));
}

}  // namespace hobnob
