#include "actors/peer/message_store.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/peer/message_frames.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace hobnob {
namespace {

// Tokens of `deadline_passed`: what was announced to fall due, or (from 1 on) a conversation that
// gave its carrier time and may go on sending.
constexpr std::uint64_t due_token = 0;

// Nobody waits longer; more might not fit the clock.
constexpr std::chrono::milliseconds timeout_max = std::chrono::hours{24 * 365};

core::receipt_status judge_content(const core::message& message) {
  switch (message.kind) {
    case core::message_kind::text:
      if (message.content.size() > core::text_size_max) return core::receipt_status::too_large;
      return core::is_valid_utf8(as_text(message.content.view())) ? core::receipt_status::delivered
                                                                  : core::receipt_status::refused;
    case core::message_kind::application:
      return core::receipt_status::delivered;
  }
  return core::receipt_status::unsupported;
}

bool is_first_failure(const core::outbox_actions& actions, const message_id& id) {
  return !actions.reports.empty() && actions.reports.front().id == id &&
         actions.reports.front().what == core::outbox_report::kind::failed;
}

message_state state_of(core::outbox_report::kind what) {
  switch (what) {
    case core::outbox_report::kind::sent:
      return message_state::sent;
    case core::outbox_report::kind::delivered:
      return message_state::delivered;
    case core::outbox_report::kind::failed:
      break;
  }
  return message_state::failed;
}

}  // namespace

message_store_state::conversation::conversation(const fingerprint& user_id, std::size_t own_index,
                                                const message_store_config& config)
    : user(user_id),
      index(own_index),
      out(config.epoch, config.outgoing),
      in(judge_content, config.incoming) {}

message_store_actor::behavior_type message_store_state::make_behavior(
    message_store_config settings) {
  config = std::move(settings);
  // CAF tries them in this order: first what comes often.
  return {[this](const link_frames& arrived) { take(arrived); },
          [this](send_application_message& order) { send(order); },
          [this](send_text& order) { send(order); },
          [this](const frames_arrived& arrived) { take(arrived); },
          [this](keep_message& order) {
            std::visit([this](auto& message) { take_back(message.to), keep(message); },
                       order.message);
          },
          [this](const message_dropped& news) { take_back(news.to); },
          [this](const route_changed& order) { change_route(order); },
          [this](const carrier_blocked& news) {
            if (auto* with = find(news.user)) {
              core::outbox_actions actions;
              with->out.set_blocked(news.route, news.blocked, now(), actions);
              perform(*with, std::move(actions));
            }
          },
          [this](const messages_refused& news) {
            if (auto* with = find(news.user)) {
              core::outbox_actions actions;
              with->out.refused(news.route, news.ids, news.code, now(), actions);
              perform(*with, std::move(actions));
            }
          },
          [this](const link_ready& news) { open(news); },
          [this](const link_gone& news) { close(news); },
          [this](const tell_subscriber& order) { subscribe(order.subscriber); },
          [this](const want_link& wish) { hand_on(wish); },
          [this](count_messages) { return count(); },
          [this](settle_messages) { return settle_all(); },
          [this](const deadline_passed& moment) { woken(moment.token); },
          [this](const serve_hub& order) { hub = order.hub; },
          [this](const add_subscriber& order) {
            ++subscribing;
            hand_on(order);
          },
          [this](const get_users& query) { return self->delegate(hub, query); },
          [this](const get_status& query) { return self->delegate(hub, query); },
          [this](const ping_user& query) { return self->delegate(hub, query); },
          [this](const verify_user& query) { return self->delegate(hub, query); },
          [this](const stop_peer& order) {
            stopping = true;  // From now on the hub answers.
            hand_on(order);
          }};
}

// --- Sending ------------------------------------------------------------------------------------

void message_store_state::keep(const send_text& order) {
  core::message message;
  message.id = order.id;
  message.kind = core::message_kind::text;
  if (order.text.size() > core::text_size_max) {
    return fail(order.to, message, "too-large", "a text has at most 32 KiB");
  }
  if (!core::is_valid_utf8(order.text)) {
    return fail(order.to, message, "invalid-text", "the text is not valid UTF-8");
  }
  message.content = shared_slice::copy_of(as_byte_view(order.text));
  keep(order.to, std::move(message), order.timeout, order.require_direct);
}

