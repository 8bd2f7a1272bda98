#include "peer_main/input_command.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/similar_word.hpp"
#include "actors/core/user_name.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace hobnob {
namespace {

using kind = input_command::kind;

struct entry {
  std::string_view name;
  std::string_view arguments;
  std::string_view what;
  kind means;
  bool takes_user;
};

constexpr entry entries[] = {
    {"/msg", "USER [TEXT]", "say something; without a text, what you type next goes to that user",
     kind::text, true},
    {"/who", "", "who is online, how messages reach them, and why not directly", kind::who, false},
    {"/status", "", "what this peer is doing", kind::status, false},
    {"/ping", "USER", "a round trip to a user", kind::ping, true},
    {"/verify", "USER [--accept]", "the safety words to compare; --accept trusts the present key",
     kind::verify, true},
    {"/send", "USER PATH", "send a file or a folder", kind::send, true},
    {"/transfers", "", "files on their way, and their ids", kind::transfers, false},
    {"/accept", "[ID]", "take what is offered; ID is needed if there are several", kind::order,
     false},
    {"/reject", "[ID]", "refuse what is offered", kind::order, false},
    {"/pause", "[ID]", "hold a transfer", kind::order, false},
    {"/resume", "[ID]", "go on with it", kind::order, false},
    {"/cancel", "[ID]", "end it on both sides", kind::order, false},
    {"/help", "", "this list", kind::help, false},
    {"/quit", "", "say goodbye and end", kind::quit, false},
};

std::string_view trim_left(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? std::string_view{} : text.substr(first);
}

/// Takes the first word off `rest`.
std::string_view take_word(std::string_view& rest) {
  rest = trim_left(rest);
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  rest = trim_left(rest);
  return word;
}

parsed_input fault(std::string code, std::string detail) {
  return {{}, {std::move(code), std::move(detail)}};
}

parsed_input unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& e : entries) names.push_back(e.name);
  return fault("unknown-command", "there is no command " + core::sanitise_line(name, 40) +
                                      core::did_you_mean(name, names) + " (see /help)");
}

parsed_input parse_slash_command(std::string_view line) {
  auto rest = line;
  const auto name = take_word(rest);
  const auto* found = std::find_if(std::begin(entries), std::end(entries),
                                   [&](const entry& e) { return e.name == name; });
  if (found == std::end(entries)) return unknown_command(name);
  auto usage = "write: " + std::string{found->name};
  if (!found->arguments.empty()) usage += " " + std::string{found->arguments};

  input_command command;
  command.what = found->means;
  if (found->takes_user) {
    command.user = take_word(rest);
    if (command.user.empty()) return fault("usage", usage);
    if (const auto why = core::user_name_fault(command.user); !why.empty())
      return fault("bad-name",
                   "'" + core::sanitise_line(command.user, 40) + "': " + std::string{why});
  }
  if (command.what == kind::text) {
    command.text = rest;
    if (rest.empty()) command.what = kind::talk_to;
    return {command, check_text(command.text)};
  }
  if (command.what == kind::send) {
    if (rest.empty()) return fault("usage", usage);
    command.text = rest;
    return {command, {}};
  }
  if (command.what == kind::order) {
    command.order = name.substr(1);
    command.text = take_word(rest);
  }
  if (command.what == kind::verify && rest == "--accept") {
    command.accept = true;
    rest = {};
  }
  if (!rest.empty())
    return fault("usage", std::string{found->name} + " takes no '" + core::sanitise_line(rest, 40) +
                              "'; " + usage);
  return {command, {}};
}

}  // namespace

parsed_input parse_input(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (trim_left(line).empty()) return {};
  if (line.starts_with('/') && !line.starts_with("//")) return parse_slash_command(line);
  if (line.starts_with("//")) line.remove_prefix(1);  // A text that begins with a slash.
  input_command command;
  command.what = kind::text;
  command.text = line;
  return {command, check_text(line)};
}

input_fault check_text(std::string_view text) {
  if (!core::is_valid_utf8(text)) return {"bad-text", "the text is not UTF-8; nothing was sent"};
  if (text.size() > text_size_max)
    return {"too-large", "a message holds at most 32 KiB, this one is longer; nothing was sent"};
  return {};
}

const std::vector<std::string>& input_command_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& e : entries) all.emplace_back(e.name);
    return all;
  }();
  return names;
}

std::string input_help() {
  std::ostringstream out;
  for (const auto& e : entries) {
    const auto usage = std::string{e.name} + " " + std::string{e.arguments};
    out << std::left << std::setw(24) << usage << e.what << "\n";
  }
  out << "Anything else goes to the user you talk to; begin with // to say something with a "
         "slash.\n"
         "Before a name or in the prompt = means directly from machine to machine, ~ sealed "
         "through\n"
         "the relay.";
  return out.str();
}

}  // namespace hobnob
