#include "peer_main/job_request.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "peer_main/events.hpp"
#include "peer_main/input_command.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace hobnob {
namespace {

using result = core::checked<job_request>;
using std::chrono::hours;

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string{text->data(), text->size()} : std::string{};
}

bool flag_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}

/// `ann,bob`
std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (true) {
    const auto comma = list.find(',');
    names.emplace_back(list.substr(0, comma));
    if (comma == list.npos) return names;
    list.remove_prefix(comma + 1);
  }
}

boost::json::array json_list(const std::vector<std::string>& texts) {
  boost::json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

std::vector<std::string> texts_of(const boost::json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_array()) return texts;
  for (const auto& each : value->get_array()) {
    if (each.is_string()) texts.emplace_back(std::string_view{each.get_string()});
  }
  return texts;
}

/// False if it is not there, or out of range.
bool read_time(const boost::json::object& object, std::string_view key,
               std::chrono::milliseconds most, std::chrono::milliseconds& out) {
  const auto* value = object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_int64()) return false;
  out = std::chrono::milliseconds{value->get_int64()};
  return out >= std::chrono::milliseconds{1} && out <= most;
}

void take_transfer_words(const peer_options& options, job_request& request) {
  const auto& words = options.arguments;
  request.name = options.name;
  request.note = options.note;
  request.expires = options.expires;
  // What stands elsewhere is meant for all transfers together.
  if (options.transfers.limit_told) request.bytes_per_second = options.transfers.bytes_per_second;
  if (options.transfers.conflicts_told) request.conflicts = to_string(options.transfers.conflicts);
  request.until_done = request.command == "send" && !options.timeout_told;
  if (!options.to.empty()) {
    request.folder = absolute_path(options.to.string());
    if (request.folder.empty()) request.folder = options.to.string();  // Which is a fault.
  }
  if (request.command == "send") {
    request.users = names_in(words.front());
    for (std::size_t i = 1; i < words.size(); ++i) request.paths.push_back(absolute_path(words[i]));
  } else if (orders_transfer(request.command)) {
    request.transfer = words.front();
  }
}

}  // namespace

bool orders_transfer(std::string_view command) {
  const auto orders = {"accept", "reject", "pause", "resume", "cancel"};
  return std::find(orders.begin(), orders.end(), command) != orders.end();
}

std::string absolute_path(const std::string& path) {
  if (path == "-") return path;
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error).lexically_normal();
  if (path.empty() || error) return {};
  return (whole.has_filename() ? whole : whole.parent_path()).string();
}

std::string transfer_words_fault(const job_request& request) {
  if (orders_transfer(request.command) && request.transfer.empty())
    return "which transfer? `transfers` lists their ids";
  if (orders_transfer(request.command) && request.transfer.size() > 32)
    return "that is no id of a transfer";
  if (!request.folder.empty() && !request.folder.starts_with('/'))
    return "this working directory is gone: --to needs a whole path";
  if (request.command != "send") return {};
  for (const auto& user : request.users) {
    if (const auto fault = core::user_name_fault(user); !fault.empty())
      return "'" + core::sanitise_line(user, 60) + "': " + std::string{fault};
  }
  if (request.users.empty() || request.paths.empty()) return "send what, and to whom?";
  if (std::find(request.paths.begin(), request.paths.end(), "") != request.paths.end())
    return "one of the paths is empty, or this working directory is gone";
  const bool input =
      std::find(request.paths.begin(), request.paths.end(), "-") != request.paths.end();
  if (input && request.paths.size() > 1) return "standard input goes alone";
  if (input && request.name.empty()) return "say what standard input is called: --name NAME";
  if (request.name.find('/') != std::string::npos)
    return "--name is the name of a file, without folders";
  if (!input && !request.name.empty()) return "--name is for standard input (`-`)";
  return {};
}

job_request make_job_request(const peer_options& options, std::string text) {
  job_request request;
  request.command = options.command;
  if (!options.arguments.empty()) request.user = options.arguments.front();
  take_transfer_words(options, request);
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
          {"users", json_list(request.users)},
          {"paths", json_list(request.paths)},
          {"name", request.name},
          {"note", request.note},
          {"expires_ms", request.expires.count()},
          {"bytes_per_second", request.bytes_per_second},
          {"transfer", request.transfer},
          {"folder", request.folder},
          {"conflicts", request.conflicts},
          {"until_done", request.until_done},
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
  const auto known = {"say", "who", "status", "ping", "verify", "id", "send", "transfers"};
  if (std::find(known.begin(), known.end(), request.command) == known.end() &&
      !orders_transfer(request.command))
    return result::failure("the running program does not know this command");

  request.user = text_of(object, "user");
  const bool has_user =
      request.command == "say" || request.command == "ping" || request.command == "verify";
  if (has_user && !core::is_user_name(request.user)) return result::failure("that is no user name");
  request.text = text_of(object, "text");
  if (const auto fault = check_text(request.text); !fault.code.empty())
    return result::failure(fault.detail);

  request.users = texts_of(object, "users");
  request.paths = texts_of(object, "paths");
  request.name = text_of(object, "name");
  request.note = text_of(object, "note");
  request.transfer = text_of(object, "transfer");
  request.folder = text_of(object, "folder");
  request.conflicts = text_of(object, "conflicts");
  request.until_done = flag_of(object, "until_done");
  if (const auto* rate = object.if_contains("bytes_per_second");
      rate != nullptr && (rate->is_uint64() || rate->is_int64()))
    request.bytes_per_second = rate->to_number<std::uint64_t>();
  if (auto fault = transfer_words_fault(request); !fault.empty()) return result::failure(fault);

  const auto wait = text_of(object, "wait");
  if (wait == to_string(message_state::queued)) request.wait = message_state::queued;
  if (wait == to_string(message_state::sent)) request.wait = message_state::sent;
  if (!read_time(object, "timeout_ms", hours{24}, request.timeout))
    return result::failure("the timeout is out of range");
  if (!read_time(object, "expires_ms", hours{24 * 30}, request.expires))
    return result::failure("the time until it expires is out of range");
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