void message_store_state::keep(send_application_message& order) {
  core::message message;
  message.id = order.id;
  message.kind = core::message_kind::application;
  message.acknowledged = order.acknowledged;
  message.channel = std::move(order.channel);
  message.priority = order.priority;
  message.content = std::move(order.content);
  if (!core::is_valid_channel(message.channel)) {
    return fail(order.to, message, "bad-channel", "a channel is named by 1 to 64 of a-z 0-9 . _ -");
  }
  if (message.content.size() > core::application_message_size_max) {
    return fail(order.to, message, "too-large", "an application message has at most 1 MiB");
  }
  keep(order.to, std::move(message), order.timeout, order.require_direct);
}

void message_store_state::keep(const std::string& to, core::message message,
                               std::chrono::milliseconds timeout, bool require_direct) {
  const auto found = by_name.find(to);
  if (found == by_name.end())
    return fail(to, message, "unknown-user", "nobody is known by that name");
  auto& with = *found->second;
  message.sent_at_ms = config.wall_ms();
  if (with.out.pass(message, require_direct)) return carry(with, message);
  message_progress queued;
  queued.id = message.id;
  queued.to = to;
  queued.size = static_cast<std::uint32_t>(message.content.size());

  core::outbox_actions actions;
  const auto at = now();
  const auto patience = std::clamp<std::chrono::milliseconds>(timeout, {}, timeout_max);
  with.out.push(std::move(message), at + patience, require_direct, at, actions);
  if (!is_first_failure(actions, queued.id)) tell_subscribers(queued);
  perform(with, std::move(actions));
}

void message_store_state::fail(const std::string& to, const core::message& message,
                               std::string code, std::string detail) {
  message_progress failed;
  failed.id = message.id;
  failed.to = to;
  failed.state = message_state::failed;
  failed.code = std::move(code);
  failed.detail = std::move(detail);
  failed.size = static_cast<std::uint32_t>(message.content.size());
  tell_subscribers(failed);
}

void message_store_state::change_route(const route_changed& order) {
  auto& with = conversation_with(order.user, order.name);
  by_name[order.name] = &with;
  core::outbox_actions actions;
  const auto link = links.find(order.route);
  with.link = link == links.end() ? nullptr : link->second.connection;
  with.carrier = order.carrier;
  if (order.gone) {
    with.reply_by = nullptr;
    with.reply_link = 0;
    with.out.recipient_gone(actions);
  } else {
    core::outbox_route route;
    if (with.has_way()) {
      route.id = order.route;
      route.path = static_cast<std::uint8_t>(order.path);
      route.relayed = order.path == path_kind::relay;
      route.circuit = order.path == path_kind::circuit;
    }
    with.out.change_route(route, now(), actions);
  }
  perform(with, std::move(actions));
}

void message_store_state::perform(conversation& with, core::outbox_actions actions) {
  if (!actions.carry.empty()) carry(with, std::move(actions.carry));
  for (auto& report : actions.reports) tell(with, std::move(report));
  if (actions.yielded) self->send(self, deadline_passed{with.index + 1});
  wake_for(with);
}

void message_store_state::tell(const conversation& with, core::outbox_report report) {
  message_progress progress;
  progress.id = report.id;
  progress.to = with.name;
  progress.state = state_of(report.what);
  progress.path = static_cast<path_kind>(report.path);
  progress.code = std::move(report.code);
  progress.detail = std::move(report.detail);
  progress.size = report.size;
  tell_subscribers(progress);
}

// --- Receiving ----------------------------------------------------------------------------------

void message_store_state::take(const frames_arrived& arrived) {
  auto& with = conversation_with(arrived.from, arrived.name);
  with.reply_by = arrived.reply_by;
  with.reply_link = 0;
  with.reply_path = arrived.path;
  core::inbox_actions received;
  core::outbox_actions sent;
  bool sound = true;
  const auto at = now();
  for (const auto& incoming : arrived.frames)
    sound &= take_frame(with, incoming, at, received, sent) == verdict::sound;
  if (!sound) note_nonsense(with);
  perform(with, std::move(received));
  perform(with, std::move(sent));
}

