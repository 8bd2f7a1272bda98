#include "relay_main/events.hpp"

#include "actors/core/sanitise.hpp"

namespace hobnob {
namespace {

std::string shown(const boost::json::object& event, std::string_view key) {
  const auto* value = event.if_contains({key.data(), key.size()});
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? core::sanitise_line({text->data(), text->size()}) : std::string{};
}

}  // namespace

boost::json::object relay_ready_event(std::string_view uri,
                                      const std::vector<endpoint>& listening) {
  return event_builder{"relay-ready"}.with("uri", uri).with("listening", listening).take();
}

boost::json::object event_of(const account_info& account) {
  return event_builder{"account"}
      .with("user", account.user)
      .with("fingerprint", account.id)
      .with("online", account.online)
      .with("bound_at_s", account.bound_at_s)
      .take();
}

boost::json::object done_event(std::string_view detail) {
  return event_builder{"done"}.with("detail", detail).take();
}

std::string relay_words(const boost::json::object& event) {
  const auto name = shown(event, "event");
  if (name == "relay-ready") return "relay ready " + shown(event, "uri");
  if (name == "account") {
    const auto id = fingerprint::parse(shown(event, "fingerprint"));
    const bool online = event.contains("online") && event.at("online") == true;
    return shown(event, "user") + "  " + (online ? "online   " : "offline  ") +
           (id ? to_grouped_string(*id) : std::string{});
  }
  if (name == "error")
    return "error: " + shown(event, "detail") + " [" + shown(event, "code") + "]";
  return shown(event, "detail");
}

}  // namespace hobnob
