#include "peer_main/events.hpp"

namespace hobnob {
namespace {

boost::json::array list_of(const std::vector<dial_attempt>& attempts) {
  boost::json::array list;
  for (const auto& each : attempts)
    list.push_back(event_object{
        {"address", to_string(each.remote)}, {"error", each.error}, {"age_ms", each.age.count()}});
  return list;
}

}  // namespace

event_object event_of(const session_changed& news) {
  return event_builder{"session"}
      .with("state", news.state)
      .with_any("code", news.code)
      .with_any("detail", news.detail)
      .with_any("observed", news.state == session_state::online ? news.observed : endpoint{})
      .with_if(news.state == session_state::waiting && news.retry_in.count() >= 0, "retry_in_ms",
               news.retry_in)
      .take();
}

event_object event_of(const presence_changed& news) {
  return event_builder{"presence"}
      .with("user", news.user)
      .with("fingerprint", news.id)
      .with("state", news.state)
      .with_if(news.state == presence::offline, "reason", news.reason)
      .with_if(news.key_changed, "key_changed", true)
      .with_if(news.messages_refused > 0, "messages_refused", news.messages_refused)
      .take();
}

event_object event_of(const link_changed& news) {
  return event_builder{"link"}
      .with("user", news.user)
      .with("fingerprint", news.id)
      .with("state", news.state)
      .with("path", news.path)
      .with("dialled", news.dialled)
      .with_any("remote", news.remote)
      .with_if(news.state == link_state::down, "reason", news.reason)
      .with_any("detail", news.detail)
      .take();
}

event_object event_of(const text_received& news) {
  return event_builder{"message"}
      .with("from", news.from)
      .with("fingerprint", news.from_id)
      .with("id", news.id)
      .with("text", news.text)
      .with("path", news.path)
      .with("sent_at_ms", news.sent_at_ms)
      .with("after_gap", news.after_gap)
      .take();
}

event_object event_of(const application_message_received& news) {
  return event_builder{"application"}
      .with("from", news.from)
      .with("fingerprint", news.from_id)
      .with("id", news.id)
      .with("channel", news.channel)
      .with("size", news.content.size())
      .with("path", news.path)
      .take();
}

event_object event_of(const message_progress& news) {
  return event_builder{"progress"}
      .with("to", news.to)
      .with("id", news.id)
      .with("state", news.state)
      .with("path", news.path)
      .with("size", news.size)
      .with_any("code", news.code)
      .with_any("detail", news.detail)
      .take();
}

event_object event_of(const user_info& row) {
  return event_builder{"user"}
      .with("user", row.user)
      .with("fingerprint", row.id)
      .with("state", row.state)
      .with("verified", row.verified)
      .with("key_changed", row.key_changed)
      .with("path", row.path)
      .with("link", row.link)
      .with_any("remote", row.remote)
      .with_any("round_trip_ms", row.round_trip)
      .with_any("why_not_direct", row.why_not_direct)
      .with("attempts", list_of(row.attempts))
      .with_any("retry_in_ms", row.retry_in)
      .take();
}

event_object who_event(std::size_t count) {
  return event_builder{"who"}.with("users", count).take();
}

event_object event_of(const peer_status& status) {
  return event_builder{"status"}
      .with("user", status.user)
      .with("fingerprint", status.id)
      .with("relay", status.relay_uri)
      .with("session", status.session.state)
      .with_any("code", status.session.code)
      .with_any("detail", status.session.detail)
      .with_any("observed", status.session.observed)
      .with("listening", status.listening)
      .with("links", status.links)
      .with("messages_waiting", status.messages_waiting)
      .with("uptime_ms", status.uptime)
      .take();
}

event_object event_of(const ping_result& result) {
  return event_builder{"ping"}
      .with("user", result.user)
      .with("path", result.path)
      .with_any("remote", result.remote)
      .with_if(result.path != path_kind::none, "round_trip_us", result.round_trip)
      .with_any("code", result.code)
      .with_any("detail", result.detail)
      .take();
}

event_object event_of(const verify_result& result) {
  return event_builder{"verify"}
      .with("user", result.user)
      .with("known", result.known)
      .with("verified", result.verified)
      .with("key_changed", result.key_changed)
      .with_any("pinned", result.pinned)
      .with_any("offered", result.offered)
      .with("safety_words", result.safety_words)
      .take();
}

event_object ready_event(std::string_view user, const fingerprint& id,
                         const std::vector<endpoint>& listening, std::string_view relay_uri) {
  return event_builder{"ready"}
      .with("user", user)
      .with("fingerprint", id)
      .with("relay", relay_uri)
      .with("listening", listening)
      .take();
}

event_object relay_pinned_event(std::string_view address, const fingerprint& id) {
  return event_builder{"relay-pinned"}.with("address", address).with("fingerprint", id).take();
}

event_object id_event(std::string_view user, const fingerprint& id, std::string_view relay_uri) {
  return event_builder{"id"}
      .with("user", user)
      .with("fingerprint", id)
      .with("grouped", to_grouped_string(id))
      .with_any("relay", relay_uri)
      .take();
}

event_object stopped_event(int exit_code) {
  return event_builder{"stopped"}.with("exit_code", exit_code).take();
}

event_object help_event(std::string_view text) {
  return event_builder{"help"}.with("text", text).take();
}

event_object notice_event(std::string_view user, std::string_view code, std::string_view detail) {
  return event_builder{"notice"}
      .with("user", user)
      .with("code", code)
      .with("detail", detail)
      .take();
}

}  // namespace hobnob