message_store_state::verdict message_store_state::take_frame(conversation& with,
                                                             const frame& incoming, time_point at,
                                                             core::inbox_actions& received,
                                                             core::outbox_actions& sent) {
  bool sound = true;
  if (incoming.type == frame_type::message) {
    auto part = read_message_part(incoming.payload);
    if (!part) return verdict::malformed;
    sound = with.in.accept(*std::move(part), at, received);
  } else {
    const auto receipts = read_receipts(incoming.payload.view());
    if (incoming.type != frame_type::receipt || !receipts) return verdict::malformed;
    for (const auto& each : *receipts) sound &= with.out.take_receipt(each, at, sent);
  }
  return sound ? verdict::sound : verdict::absurd;
}

void message_store_state::note_nonsense(conversation& with) {
  if (std::exchange(with.misbehaved, true)) return;
  spdlog::warn("messages: {} ({}) breaks the protocol; what makes no sense is ignored", with.name,
               to_string(with.user));
}

void message_store_state::perform(conversation& with, core::inbox_actions actions) {
  // The receipts first: they are what somebody waits for.
  if (!actions.receipts.empty()) answer(with, std::move(actions.receipts));
  for (auto& shown : actions.show) show(with, std::move(shown));
}

void message_store_state::show(const conversation& from, core::inbox_actions::shown shown) {
  auto& message = shown.message;
  if (message.kind == core::message_kind::text) {
    tell_subscribers(text_received{from.name, from.user, message.id,
                                   std::string{as_text(message.content.view())}, from.reply_path,
                                   message.sent_at_ms, shown.after_gap});
  } else {
    tell_subscribers(application_message_received{from.name, from.user, message.id,
                                                  std::move(message.channel),
                                                  std::move(message.content), from.reply_path});
  }
}

message_store_state::conversation& message_store_state::conversation_with(
    const fingerprint& user, const std::string& user_name) {
  auto& with = by_user[user];
  if (!with) {
    conversations.push_back(std::make_unique<conversation>(user, conversations.size(), config));
    with = conversations.back().get();
  }
  if (with->name != user_name) with->name = user_name;
  return *with;
}

message_store_state::conversation* message_store_state::find(const fingerprint& user) {
  const auto found = by_user.find(user);
  return found == by_user.end() ? nullptr : found->second;
}

message_count message_store_state::count() const {
  std::size_t waiting = 0;
  for (const auto& with : conversations) waiting += with->out.size();
  return {static_cast<std::uint32_t>(waiting)};
}

/// The last word on each message: subscribers are told before the answer is on its way.
message_count message_store_state::settle_all() {
  const auto settled = count();
  for (const auto& with : conversations) {
    core::outbox_actions actions;
    with->out.stop(actions);
    for (auto& report : actions.reports) tell(*with, std::move(report));
  }
  return settled;
}

// --- Time ---------------------------------------------------------------------------------------

void message_store_state::woken(std::uint64_t token) {
  if (token == due_token) return look_at_deadlines();
  auto& with = *conversations[token - 1];
  core::outbox_actions actions;
  with.out.resume(now(), actions);
  perform(with, std::move(actions));
}

void message_store_state::look_at_deadlines() {
  wakes.pop_back();
  const auto at = now();
  for (const auto& with : conversations) {
    if (const auto due = with->in.deadline(); due && *due <= at) {
      core::inbox_actions received;
      with->in.tick(at, received);
      perform(*with, std::move(received));
    }
    if (const auto due = with->out.deadline(); due && *due <= at) {
      core::outbox_actions sent;
      with->out.tick(at, sent);
      perform(*with, std::move(sent));
    }
    wake_for(*with);
  }
}

void message_store_state::wake_for(const conversation& with) {
  if (const auto due = with.out.deadline()) wake_by(*due);
  if (const auto due = with.in.deadline()) wake_by(*due);
}

void message_store_state::wake_by(time_point due) {
  // Wakes are never taken back: one that is due earlier will look at what is due later. So each new
  // one is earlier than all others, and there are few.
  if (!wakes.empty() && wakes.back() <= due) return;
  const auto at = now();
  wakes.push_back(std::max(due, at));
  self->delayed_send(self, std::max(due - at, time_point::duration::zero()),
                     deadline_passed{due_token});
}

message_store_actor::behavior_type message_store(
    message_store_actor::stateful_pointer<message_store_state> self, message_store_config config) {
  return self->state.make_behavior(std::move(config));
}

}  // namespace hobnob
