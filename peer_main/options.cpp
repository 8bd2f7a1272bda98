#include "peer_main/options.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/log_sink.hpp"
#include "actors/storage/program_settings.hpp"
#include "peer_main/option_table.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdlib>
#include <functional>

namespace hobnob {
namespace {

namespace po = boost::program_options;
using result = core::checked<peer_options>;

// Settings of relay_main may stand in the same environment.
constexpr std::string_view relay_settings[] = {"advertise", "registration", "heartbeat"};

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string read_bool(const std::string& text, bool& out) {
  if (is_one_of(text, {"true", "yes", "on", "1"})) return out = true, std::string{};
  if (is_one_of(text, {"false", "no", "off", "0"})) return out = false, std::string{};
  return "it must be true or false";
}

std::string read_seconds(const std::string& text, std::chrono::milliseconds& out) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || !(seconds > 0) || seconds > 86400)
    return "it must be a number of seconds, more than 0 and at most 86400";
  out = std::chrono::milliseconds{std::max(1L, static_cast<long>(seconds * 1000))};
  return {};
}

std::string read_direct(const std::string& text, direct_mode& out) {
  if (text == "both") return out = direct_mode::both, std::string{};
  if (text == "dial") return out = direct_mode::dial_only, std::string{};
  if (text == "accept") return out = direct_mode::accept_only, std::string{};
  if (text == "off") return out = direct_mode::off, std::string{};
  return "it must be both, dial, accept or off";
}

std::string read_wait(const std::string& text, message_state& out) {
  if (text == "queued") return out = message_state::queued, std::string{};
  if (text == "accepted") return out = message_state::sent, std::string{};
  if (text == "delivered") return out = message_state::delivered, std::string{};
  return "it must be queued, accepted or delivered";
}

std::string read_relay(const std::string& text, std::optional<core::relay_uri>& out) {
  auto uri = core::relay_uri::parse(text);
  if (!uri) return uri.error();
  out = std::move(*uri);
  return {};
}

std::string read_listen(const std::vector<std::string>& texts, std::vector<endpoint>& out) {
  for (const auto& text : texts) {
    const auto local = endpoint::parse(text);
    if (!local)
      return "'" + core::sanitise_line(text, 60) +
             "' must be ADDRESS:PORT, as 0.0.0.0:7441 or [::]:0";
    out.push_back(*local);
  }
  return {};
}

std::string read_user(const std::string& text, std::string& out) {
  out = text;
  const auto fault = core::user_name_fault(text);
  return fault.empty() ? std::string{}
                       : "'" + core::sanitise_line(text, 60) + "': " + std::string{fault};
}

/// Turns the texts into values; answers what is wrong with the first that is not understood.
std::string convert(const po::variables_map& values, peer_options& out) {
  std::string problem;
  const auto with = [&](const char* key, const auto& read) {
    if (!problem.empty() || values.count(key) == 0) return;
    problem = read(values[key].as<std::string>());
    if (!problem.empty()) problem = std::string{"--"} + key + ": " + problem;
  };
  const auto flag = [&](const char* key, bool& out_flag) {
    with(key, [&](const std::string& text) { return read_bool(text, out_flag); });
  };
  with("relay", [&](const std::string& text) { return read_relay(text, out.relay); });
  with("user", [&](const std::string& text) { return read_user(text, out.user); });
  with("data-dir", [&](const std::string& text) { return out.data_dir = text, std::string{}; });
  with("direct", [&](const std::string& text) { return read_direct(text, out.direct); });
  with("wait", [&](const std::string& text) { return read_wait(text, out.wait); });
  with("timeout", [&](const std::string& text) { return read_seconds(text, out.timeout); });
  with("p2p-log", [&](const std::string& text) { return out.p2p_log = text, std::string{}; });
  with("log-level", [&](const std::string& text) {
    out.log_level = text;
    return is_log_level(text) ? ""
                              : std::string{"it must be trace, debug, info, warn, error or off"};
  });
  flag("require-direct", out.require_direct);
  flag("accept", out.accept);
  flag("exit-on-eof", out.exit_on_eof);
  flag("json", out.json);
  flag("p2p-log-content", out.p2p_log_content);
  if (problem.empty() && values.count("listen") > 0) {
    problem = read_listen(values["listen"].as<std::vector<std::string>>(), out.listen);
    if (!problem.empty()) problem = "--listen: " + problem;
  }
  return problem;
}

std::string check_command(const peer_options& options) {
  const auto& commands = peer_commands();
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const command_entry& c) {
    return c.name == options.command;
  });
  if (found == commands.end())
    return "there is no command '" + core::sanitise_line(options.command, 60) + "' (see --help)";
  const auto count = options.arguments.size();
  if (count < found->arguments_min || count > found->arguments_max)
    return "write: peer_main " + std::string{found->name} + " " + std::string{found->arguments};
  if (is_one_of(options.command, {"say", "ping", "verify"})) {
    std::string ignored;
    return read_user(options.arguments.front(), ignored);
  }
  if (options.command == "completion" && options.arguments.front() != "bash")
    return "there is a completion script for bash only: peer_main completion bash";
  return {};
}

void fill_defaults(peer_options& options) {
  if (options.data_dir.empty()) options.data_dir = default_data_directory("peer");
  if (options.user.empty()) {
    const char* login = std::getenv("USER");
    if (login != nullptr && core::is_user_name(login)) options.user = login;
  }
}

/// Commands that a running program may do need no more than its data directory.
std::string check_together(const peer_options& options) {
  if (options.require_direct && options.direct == direct_mode::off)
    return "--require-direct and --direct off leave no way for messages";
  if (is_one_of(options.command, {"run", "chat"})) return what_login_lacks(options);
  return {};
}

}  // namespace

std::string what_login_lacks(const peer_options& options) {
  if (options.user.empty())
    return "say who you are: --user NAME (or HOBNOB_USER, or `user = NAME` in the config file)";
  if (!options.relay)
    return "say which relay to use: --relay hobnob://HOST:PORT/?id=FINGERPRINT, as the relay "
           "printed "
           "it (or HOBNOB_RELAY, or `relay = ...` in the config file)";
  return {};
}

core::checked<peer_options> read_peer_options(int argc, const char* const* argv,
                                              const char* const* environment) {
  const auto table = peer_option_table();
  auto all = po::options_description{};
  all.add(table);
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);

  peer_options options;
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(),
              values);
    options.help = values.count("help") > 0;
    options.version = values.count("version") > 0;
    if (options.help || options.version) return options;
    program_settings more{table, values};
    const bool named = values.count("config") > 0;
    auto config_file = default_config_file("peer");
    if (named) config_file = values["config"].as<std::string>();
    std::string problem = more.add_environment(environment, relay_settings);
    if (problem.empty()) problem = more.add_config_file(config_file, named);
    if (problem.empty()) problem = convert(values, options);
    if (!problem.empty()) return result::failure(problem);
  } catch (const po::error& error) {
    return result::failure(core::sanitise_line(error.what(), 300) + " (see --help)");
  }

  if (values.count("words") > 0) {
    options.arguments = values["words"].as<std::vector<std::string>>();
    options.command = options.arguments.front();
    options.arguments.erase(options.arguments.begin());
  }
  std::string problem = check_command(options);
  if (problem.empty()) fill_defaults(options);
  if (problem.empty()) problem = check_together(options);
  if (!problem.empty()) return result::failure(problem);
  return options;
}

}  // namespace hobnob
