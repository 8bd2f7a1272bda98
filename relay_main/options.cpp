#include "relay_main/options.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/log_sink.hpp"
#include "actors/storage/program_settings.hpp"
#include "relay_main/option_table.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

namespace hobnob {
namespace {

namespace po = boost::program_options;
using result = core::checked<relay_options>;

// Settings of peer_main may stand in the same environment.
constexpr std::string_view peer_settings[] = {
    "relay",   "user",   "direct",      "require-direct", "wait",
    "timeout", "accept", "exit-on-eof", "p2p-log",        "p2p-log-content"};

std::string read_listen(const std::vector<std::string>& texts, std::vector<endpoint>& out) {
  for (const auto& text : texts) {
    const auto local = endpoint::parse(text);
    if (!local)
      return "--listen: '" + core::sanitise_line(text, 60) +
             "' must be ADDRESS:PORT, as 0.0.0.0:7440 or [::]:7440";
    out.push_back(*local);
  }
  return {};
}

std::string read_heartbeat(const std::string& text, std::chrono::milliseconds& out) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 0.1) ||
      seconds > 600)
    return "--heartbeat: it must be a number of seconds from 0.1 to 600";
  out = std::chrono::milliseconds{static_cast<long>(seconds * 1000)};
  return {};
}

std::string read_registration(const std::string& text, registration& out) {
  if (text == "open") return out = registration::open, std::string{};
  if (text == "closed") return out = registration::closed, std::string{};
  return "--registration: it must be open or closed";
}

std::string convert(const po::variables_map& values, relay_options& out) {
  const auto text = [&](const char* key) {
    return values.count(key) > 0 ? values[key].as<std::string>() : std::string{};
  };
  std::string problem;
  if (values.count("listen") > 0)
    problem = read_listen(values["listen"].as<std::vector<std::string>>(), out.relay.listen);
  if (problem.empty() && values.count("registration") > 0)
    problem = read_registration(text("registration"), out.relay.admission);
  if (problem.empty() && values.count("heartbeat") > 0)
    problem = read_heartbeat(text("heartbeat"), out.relay.heartbeat);
  if (problem.empty() && values.count("log-level") > 0) {
    out.log_level = text("log-level");
    if (!is_log_level(out.log_level))
      problem = "--log-level: it must be trace, debug, info, warn, error or off";
  }
  if (problem.empty() && values.count("json") > 0) {
    const auto json = text("json");
    out.json = json == "true" || json == "yes" || json == "on" || json == "1";
    if (!out.json && json != "false" && json != "no" && json != "off" && json != "0")
      problem = "--json: it must be true or false";
  }
  out.relay.advertise = text("advertise");
  out.relay.data_dir = text("data-dir");
  if (out.relay.data_dir.empty()) out.relay.data_dir = default_data_directory("relay");
  return problem.empty() ? out.relay.validate() : problem;
}

std::string read_command(const std::vector<std::string>& words, relay_options& out) {
  if (words.empty()) return {};
  out.command = words.front();
  const auto& commands = relay_commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const auto& c) { return c.name == out.command; });
  if (found == commands.end())
    return "there is no command '" + core::sanitise_line(out.command, 60) + "' (see --help)";
  if (words.size() != found->arguments_count + 1)
    return "write: relay_main " + std::string{found->name} + " " + std::string{found->arguments};
  if (out.command == "completion")
    return words[1] == "bash" ? std::string{} : "write: relay_main completion bash";
  if (words.size() > 1) {
    out.user = words[1];
    if (const auto fault = core::user_name_fault(out.user); !fault.empty())
      return "'" + core::sanitise_line(out.user, 60) + "': " + std::string{fault};
  }
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
  const auto table = relay_option_table();
  po::options_description all;
  all.add(table);
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);

  relay_options options;
  try {
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(),
              values);
    options.help = values.count("help") > 0;
    options.version = values.count("version") > 0;
    if (options.help || options.version) return options;

    program_settings more{table, values};
    const bool named = values.count("config") > 0;
    auto config_file = default_config_file("relay");
    if (named) config_file = values["config"].as<std::string>();
    std::string problem = more.add_environment(environment, peer_settings);
    if (problem.empty()) problem = more.add_config_file(config_file, named);
    if (problem.empty()) problem = convert(values, options);
    if (problem.empty() && values.count("words") > 0)
      problem = read_command(values["words"].as<std::vector<std::string>>(), options);
    if (!problem.empty()) return result::failure(problem);
  } catch (const po::error& error) {
    return result::failure(core::sanitise_line(error.what(), 300) + " (see --help)");
  }
  return options;
}

}  // namespace hobnob
