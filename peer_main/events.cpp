#include "peer_main/events.hpp"

#include <boost/json/array.hpp>

namespace hobnob {
namespace {

constexpr int schema_version = 1;

event_object make(std::string_view name) { return {{"event", name}, {"v", schema_version}}; }

void add_unless_empty(event_object& event, std::string_view key, std::string_view value) {
  if (!value.empty()) event[key] = value;
}

void add_endpoint(event_object& event, std::string_view key, const endpoint& value) {
  if (value.port != 0) event[key] = to_string(value);
}

/// Milliseconds, left out where negative stands for "none".
void add_ms(event_object& event, std::string_view key, std::chrono::milliseconds value) {
  if (value.count() >= 0) event[key] = value.count();
}

}  // namespace

event_object event_of(const session_changed& news) {
  auto event = make("session");
  event["state"] = to_string(news.state);
  add_unless_empty(event, "code", news.code);
  add_unless_empty(event, "detail", news.detail);
  if (news.state == session_state::online) add_endpoint(event, "observed", news.observed);
  if (news.state == session_state::waiting) add_ms(event, "retry_in_ms", news.retry_in);
  return event;
}

event_object event_of(const presence_changed& news) {
  auto event = make("presence");
  event["user"] = news.user;
  event["fingerprint"] = to_string(news.id);
  event["state"] = to_string(news.state);
  if (news.state == presence::offline) event["reason"] = to_string(news.reason);
  if (news.key_changed) event["key_changed"] = true;
  return event;
}

event_object event_of(const link_changed& news) {
  auto event = make("link");
  event["user"] = news.user;
  event["fingerprint"] = to_string(news.id);
  event["state"] = to_string(news.state);
  event["path"] = to_string(news.path);
  event["dialled"] = news.dialled;
  add_endpoint(event, "remote", news.remote);
  if (news.state == link_state::down) event["reason"] = to_string(news.reason);
  add_unless_empty(event, "detail", news.detail);
  return event;
}

event_object event_of(const text_received& news) {
  auto event = make("message");
  event["from"] = news.from;
  event["fingerprint"] = to_string(news.from_id);
  event["id"] = to_string(news.id);
  event["text"] = news.text;
  event["path"] = to_string(news.path);
  event["sent_at_ms"] = news.sent_at_ms;
  event["after_gap"] = news.after_gap;
  return event;
}

event_object event_of(const application_message_received& news) {
  auto event = make("application");
  event["from"] = news.from;
  event["fingerprint"] = to_string(news.from_id);
  event["id"] = to_string(news.id);
  event["channel"] = news.channel;
  event["size"] = news.content.size();
  event["path"] = to_string(news.path);
  return event;
}

event_object event_of(const message_progress& news) {
  auto event = make("progress");
  event["to"] = news.to;
  event["id"] = to_string(news.id);
  event["state"] = to_string(news.state);
  event["path"] = to_string(news.path);
  event["size"] = news.size;
  add_unless_empty(event, "code", news.code);
  add_unless_empty(event, "detail", news.detail);
  return event;
}

event_object event_of(const user_info& row) {
  auto event = make("user");
  event["user"] = row.user;
  event["fingerprint"] = to_string(row.id);
  event["state"] = to_string(row.state);
  event["verified"] = row.verified;
  event["key_changed"] = row.key_changed;
  event["path"] = to_string(row.path);
  event["link"] = to_string(row.link);
  add_endpoint(event, "remote", row.remote);
  add_ms(event, "round_trip_ms", row.round_trip);
  add_unless_empty(event, "why_not_direct", row.why_not_direct);
  boost::json::array attempts;
  for (const auto& attempt : row.attempts) {
    event_object tried{{"address", to_string(attempt.remote)}, {"error", attempt.error}};
    tried["age_ms"] = attempt.age.count();
    attempts.push_back(std::move(tried));
  }
  event["attempts"] = std::move(attempts);
  add_ms(event, "retry_in_ms", row.retry_in);
  return event;
}

event_object who_event(std::size_t count) {
  auto event = make("who");
  event["users"] = count;
  return event;
}

event_object event_of(const peer_status& status) {
  auto event = make("status");
  event["user"] = status.user;
  event["fingerprint"] = to_string(status.id);
  event["relay"] = status.relay_uri;
  event["session"] = to_string(status.session.state);
  add_unless_empty(event, "code", status.session.code);
  add_unless_empty(event, "detail", status.session.detail);
  add_endpoint(event, "observed", status.session.observed);
  boost::json::array listening;
  for (const auto& local : status.listening) listening.emplace_back(to_string(local));
  event["listening"] = std::move(listening);
  event["links"] = status.links;
  event["messages_waiting"] = status.messages_waiting;
  event["uptime_ms"] = status.uptime.count();
  return event;
}

event_object event_of(const ping_result& result) {
  auto event = make("ping");
  event["user"] = result.user;
  event["path"] = to_string(result.path);
  add_endpoint(event, "remote", result.remote);
  if (result.path != path_kind::none) event["round_trip_us"] = result.round_trip.count();
  add_unless_empty(event, "code", result.code);
  add_unless_empty(event, "detail", result.detail);
  return event;
}

event_object event_of(const verify_result& result) {
  auto event = make("verify");
  event["user"] = result.user;
  event["known"] = result.known;
  event["verified"] = result.verified;
  event["key_changed"] = result.key_changed;
  if (!result.pinned.is_null()) event["pinned"] = to_string(result.pinned);
  if (!result.offered.is_null()) event["offered"] = to_string(result.offered);
  event["safety_words"] = result.safety_words;
  return event;
}

event_object ready_event(std::string_view user, const fingerprint& id,
                         const std::vector<endpoint>& listening, std::string_view relay_uri) {
  auto event = make("ready");
  event["user"] = user;
  event["fingerprint"] = to_string(id);
  event["relay"] = relay_uri;
  boost::json::array places;
  for (const auto& local : listening) places.emplace_back(to_string(local));
  event["listening"] = std::move(places);
  return event;
}

event_object relay_pinned_event(std::string_view address, const fingerprint& id) {
  auto event = make("relay-pinned");
  event["address"] = address;
  event["fingerprint"] = to_string(id);
  return event;
}

event_object id_event(std::string_view user, const fingerprint& id, std::string_view relay_uri) {
  auto event = make("id");
  event["user"] = user;
  event["fingerprint"] = to_string(id);
  event["grouped"] = to_grouped_string(id);
  add_unless_empty(event, "relay", relay_uri);
  return event;
}

event_object stopped_event(int exit_code) {
  auto event = make("stopped");
  event["exit_code"] = exit_code;
  return event;
}

event_object error_event(std::string_view code, std::string_view detail) {
  auto event = make("error");
  event["code"] = code;
  event["detail"] = detail;
  return event;
}

event_object help_event(std::string_view text) {
  auto event = make("help");
  event["text"] = text;
  return event;
}

}  // namespace hobnob
