#include "peer_main/front.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/spawn.hpp"
#include "peer_main/events.hpp"
#include "peer_main/job.hpp"
#include "peer_main/login_fault.hpp"
#include "peer_main/send_job.hpp"
#include "peer_main/transfer_events.hpp"
#include "peer_main/transfer_order_job.hpp"
#include "peer_main/transfer_settings.hpp"

#include <caf/send.hpp>
#include <cstdlib>
#include <utility>

namespace hobnob {

front_actor::behavior_type front_state::make_behavior(front_config settings, peer_actor of) {
  config = std::move(settings);
  peer = std::move(of);
  return {
      [this](const session_changed& news) { session_told(news); },
      [this](const presence_changed& news) { show(event_of(news)); },
      [this](const link_changed& news) { link_told(news); },
      [this](const text_received& news) {
        if (config.log) config.log->add(news);
        show(event_of(news));
      },
      [this](const application_message_received& news) {
        if (config.log) config.log->add(news);
        show(event_of(news));
      },
      [this](const message_progress& news) { progress_told(news); },
      [this](const peer_stopped&) { peer_ended(); },
      [this](const transfer_offered& news) { show(event_of(news)); },
      [this](const transfer_progress& news) { show(event_of(news)); },
      [this](const transfer_ended& news) { show(event_of(news)); },
      [this](const line_read& line) {
        obey(line);
        config.line_done();
      },
      [this](input_ended) {
        if (config.end_with_input) end_when_settled();
      },
      [this](const job_handed_over& job) { start_job(job.request, job.reply, job.input); },
      [this](job_answered) {
        --unanswered;
        if (leaving) end_when_settled();
      },
      [this](const end_program& order) { end_with(order); },
  };
}

void front_state::session_told(const session_changed& news) {
  // A new subscriber is told the present state, which may be told again as a change.
  const bool repeated = news.state == session_state::connecting && news.state == last_session;
  last_session = news.state;
  logged_in_once = logged_in_once || news.state == session_state::online;
  if (repeated) return;
  if (config.log) config.log->add(news);
  if (news.state == session_state::online && !std::exchange(config.relay_is_pinned, true))
    show(relay_pinned_event(config.relay_address, news.relay));
  show(event_of(news));
  if (ending) return;
  if (news.state == session_state::refused) {
    // The relay will not change its mind by itself.
    const auto code = news.code.empty() ? "refused" : news.code;
    const auto* what = code == "kicked" ? "logged out: " : "cannot log in: ";
    end_with({exit_code_for(code), code, what + login_fault(news)});
  } else if (news.state == session_state::replaced) {
    end_with({exit_refused, "replaced", "a newer login of this user took over"});
  }
}

void front_state::link_told(const link_changed& news) {
  if (config.log) config.log->add(news);
  if (news.state == link_state::down)
    paths.erase(news.user);
  else
    paths[news.user] = news.path;
  show(event_of(news));
  if (news.user == conversation) talk_to(conversation);
}

void front_state::progress_told(const message_progress& news) {
  if (config.log) config.log->add(news);
  show(event_of(news));
  // There is no such conversation. The one before is not taken up again: what is typed next was
  // not meant for it.
  const bool nobody = news.code == "unknown-user" || news.code == "self";
  if (nobody && news.to == conversation) talk_to({});
  if (news.state < message_state::delivered) return;
  unsettled.erase(news.id);
  if (leaving) end_when_settled();
}

void front_state::obey(const line_read& line) {
  if (ending || leaving) return;
  if (line.too_long) {
    return show_fault(
        {"too-large", "that line is longer than any message may be; it was not read"});
  }
  const auto parsed = parse_input(line.text);
  if (!parsed.fault.code.empty()) return show_fault(parsed.fault);
  act(parsed.command);
}

void front_state::act(const input_command& command) {
  using kind = input_command::kind;
  switch (command.what) {
    case kind::nothing:
      return;
    case kind::text:
      if (!command.user.empty()) talk_to(command.user);
      if (conversation.empty())
        return show_fault({"no-conversation", "to whom? Write /msg USER TEXT first"});
      return say(conversation, command.text);
    case kind::talk_to:
      return talk_to(command.user);
    case kind::who:
      return start_job({.command = "who", .user = {}, .text = {}}, nullptr);
    case kind::status:
      return start_job({.command = "status", .user = {}, .text = {}}, nullptr);
    case kind::ping:
      return start_job({.command = "ping", .user = command.user, .text = {}}, nullptr);
    case kind::verify: {
      job_request request{.command = "verify", .user = command.user, .text = {}};
      request.accept = command.accept;
      return start_job(std::move(request), nullptr);
    }
    case kind::send:
      return send_path(command.user, command.text);
    case kind::transfers:
      return order("transfers", {});
    case kind::order:
      return order(command.order, command.text);
    case kind::help:
      return show(help_event(input_help()));
    case kind::quit:
      return end_when_settled();
  }
}

void front_state::say(const std::string& user, const std::string& text) {
  const auto id = config.make_message_id();
  if (config.log) config.log->add_text(id, text);
  unsettled.insert(id);
  self->send(peer, send_text{user, id, text, config.message_timeout, config.require_direct});
}

void front_state::talk_to(const std::string& user) {
  conversation = user;
  const auto link = paths.find(user);
  config.output->show_conversation(user, link == paths.end() ? path_kind::relay : link->second);
}

/// `~` is what a shell would make of it.
void front_state::send_path(const std::string& user, std::string path) {
  if (const char* home = std::getenv("HOME"); home != nullptr && path.starts_with("~/"))
    path.replace(0, 1, home);
  job_request request;
  request.command = "send";
  request.users = {user};
  request.paths = {absolute_path(path)};
  request.expires = config.offer_expires;
  request.until_done = true;
  start_job(std::move(request), nullptr);
}

void front_state::order(const std::string& command, const std::string& id) {
  job_request request;
  request.command = command;
  request.transfer = id;
  start_job(std::move(request), nullptr);
}

/// Where a job's events go, and whom its end is told.
template <class Settings>
void front_state::answer_to(const std::shared_ptr<control_reply>& reply, Settings& settings) {
  if (reply) {
    settings.emit = [reply](const event_object& event) { reply->send(event); };
    settings.finish = [reply](int code) { reply->finish(code); };
  } else {
    settings.emit = [output = config.output](const event_object& event) { output->show(event); };
    ++unanswered;
    settings.finish = [to = front_actor{self}](int) { caf::anon_send(to, job_answered{}); };
  }
}

void front_state::start_job(job_request request, std::shared_ptr<control_reply> reply,
                            const std::shared_ptr<input_spool>& input) {
  if (request.command == "send") {
    send_job_config settings;
    answer_to(reply, settings);
    // What is typed here is shown by what the transfers tell us.
    if (!reply) {
      settings.typed = true;
      settings.emit = [output = config.output](const event_object& event) {
        if (event.at("event") == "error" || event.at("event") == "notice") output->show(event);
      };
    }
    settings.transfers = config.transfers;
    settings.make_source = sources_of(request, input);
    settings.request = std::move(request);
    spawn(self->system(), send_job, std::move(settings), peer);
  } else if (request.command == "transfers" || orders_transfer(request.command)) {
    transfer_order_config settings;
    answer_to(reply, settings);
    settings.transfers = config.transfers;
    settings.request = std::move(request);
    spawn(self->system(), transfer_order_job, std::move(settings));
  } else {
    job_config settings;
    answer_to(reply, settings);
    settings.id = config.make_message_id();
    if (config.log && request.command == "say") config.log->add_text(settings.id, request.text);
    settings.before_login = !logged_in_once;
    request.require_direct = request.require_direct || config.require_direct;
    settings.request = std::move(request);
    spawn(self->system(), job, std::move(settings), peer);
  }
}

/// Nobody else holds what was said and has not arrived, and what was asked is to be answered: each
/// gets its time, a signal ends it earlier.
void front_state::end_when_settled() {
  if (unsettled.empty() && unanswered == 0) return end_with({exit_done, {}, {}});
  if (std::exchange(leaving, true)) return;
  const auto what = unsettled.empty() ? std::string{"an answer"}
                                      : std::to_string(unsettled.size()) + " unconfirmed messages";
  show(help_event("Waiting for " + what + "; Ctrl-C ends at once."));
}

void front_state::end_with(const end_program& order) {
  if (!order.code.empty()) show(error_event(order.code, order.detail));
  if (std::exchange(ending, true)) return;
  exit_code = order.exit_code;
  self->send(peer, stop_peer{});  // `peer_stopped` comes when all goodbyes are said.
}

void front_state::peer_ended() {
  show(stopped_event(exit_code));
  config.ended(exit_code);
  self->quit();
}

void front_state::show_fault(const input_fault& fault) {
  show(error_event(fault.code, fault.detail));
}

front_actor::behavior_type front(front_actor::stateful_pointer<front_state> self,
                                 front_config config, peer_actor peer) {
  return self->state.make_behavior(std::move(config), std::move(peer));
}

}  // namespace hobnob
