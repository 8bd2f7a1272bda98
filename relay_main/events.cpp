#include "relay_main/events.hpp"

#include "actors/core/sanitise.hpp"

#include <boost/json/array.hpp>

namespace hobnob {
namespace {

constexpr int schema_version = 1;

boost::json::object make(std::string_view name) { return {{"event", name}, {"v", schema_version}}; }

std::string text_of(const boost::json::object& event, std::string_view key) {
  const auto* value = event.if_contains({key.data(), key.size()});
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? core::sanitise_line({text->data(), text->size()}) : std::string{};
}

}  // namespace

boost::json::object relay_ready_event(std::string_view uri,
                                      const std::vector<endpoint>& listening) {
  auto event = make("relay-ready");
  event["uri"] = uri;
  boost::json::array places;
  for (const auto& local : listening) places.emplace_back(to_string(local));
  event["listening"] = std::move(places);
  return event;
}

boost::json::object event_of(const account_info& account) {
  auto event = make("account");
  event["user"] = account.user;
  event["fingerprint"] = to_string(account.id);
  event["online"] = account.online;
  event["bound_at_s"] = account.bound_at_s;
  return event;
}

boost::json::object done_event(std::string_view detail) {
  auto event = make("done");
  event["detail"] = detail;
  return event;
}

boost::json::object error_event(std::string_view code, std::string_view detail) {
  auto event = make("error");
  event["code"] = code;
  event["detail"] = detail;
  return event;
}

std::string relay_words(const boost::json::object& event) {
  const auto name = text_of(event, "event");
  if (name == "relay-ready") return "relay ready " + text_of(event, "uri");
  if (name == "account") {
    const auto id = fingerprint::parse(text_of(event, "fingerprint"));
    const bool online = event.contains("online") && event.at("online") == true;
    return text_of(event, "user") + "  " + (online ? "online   " : "offline  ") +
           (id ? to_grouped_string(*id) : std::string{});
  }
  if (name == "error")
    return "error: " + text_of(event, "detail") + " [" + text_of(event, "code") + "]";
  return text_of(event, "detail");
}

}  // namespace hobnob
