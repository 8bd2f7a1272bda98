#include "peer_main/job_request.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "peer_main/events.hpp"
#include "peer_main/input_command.hpp"

#include <algorithm>
#include <string_view>

namespace hobnob {
namespace {

using result = core::checked<job_request>;

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string{text->data(), text->size()} : std::string{};
}

bool flag_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

job_request make_job_request(const peer_options& options, std::string text) {
  job_request request;
  request.command = options.command;
  if (!options.arguments.empty()) request.user = options.arguments.front();
  request.text = std::move(text);
  request.wait = options.wait;
  request.timeout = options.timeout;
  request.require_direct = options.require_direct;
  request.accept = options.accept;
  if (options.user_named) request.as_user = options.user;
  if (options.relay) request.at_relay = to_string(*options.relay);
  return request;
}

boost::json::object to_json(const job_request& request) {
  return {{"command", request.command},
          {"user", request.user},
          {"text", request.text},
          {"wait", to_string(request.wait)},
          {"timeout_ms", request.timeout.count()},
          {"require_direct", request.require_direct},
          {"accept", request.accept},
          {"as_user", request.as_user},
          {"at_relay", request.at_relay}};
}

core::checked<job_request> job_request_from(const boost::json::object& object) {
  job_request request;
  request.command = text_of(object, "command");
  const auto known = {"say", "who", "status", "ping", "verify", "id"};
  if (std::find(known.begin(), known.end(), request.command) == known.end())
    return result::failure("the running program does not know this command");

  request.user = text_of(object, "user");
  const bool has_user =
      request.command == "say" || request.command == "ping" || request.command == "verify";
  if (has_user && !core::is_user_name(request.user)) return result::failure("that is no user name");
  request.text = text_of(object, "text");
  if (const auto fault = check_text(request.text); !fault.code.empty())
    return result::failure(fault.detail);

  const auto wait = text_of(object, "wait");
  if (wait == to_string(message_state::queued)) request.wait = message_state::queued;
  if (wait == to_string(message_state::sent)) request.wait = message_state::sent;
  const auto* timeout = object.if_contains("timeout_ms");
  if (timeout == nullptr || !timeout->is_int64() || timeout->get_int64() < 1 ||
      timeout->get_int64() > 86'400'000)
    return result::failure("the timeout is out of range");
  request.timeout = std::chrono::milliseconds{timeout->get_int64()};
  request.require_direct = flag_of(object, "require_direct");
  request.accept = flag_of(object, "accept");
  request.as_user = text_of(object, "as_user");
  request.at_relay = text_of(object, "at_relay");
  return request;
}

std::string misdirected(const job_request& request, const peer_options& running) {
  const auto elsewhere = [](const std::string& what, const std::string& wanted,
                            const std::string& is) {
    return "the program that runs in this data directory is " + what + is + ", not " +
           core::sanitise_line(wanted, 120) + "; leave the option out, or take another --data-dir";
  };
  if (!request.as_user.empty() && request.as_user != running.user)
    return elsewhere("", request.as_user, running.user);
  if (request.at_relay.empty() || !running.relay) return {};
  const auto wanted = core::relay_uri::parse(request.at_relay);
  if (!wanted) return wanted.error();
  const auto& relay = *running.relay;
  const bool same_key = wanted->id == relay.id || wanted->id.is_null() || relay.id.is_null();
  if (wanted->host == relay.host && wanted->port == relay.port && same_key) return {};
  return elsewhere("at the relay ", request.at_relay, to_string(relay));
}

}  // namespace hobnob
