#include "relay_main/options.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/similar_word.hpp"
#include "actors/core/size_text.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/option_values.hpp"
#include "actors/storage/program_settings.hpp"
#include "relay_main/option_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace hobnob {
namespace {

using result = core::checked<relay_options>;

// Settings of peer_main may stand in the same environment.
constexpr std::string_view peer_settings[] = {
    "relay",       "user",        "direct",    "require-direct",  "wait",         "timeout",
    "accept",      "exit-on-eof", "p2p-log",   "p2p-log-content", "accept-files", "download-dir",
    "on-conflict", "max-size",    "max-files", "limit",           "transfers",    "name",
    "note",        "expires",     "to"};

std::string read_rate(const std::string& text, double& out) {
  constexpr std::uint64_t least = 16 * 1024;
  const auto rate = core::parse_rate(text);
  if (!rate || *rate < least)
    return "it must be bytes a second, as 500K, 20M or 1G, and at least 16K";
  out = static_cast<double>(*rate);
  return {};
}

std::string read_circuit_max(const std::string& text, std::size_t& out) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  const bool understood = error == std::errc{} && rest == end && out >= 1 && out <= 10'000;
  return understood ? std::string{} : "it must be a number from 1 to 10000";
}

std::string convert(const program_words& told, relay_options& out) {
  option_values in{told.values, told.origins};
  in.endpoints("listen", "0.0.0.0:7440 or [::]:7440", out.relay.listen);
  in.choice<registration>("registration",
                          {{"open", registration::open}, {"closed", registration::closed}},
                          out.relay.admission);
  in.seconds("heartbeat", 0.1, 600, out.relay.heartbeat);
  in.choice<bool>("circuits",
                  {{"on", true}, {"off", false}, {"always", true}},  // As peers have it.
                  out.relay.circuits.offered);
  in.read("circuit-rate", [&](const std::string& text) {
    return read_rate(text, out.relay.circuits.bytes_per_second);
  });
  in.read("circuit-max", [&](const std::string& text) {
    return read_circuit_max(text, out.relay.circuits.total_max);
  });
  in.read("circuit-user-rate", [&](const std::string& text) {
    return read_rate(text, out.relay.circuits.user_bytes_per_second);
  });
  in.read("circuit-user-max", [&](const std::string& text) {
    return read_circuit_max(text, out.relay.circuits.per_user_max);
  });
  in.log_level("log-level", out.log_level);
  in.flag("json", out.json);
  in.text("advertise", out.relay.advertise);
  in.text("data-dir", out.relay.data_dir);
  if (out.relay.data_dir.empty()) out.relay.data_dir = default_data_directory("relay");
  return in.problem().empty() ? out.relay.validate() : in.problem();
}

/// The command of that name, or null.
const relay_command_entry* find_command(std::string_view name) {
  const auto& commands = relay_commands();
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const auto& c) { return c.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::string unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& command : relay_commands()) names.push_back(command.name);
  return "there is no command '" + core::sanitise_line(name, 60) + "'" +
         core::did_you_mean(name, names) + " (see --help)";
}

std::string read_command(const std::vector<std::string>& words, relay_options& out) {
  if (words.empty()) return {};
  out.command = words.front();
  const auto* found = find_command(out.command);
  if (found == nullptr) return unknown_command(out.command);
  if (words.size() != found->arguments_count + 1) {
    auto usage = "write: relay_main " + std::string{found->name};
    return found->arguments.empty() ? usage : usage + " " + std::string{found->arguments};
  }
  if (out.command == "completion")
    return words[1] == "bash" ? std::string{} : "write: relay_main completion bash";
  if (words.size() > 1) out.user = words[1];
  if (words.size() > 2) {
    const auto id = fingerprint::parse(words[2]);
    if (!id || id->is_null())
      return "that is no fingerprint: it has 52 letters a-z and digits 2-7, as `peer_main id` "
             "shows it";
    out.id = *id;
  }
  return {};
}

}  // namespace

core::checked<relay_options> read_relay_options(int argc, const char* const* argv,
                                                const char* const* environment) {
  auto told =
      read_program_words(relay_option_table(), "relay", argc, argv, environment, peer_settings);
  if (!told) return result::failure(told.error());
  auto& words = told->words;
  // `help admit` is `admit --help`.
  const bool help_command = !told->version && !words.empty() && words.front() == "help";
  if (help_command) words.erase(words.begin());

  relay_options options;
  options.help = told->help || help_command;
  options.version = told->version;
  if (options.help) {
    options.command = words.empty() ? std::string{} : words.front();
    if (words.empty() || find_command(words.front()) != nullptr) return options;
    return result::failure(unknown_command(words.front()));
  }
  if (options.version) return options;
  options.scheduler = told->scheduler;
  auto problem = convert(*told, options);
  if (problem.empty()) problem = read_command(words, options);
  if (!problem.empty()) return result::failure(std::move(problem));
  return options;
}

}  // namespace hobnob
