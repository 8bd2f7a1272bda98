#include "relay_main/option_table.hpp"

#include "relay_main/options.hpp"

#include <boost/program_options.hpp>
#include <iomanip>
#include <sstream>
#include <string>

namespace hobnob {

namespace po = boost::program_options;

po::options_description relay_option_table() {
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  po::options_description table{"Options", 100, 60};
  auto add = table.add_options();
  add("listen", po::value<std::vector<std::string>>()->value_name("ADDR:PORT"),
      "where to listen; may come twice (default: 0.0.0.0:7440 and [::]:7440)");
  add("data-dir", text("DIR"),
      "where identity and accounts are kept (default: $XDG_DATA_HOME/hobnob/relay)");
  add("advertise", text("HOST"),
      "the name or address that peers are told (default: of this machine)");
  add("registration", text("MODE"),
      "open: the first to log in with a name owns it (default); closed: only names that were "
      "admitted");
  add("heartbeat", text("SECONDS"),
      "ping after this silence, suspect after twice, lost after three times (default: 5)");
  add("circuits", text("MODE"),
      "on: join connections of peers who cannot link directly, unread (default); off");
  add("circuit-rate", text("RATE"),
      "bytes a second of all circuits together, as 500K, 20M or 1G (default: no limit)");
  add("circuit-max", text("NUMBER"), "circuits at once, 1 to 10000 (default: 256)");
  add("circuit-user-rate", text("RATE"),
      "bytes a second of the circuits that one user asked for (default: no limit)");
  add("circuit-user-max", text("NUMBER"), "circuits of one user at once (default: 16)");
  add("json", po::value<std::string>()->implicit_value("true")->zero_tokens(),
      "print events, one JSON object a line (docs/events.md)");
  add("log-level", text("LEVEL"), "trace, debug, info, warn, error or off (default: info)");
  add("config", text("FILE"),
      "settings, `key = value` a line (default: $XDG_CONFIG_HOME/hobnob/relay.conf)");
  add("help,h", "this text");
  add("version", "the version");
  return table;
}

const std::vector<relay_command_entry>& relay_commands() {
  static const std::vector<relay_command_entry> commands{
      {"run", "", "serve (what is done without a command)", 0,
       "Prints one line when it is ready: the address that peers are given.\n"},
      {"users", "", "the names that are bound to a key, and who is online", 0, ""},
      {"admit", "NAME FINGERPRINT", "bind a name to a key, so that its owner can log in", 2,
       "The owner finds the fingerprint with: peer_main id. Needed with --registration closed.\n"},
      {"rebind", "NAME FINGERPRINT", "bind a name to another key: its owner has lost the old one",
       2, "All who know the old key are warned, and have to accept the new one.\n"},
      {"remove", "NAME", "free a name, and end its session", 1,
       "With --registration open the next one to log in with that name owns it.\n"},
      {"kick", "NAME", "end the session of a user, who stays away until started again", 1,
       "To keep someone out for good, remove the name from a relay with --registration closed.\n"},
      {"completion", "bash", "the completion script for your shell", 1,
       "To have it in every shell, put this into ~/.bashrc:\n"
       "  eval \"$(relay_main completion bash)\"\n"},
  };
  return commands;
}

namespace {

std::string help_of(const relay_command_entry& command) {
  std::ostringstream out;
  out << "relay_main " << command.name << " - " << command.what
      << "\n\nUsage: relay_main [OPTION...] " << command.name
      << (command.arguments.empty() ? "" : " ") << command.arguments << "\n"
      << (command.more.empty() ? "" : "\n") << command.more
      << "\nAll options and commands: relay_main --help\n";
  return out.str();
}

}  // namespace

std::string relay_help(std::string_view command_name) {
  for (const auto& command : relay_commands())
    if (command.name == command_name) return help_of(command);

  std::ostringstream out;
  out << "relay_main - logs the people of a team in and introduces them to each other\n\n"
         "Usage: relay_main [OPTION...] [COMMAND]\n\n"
         "Started without a command it serves, and prints one line when it is ready:\n\n"
         "  relay ready hobnob://relay.example.org:7440/?id=...\n\n"
         "Give that address to your people: peer_main --relay 'hobnob://...' --user NAME.\n"
         "What peers say to each other the relay can never read.\n\n"
         "Commands:\n";
  for (const auto& command : relay_commands()) {
    const auto usage = std::string{command.name} + " " + std::string{command.arguments};
    out << "  " << std::left << std::setw(26) << usage << command.what << "\n";
  }
  out << "\n"
      << relay_option_table()
      << "\nEvery option may also be set in the environment (HOBNOB_LISTEN=...) or in the config "
         "file\n"
         "(listen = ...); an option given here wins, then the environment, then the file.\n\n"
         "Examples:\n"
         "  relay_main --advertise chat.example.org\n"
         "  relay_main --registration closed\n"
         "  relay_main admit ann k7q2-...        ann reads it out from: peer_main --user ann id\n\n"
         "More about a command: relay_main COMMAND --help\n"
         "Commands work beside a running relay (same --data-dir) and without one.\n\n"
         "Exit codes: 0 done, 1 wrong usage, 2 unexpected, 3 network, 4 identity refused, 5 "
         "refused,\n"
         "6 timed out, 130/143 ended by a signal.\n";
  return out.str();
}

std::string relay_version_text() { return "hobnob " HOBNOB_VERSION "\n"; }

std::string relay_bash_completion() {
  std::string words;
  const auto table = relay_option_table();
  for (const auto& option : table.options()) words += "--" + option->long_name() + " ";
  std::string commands;
  for (const auto& command : relay_commands()) commands += std::string{command.name} + " ";
  return "# bash completion for relay_main: eval \"$(relay_main completion bash)\"\n"
         "_relay_main() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  case $before in\n"
         "    --data-dir) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"
         "    --config) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
         "    --registration) COMPREPLY=($(compgen -W 'open closed' -- \"$word\")); return ;;\n"
         "    --circuits) COMPREPLY=($(compgen -W 'on off' -- \"$word\")); return ;;\n"
         "    --log-level) COMPREPLY=($(compgen -W 'trace debug info warn error off' -- "
         "\"$word\")); return ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W '" +
         words + commands +
         "' -- \"$word\"))\n"
         "}\n"
         "complete -F _relay_main relay_main\n";
}

}  // namespace hobnob
