#include "peer_main/options.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/similar_word.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/option_values.hpp"
#include "actors/storage/program_settings.hpp"
#include "peer_main/option_table.hpp"

#include <pwd.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <utility>

namespace hobnob {
namespace {

using checked_options = core::checked<peer_options>;

// Settings of relay_main may stand in the same environment.
constexpr std::string_view relay_settings[] = {
    "advertise",   "registration",      "heartbeat",       "circuit-rate",
    "circuit-max", "circuit-user-rate", "circuit-user-max"};

std::string read_relay(const std::string& text, std::optional<core::relay_uri>& out) {
  auto uri = core::relay_uri::parse(text);
  if (!uri) return uri.error();
  out = std::move(*uri);
  return {};
}

std::string read_user(const std::string& text, std::string& out) {
  out = text;
  const auto fault = core::user_name_fault(text);
  return fault.empty() ? std::string{}
                       : "'" + core::sanitise_line(text, 60) + "': " + std::string{fault};
}

/// Turns the texts into values; answers what is wrong with the first that is not understood.
std::string convert(const program_words& told, peer_options& out) {
  option_values in{told.values, told.origins};
  in.read("relay", [&](const std::string& text) { return read_relay(text, out.relay); });
  in.read("user", [&](const std::string& text) { return read_user(text, out.user); });
  in.text("data-dir", out.data_dir);
  in.choice<direct_mode>("direct",
                         {{"both", direct_mode::both},
                          {"dial", direct_mode::dial_only},
                          {"accept", direct_mode::accept_only},
                          {"off", direct_mode::off}},
                         out.direct);
  in.choice<message_state>("wait",
                           {{"queued", message_state::queued},
                            {"accepted", message_state::sent},
                            {"delivered", message_state::delivered}},
                           out.wait);
  in.seconds("timeout", 0.001, 86400, out.timeout);
  out.timeout_told = told.values.count("timeout") > 0;
  read_transfer_settings(in, out.transfers);
  in.text("name", out.name);
  in.text("note", out.note);
  in.seconds("expires", 1, 30 * 86400, out.expires);
  in.text("to", out.to);
  in.text("p2p-log", out.p2p_log);
  in.log_level("log-level", out.log_level);
  in.choice<circuit_mode>("circuits",
                          {{"on", circuit_mode::on_demand},
                           {"off", circuit_mode::off},
                           {"always", circuit_mode::always}},
                          out.circuits);
  in.flag("require-direct", out.require_direct);
  in.flag("accept", out.accept);
  in.flag("exit-on-eof", out.exit_on_eof);
  in.flag("json", out.json);
  in.flag("p2p-log-content", out.p2p_log_content);
  in.endpoints("listen", "0.0.0.0:7441 or [::]:0", out.listen);
  return in.problem();
}

/// The command of that name, or null.
const command_entry* find_command(std::string_view name) {
  const auto& commands = peer_commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const command_entry& c) { return c.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::string no_such_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& command : peer_commands()) names.push_back(command.name);
  return "there is no command '" + core::sanitise_line(name, 60) + "'" +
         core::did_you_mean(name, names) + " (see --help)";
}

std::string check_command(const peer_options& options) {
  const auto* found = find_command(options.command);
  if (found == nullptr) return no_such_command(options.command);
  const auto count = options.arguments.size();
  auto usage = "write: peer_main " + std::string{found->name};
  if (!found->arguments.empty()) usage += " " + std::string{found->arguments};
  if (count < found->arguments_min) return usage;
  if (count > found->arguments_max)
    return options.command + " takes no '" +
           core::sanitise_line(options.arguments[found->arguments_max], 60) + "'; " + usage;
  if (options.command == "completion" && options.arguments.front() != "bash")
    return "there is a completion script for bash only: peer_main completion bash";
  return {};
}

/// Containers and cron jobs often have no USER.
std::string login_name() {
  if (const char* name = std::getenv("USER"); name != nullptr && name[0] != '\0') return name;
  const auto* account = ::getpwuid(::geteuid());
  return account != nullptr ? account->pw_name : std::string{};
}

void fill_defaults(peer_options& options) {
  if (options.data_dir.empty()) options.data_dir = default_data_directory("peer");
  options.user_named = !options.user.empty();
  if (!options.user_named) {
    if (const auto login = login_name(); core::is_user_name(login)) options.user = login;
  }
}

/// Commands that a running program may do need no more than its data directory.
std::string check_together(const peer_options& options) {
  if (options.require_direct && options.direct == direct_mode::off)
    return "--require-direct and --direct off leave no way for messages";
  if (options.command == "run" || options.command == "chat") return what_login_lacks(options);
  return {};
}

}  // namespace

std::string what_login_lacks(const peer_options& options) {
  if (options.user.empty())
    return "say who you are: --user NAME (or HOBNOB_USER, or `user = NAME` in the config file)";
  if (!options.relay)
    return "say which relay to use: --relay hobnob://HOST:PORT/?id=FINGERPRINT, as the relay "
           "printed it (or HOBNOB_RELAY, or `relay = ...` in the config file)";
  return {};
}

core::checked<peer_options> read_peer_options(int argc, const char* const* argv,
                                              const char* const* environment) {
  auto told =
      read_program_words(peer_option_table(), "peer", argc, argv, environment, relay_settings);
  if (!told) return checked_options::failure(told.error());
  auto& words = told->words;
  // `help say` is `say --help`.
  const bool help_command = !told->version && !words.empty() && words.front() == "help";
  if (help_command) words.erase(words.begin());

  peer_options options;
  options.help = told->help || help_command;
  options.version = told->version;
  if (options.help) {
    options.command = words.empty() ? std::string{} : words.front();
    if (words.empty() || find_command(words.front()) != nullptr) return options;
    return checked_options::failure(no_such_command(words.front()));
  }
  if (options.version) return options;
  options.scheduler = told->scheduler;
  if (auto fault = convert(*told, options); !fault.empty())
    return checked_options::failure(std::move(fault));
  if (!words.empty()) {
    options.command = words.front();
    options.arguments.assign(words.begin() + 1, words.end());
  }
  std::string problem = check_command(options);
  if (problem.empty()) fill_defaults(options);
  if (problem.empty()) problem = check_together(options);
  if (!problem.empty()) return checked_options::failure(problem);
  return options;
}

}  // namespace hobnob
